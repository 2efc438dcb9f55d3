import { blake2b } from "@noble/hashes/blake2.js";
import { denseCode, type GasClass, OPERATORS } from "../../decoder/opcodes.ts";

/**
 * A gas schedule: what each operator of the original Wasm costs, whatever the engine makes of it. Plain data, so
 * that it can be stored, compared and hashed.
 *
 * A basic block starts at a function's entry, at `loop`, after `if`, `else` and `br_if`, and after an `end` that
 * a reachable branch targets (the `end` of an `if` always). Entering a block charges the sum of its operators'
 * costs; if the gas left does not cover it, the trap is `out-of-gas` and nothing of the block ran. A trap inside a
 * block leaves the whole block charged.
 */
export interface GasSchedule {
  readonly id: string;
  /** Cost of each class of operators, 0 to 256. */
  readonly classes: { readonly [name in GasClass]: number };
  /** Costs that differ from their class's, by mnemonic. */
  readonly operators: { readonly [mnemonic: string]: number };
  /** Cost of every page asked of `memory.grow`, charged before it and also when it fails. */
  readonly growPage: number;
}

/**
 * The default: 1 for every operator, 0 for `nop`, `block`, `loop`, `else` and `end`. A page costs what writing its
 * 65,536 bytes in 64-byte lines would: 1,024.
 */
export const OPERATOR_1: GasSchedule = {
  id: "operator-1",
  classes: {
    free: 0,
    control: 1,
    branch: 1,
    call: 1,
    parametric: 1,
    variable: 1,
    load: 1,
    store: 1,
    memory: 1,
    const: 1,
    integer: 1,
    division: 1,
    float: 1,
    conversion: 1,
  },
  operators: {},
  growPage: 1024,
};

/** More would let the sum over the largest function body overflow 31 bits. */
const MAX_COST = 256;

const tables = new WeakMap<GasSchedule, Int32Array>();

/** Cost by dense opcode. @throws RangeError if a cost is not an integer from 0 to 256, or a branch or call is free. */
export function costTable(schedule: GasSchedule): Int32Array {
  let table = tables.get(schedule);
  if (table === undefined) {
    table = new Int32Array(512);
    for (const operator of OPERATORS) {
      const cost = schedule.operators[operator.name] ?? schedule.classes[operator.gas];
      if (!Number.isInteger(cost) || cost < 0 || cost > MAX_COST) {
        throw new RangeError(
          `gas schedule ${schedule.id}: cost of ${operator.name} is not an integer from 0 to ${MAX_COST}`,
        );
      }
      if (cost === 0 && (operator.gas === "branch" || operator.gas === "call")) {
        throw new RangeError(
          `gas schedule ${schedule.id}: ${operator.name} is free, so a loop could be endless`,
        );
      }
      table[denseCode(operator.code)] = cost;
    }
    tables.set(schedule, table);
  }
  return table;
}

/** BLAKE2b-256 over id, every operator's cost in table order, and the page cost: equal hash, equal gas. */
export function scheduleHash(schedule: GasSchedule): Uint8Array {
  const costs = costTable(schedule);
  const lines = OPERATORS.map((operator) => `${operator.name}=${costs[denseCode(operator.code)]}`);
  const text = [schedule.id, ...lines, `page=${schedule.growPage}`].join("\n");
  return blake2b(
    Uint8Array.from(text, (c) => c.charCodeAt(0)),
    { dkLen: 32 },
  );
}
