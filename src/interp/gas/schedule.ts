import { blake2b } from "@noble/hashes/blake2.js";
import type { Feature } from "../../decoder/features.ts";
import { DENSE_CODES, denseCode, type GasClass, OPERATORS, type Operator } from "../../decoder/opcodes.ts";

/** Classes of operators that came after 1.0: schedules may leave them out. */
type AddedGasClass = "bulk" | "table" | "reference" | "vector";

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
  /** Cost of each class of operators, 0 to 256. Those of operators after 1.0 are 1 where they are left out. */
  readonly classes: { readonly [name in Exclude<GasClass, AddedGasClass>]: number } & {
    readonly [name in AddedGasClass]?: number;
  };
  /** Costs that differ from their class's, by mnemonic. */
  readonly operators: { readonly [mnemonic: string]: number };
  /** Cost of every page asked of `memory.grow`, charged before it and also when it fails. */
  readonly growPage: number;
  /**
   * Cost of every byte that `memory.copy`, `memory.fill` and `memory.init` write, and of every element that their like
   * for tables write or `table.grow` is asked for, beside the operator's own; 0 to 256, 1 where they are left out. Charged
   * before anything is written, but after the bounds are checked; by `table.grow` also when it fails.
   */
  readonly bulkByte?: number;
  readonly bulkElement?: number;
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
    bulk: 1,
    table: 1,
    reference: 1,
    vector: 1,
  },
  operators: {},
  growPage: 1024,
  bulkByte: 1,
  bulkElement: 1,
};

/** More would let the sum over the largest function body overflow 31 bits. */
const MAX_COST = 256;

const tables = new WeakMap<GasSchedule, Int32Array>();

/** Cost by dense opcode. @throws RangeError if a cost is not an integer from 0 to 256, or a branch or call is free. */
export function costTable(schedule: GasSchedule): Int32Array {
  let table = tables.get(schedule);
  if (table === undefined) {
    for (const name of ["bulkByte", "bulkElement"] as const) check(schedule, name, bulkCost(schedule, name));
    table = new Int32Array(DENSE_CODES);
    for (const operator of OPERATORS) {
      const classCost = schedule.classes[operator.gas];
      const cost =
        schedule.operators[operator.name] ??
        (classCost === undefined && isAdded(operator) ? ADDED_COST : classCost!);
      check(schedule, operator.name, cost);
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

function check(schedule: GasSchedule, name: string, cost: number): void {
  if (Number.isInteger(cost) && cost >= 0 && cost <= MAX_COST) return;
  throw new RangeError(
    `gas schedule ${schedule.id}: cost of ${name} is not an integer from 0 to ${MAX_COST}`,
  );
}

/** What costs have that a schedule leaves out, and that are not part of its hash. */
const ADDED_COST = 1;

/** The features whose operators schedules have priced from the beginning. */
const ORIGINAL: ReadonlySet<Feature | undefined> = new Set([
  undefined,
  "sign-extension",
  "saturating-float-to-int",
] as const);

function isAdded({ feature }: Operator): boolean {
  return !ORIGINAL.has(feature);
}

/** The cost of one byte or element of a bulk operation. */
export function bulkCost(schedule: GasSchedule, name: "bulkByte" | "bulkElement"): number {
  return schedule[name] ?? ADDED_COST;
}

/**
 * BLAKE2b-256 over id, every operator's cost in table order, the page cost, and the costs of bulk operations: equal hash,
 * equal gas. Costs of what came after 1.0 are left out where they are 1, so that a schedule that does not mention them
 * keeps its hash when operators are added.
 */
export function scheduleHash(schedule: GasSchedule): Uint8Array {
  const costs = costTable(schedule);
  const lines = OPERATORS.flatMap((operator) => {
    const cost = costs[denseCode(operator.code)];
    return isAdded(operator) && cost === ADDED_COST ? [] : [`${operator.name}=${cost}`];
  });
  const bulk = (["bulkByte", "bulkElement"] as const).flatMap((name) => {
    const cost = bulkCost(schedule, name);
    return cost === ADDED_COST ? [] : [`${name}=${cost}`];
  });
  const text = [schedule.id, ...lines, `page=${schedule.growPage}`, ...bulk].join("\n");
  return blake2b(
    Uint8Array.from(text, (c) => c.charCodeAt(0)),
    { dkLen: 32 },
  );
}
