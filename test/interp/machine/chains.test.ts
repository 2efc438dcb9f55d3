import { expect } from "chai";
import { OPERATOR_1 } from "../../../src/interp/gas/schedule.ts";
import { lower } from "../../../src/interp/lower/lower.ts";
import {
  arena,
  CODE,
  enter,
  FRAMES,
  type Frames,
  HALT_ADDRESS,
  leave,
  newFrames,
} from "../../../src/interp/machine/arena.ts";
import { sampled } from "../../../src/interp/machine/chains.ts";
import { codeOf } from "../../../src/interp/machine/code.ts";
import {
  CHAIN_FIRST,
  CHAIN_JOINS,
  CHAIN_MEMBERS,
  COLD_FIRST,
  HALT,
  INSTRUCTION_NAMES,
  INSTRUCTION_OPERANDS,
} from "../../../src/interp/machine/instructions.ts";
import { run } from "../../../src/interp/machine/run.ts";
import { type MachineState, STATUS_DONE, STATUS_FAULT } from "../../../src/interp/machine/state.ts";
import { Random } from "../../differential/random.ts";
import { build } from "../build.ts";

const MEMORY = 64;
/** Slots that instructions share, so that results overwrite operands; those of temporaries come after. */
const SHARED = 5;
const LANES = 64;
const FP = 8;
/** Where the code under test is put, in the arena: nothing is lowered there. */
const AT = CODE.length - 200;
const ROUNDS = 60;
/** What follows a chain is a block's gas word, which is 1: `unreachable`, if it is met as an instruction. */
const FELL_THROUGH = 10;

interface Place {
  readonly name: string;
  readonly code: Int32Array;
  readonly frames: Frames;
  readonly at: number;
}
const PLACES: readonly Place[] = [
  { name: "in the arena", code: CODE, frames: FRAMES, at: AT },
  { name: "elsewhere", code: new Int32Array(200), frames: newFrames(LANES, new Int32Array(8)), at: 8 },
];

/** Code of a chain's members, then `halt`, which is also where branches lead; slots of what is not written. */
function codeFor(chain: number, at: number, random: Random): { words: number[]; dropped: Set<number> } {
  const members = CHAIN_MEMBERS[chain]!;
  const length = members.reduce((sum, op) => sum + INSTRUCTION_OPERANDS[op]!.length + 1, 0);
  const words: number[] = [];
  const dropped = new Set<number>();
  let result = -1;
  members.forEach((op, k) => {
    const join = CHAIN_JOINS[chain]![k - 1];
    const next = CHAIN_JOINS[chain]![k];
    const [isDropped, ...linked] = join ?? [0];
    words.push(op);
    const before = result;
    INSTRUCTION_OPERANDS[op]!.forEach((operand, i) => {
      let word: number;
      if (linked.includes(i + 1)) word = before;
      else if (operand === "d" && next?.[0] === 1) word = 2 * (SHARED + dropped.size);
      else if ("dabc".includes(operand)) word = 2 * random.below(SHARED);
      else if (operand === "t") word = at + length;
      else if (operand === "off") word = random.pick([0, 0, 1, 4, 8, MEMORY - 4, -1]);
      else if (INSTRUCTION_NAMES[op]!.startsWith("global")) word = 2 * random.below(2);
      else word = random.pick([0, 1, 2, 5, 31, 32, 63, -1, 0x7fffffff, -0x80000000, random.bits() | 0]);
      words.push(word);
      if (operand === "d") {
        result = word;
        if (next?.[0] === 1) dropped.add(word);
      }
    });
    if (isDropped === 1) expect(linked.length).above(0);
  });
  // A block of gas 1 for branches, behind a `halt` for what falls out of the chain.
  return { words: [...words, 1, HALT], dropped };
}

function stateAt({ code, frames, at }: Place, seed: number): MachineState {
  const random = new Random(seed);
  const { i32, f64 } = frames;
  for (let lane = FP; lane < FP + 2 * (SHARED + 4); lane += 2) {
    const kind = random.below(4);
    if (kind === 0)
      f64[lane >> 1] = random.pick([0, -0, 1.5, -2, 1e300, Number.NaN, Number.POSITIVE_INFINITY]);
    else {
      i32[lane] = kind === 1 ? random.below(MEMORY) : random.pick([0, 1, -1, 0x7fffffff, random.bits() | 0]);
      i32[lane + 1] = random.pick([0, 0, -1, random.bits() | 0]);
    }
  }
  const memory = Uint8Array.from({ length: MEMORY }, () => random.below(256));
  code[HALT_ADDRESS] = HALT;
  code[HALT_ADDRESS - 1] = 0;
  frames.calls[0] = HALT_ADDRESS;
  return {
    code,
    instance: { code: { isChained: true } },
    entries: new Int32Array(1),
    typeIds: new Int32Array(1),
    table: new Int32Array(0),
    globals: Int32Array.from({ length: 4 }, () => random.bits() | 0),
    view: new DataView(memory.buffer),
    bytes: memory,
    words: new Int32Array(memory.buffer),
    ...frames,
    depthLimit: 8,
    stackLimit: LANES,
    pc: at,
    fp: FP,
    sp: 1,
    gas: 100,
    height: 0,
    heightLimit: 0,
    callee: 0,
    fault: undefined,
    status: 0,
    generatedLimit: 0,
  } as unknown as MachineState;
}

