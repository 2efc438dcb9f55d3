import { type Code, functionAt } from "./code.ts";
import {
  BR_TABLE,
  CHAIN_FIRST,
  CHAIN_JOINS,
  CHAIN_MEMBERS,
  COLD_FIRST,
  ENDS_BLOCK,
  INSTRUCTION_OPERANDS,
} from "./instructions.ts";

// Chains: sequences of instructions that one arm of the loop runs. A chain is made by overwriting the opcode of its
// first member alone. So addresses stay, the other members can be entered as ever, and it is undone as easily.

/**
 * Arms that the loop has not met yet cost it its optimised code, which takes V8 a quarter of a second to make again: a
 * first metadata call took twice as long with chains from the start. So they come late, and to many functions at a
 * time: whenever as many slices of gas have ended in a module's code as a power of two from this on (160 million gas).
 * Then the module goes on in `loop-chained`. Only where one function takes half of the time: where it is spread, the branch
 * predictor is what takes it, and chains gain little.
 */
const FIRST_BATCH = 1 << 13;
/** How many of them must have ended in a function before its instructions are chained. */
const SAMPLES_TO_CHAIN = 16;
/** Marks a function in `Code.samples` whose instructions are chained: it counts up from here and never arrives. */
const CHAINED = -(2 ** 31);

/** A slice of gas has ended at `address`. */
export function sampled(code: Code, address: number): void {
  const index = functionAt(code, address);
  if (index < 0) return;
  code.samples[index]!++;
  const slices = ++code.slices;
  if (slices < FIRST_BATCH || (slices & (slices - 1)) !== 0) return;
  if (code.samples.some((samples) => 2 * samples >= slices)) chainFrom(code, SAMPLES_TO_CHAIN);
}

/** Chains the instructions of all functions in which at least so many slices of gas have ended. */
export function chainFrom(code: Code, samples: number): void {
  for (const index of code.lowered) {
    if (code.samples[index]! < samples) continue;
    code.samples[index] = CHAINED;
    code.isChained = true;
    chain(code, index);
  }
}

const LENGTHS = Uint8Array.from(INSTRUCTION_OPERANDS, (operands) => operands.length + 1);

/** Chains by their first member, longest first. */
const BY_FIRST: number[][] = INSTRUCTION_OPERANDS.map(() => []);
CHAIN_MEMBERS.forEach(([first], chain) => {
  BY_FIRST[first!]!.push(chain);
});
for (const chains of BY_FIRST) chains.sort((a, b) => CHAIN_MEMBERS[b]!.length - CHAIN_MEMBERS[a]!.length);

/** Addresses of a block's instructions; fewest dispatches from each on; the chain with which that begins, or -1. */
let starts = new Int32Array(256);
let dispatches = new Int32Array(256);
let choices = new Int32Array(256);

/** Chains the instructions of function `index`, which is lowered. */
function chain({ words, entries, ends }: Code, index: number): void {
  const entry = entries[index]!;
  // The prologue says where locals end: what is above is read once.
  const firstTemporary = words[entry + 4]!;
  for (let block = entry; block < ends[index]!; ) block = chainBlock(words, block, firstTemporary);
}

/** The same for the block whose gas word is at `block`; returns where the next one is. */
function chainBlock(words: Int32Array, block: number, firstTemporary: number): number {
  let count = 0;
  let at = block + 1;
  for (;;) {
    if (count + 1 >= starts.length) grow();
    const op = words[at]!;
    starts[count++] = at;
    at += LENGTHS[op]!;
    if (ENDS_BLOCK[op] === 1) {
      if (op === BR_TABLE) at += words[at - 1]! + 1;
      break;
    }
  }
  dispatches[count] = 0;
  for (let i = count - 1; i >= 0; i--) {
    dispatches[i] = dispatches[i + 1]! + 1;
    choices[i] = -1;
    for (const candidate of BY_FIRST[words[starts[i]!]!]!) {
      const length = CHAIN_MEMBERS[candidate]!.length;
      if (i + length > count || dispatches[i + length]! + 1 >= dispatches[i]!) continue;
      if (!matches(words, candidate, i, firstTemporary)) continue;
      dispatches[i] = dispatches[i + length]! + 1;
      choices[i] = candidate;
    }
  }
  for (let i = 0; i < count; ) {
    const choice = choices[i]!;
    if (choice >= 0) words[starts[i]!] = CHAIN_FIRST + choice;
    i += choice >= 0 ? CHAIN_MEMBERS[choice]!.length : 1;
  }
  return at;
}

function matches(words: Int32Array, candidate: number, first: number, firstTemporary: number): boolean {
  const members = CHAIN_MEMBERS[candidate]!;
  const joins = CHAIN_JOINS[candidate]!;
  for (let k = 1; k < members.length; k++) {
    const at = starts[first + k]!;
    if (words[at] !== members[k]) return false;
    const join = joins[k - 1]!;
    if (join.length === 1) continue;
    const slot = words[starts[first + k - 1]! + 1]!;
    if (join[0] === 1 && slot < firstTemporary) return false;
    for (let i = 1; i < join.length; i++) if (words[at + join[i]!] !== slot) return false;
  }
  return true;
}

function grow(): void {
  const size = starts.length * 2;
  const grown = new Int32Array(size);
  grown.set(starts);
  starts = grown;
  dispatches = new Int32Array(size);
  choices = new Int32Array(size);
}

/** Undoes the chain that begins at `at`; whether there is one. */
export function unchain(words: Int32Array, at: number): boolean {
  const op = words[at]!;
  if (op < CHAIN_FIRST || op >= COLD_FIRST) return false;
  words[at] = CHAIN_MEMBERS[op - CHAIN_FIRST]![0]!;
  return true;
}