/** How it ends, where, and everything it has done. */
function outcome(s: MachineState, dropped: ReadonlySet<number>): object {
  const status = run(s);
  const lanes = Array.from(s.i32.subarray(FP, FP + 2 * (SHARED + 4)));
  // What a temporary has held is nobody's, unless the instruction at which the chain was left is the one that takes it.
  const operands = Array.from(s.code.subarray(s.pc + 1, s.pc + 5));
  for (const slot of dropped) {
    if (status !== STATUS_FAULT || !operands.includes(slot)) lanes.fill(0, slot, slot + 2);
  }
  return {
    status,
    pc: s.pc,
    gas: s.gas,
    sp: s.sp,
    lanes,
    bytes: Array.from(s.bytes),
    globals: Array.from(s.globals),
  };
}

describe("chains", () => {
  for (const place of PLACES) {
    it(`do what their members do one by one, ${place.name}`, () => {
      const ends = new Map<number, number>();
      CHAIN_MEMBERS.forEach((_, chain) => {
        const random = new Random(chain + 1);
        for (let round = 0; round < ROUNDS; round++) {
          const { words, dropped } = codeFor(chain, place.at, random);
          const seed = random.below(1 << 30);
          const runs = [words[0]!, CHAIN_FIRST + chain].map((first) => {
            place.code.set([first, ...words.slice(1)], place.at);
            return outcome(stateAt(place, seed), dropped);
          });
          const { status } = runs[0] as { status: number };
          ends.set(status, (ends.get(status) ?? 0) + 1);
          const name = INSTRUCTION_NAMES[CHAIN_FIRST + chain];
          expect(runs[1], `${name}, seed ${seed}: ${words}`).to.deep.equal(runs[0]);
        }
      });
      place.code.fill(0, place.at, place.at + 100);
      expect([...ends.keys()], "ends by falling through, halting, a fault").to.include.members([
        FELL_THROUGH,
        STATUS_DONE,
        STATUS_FAULT,
      ]);
      expect(ends.get(STATUS_FAULT), "faults").above(100);
    });
  }

  it("are made once a function has run for long, and only there", () => {
    const body = { type: "i32 > i32", code: "local.get 0 i32.const 8 i32.add i32.load" };
    const code = codeOf(build({ functions: [body, body], memory: [1] }), OPERATOR_1);
    lower(code, 0);
    lower(code, 1);
    const chainsIn = (index: number): number =>
      code.words
        .subarray(code.entries[index]!, code.ends[index]!)
        .filter((word) => word >= CHAIN_FIRST && word < COLD_FIRST).length;
    for (let slice = 1; slice < 1 << 13; slice++) sampled(code, code.entries[0]!);
    expect([chainsIn(0), chainsIn(1)]).to.deep.equal([0, 0]);
    sampled(code, code.entries[0]!);
    expect([chainsIn(0), chainsIn(1)]).to.deep.equal([1, 0]);
  });

  it("are made as late as ever of code that was lowered anew, the arena having been emptied", () => {
    const body = { type: "i32 > i32", code: "local.get 0 i32.const 8 i32.add i32.load" };
    const code = codeOf(build({ functions: [body], memory: [1] }), OPERATOR_1);
    lower(code, 0);
    for (let slice = 0; slice < 5000; slice++) sampled(code, code.entries[0]!);
    arena.isFull = true;
    leave(enter(false));
    lower(code, 0);
    for (let slice = 1; slice < 1 << 13; slice++) sampled(code, code.entries[0]!);
    expect(code.isChained).equal(false);
    sampled(code, code.entries[0]!);
    expect(code.isChained).equal(true);
  });

  it("are not made where time is spread over many functions", () => {
    const body = { type: "i32 > i32", code: "local.get 0 i32.const 8 i32.add i32.load" };
    const code = codeOf(build({ functions: [body, body, body], memory: [1] }), OPERATOR_1);
    for (let index = 0; index < 3; index++) lower(code, index);
    for (let slice = 0; slice < 1 << 15; slice++) sampled(code, code.entries[slice % 3]!);
    expect(code.isChained).equal(false);
  });
});
