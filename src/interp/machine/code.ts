import type { FuncType, ValidModule } from "../../decoder/module.ts";
import type { GasSchedule } from "../gas/schedule.ts";
import { HALT, UNREACHABLE } from "./instructions.ts";

/** Return address that ends a run: `HALT`, behind a frame distance of 0 for `return` to find. */
export const HALT_ADDRESS = 2;

/** Register code of one module under one gas schedule, shared by its instances; functions are lowered on demand. */
export interface Code {
  readonly module: ValidModule;
  readonly schedule: GasSchedule;
  words: Int32Array;
  /** Words in use. */
  size: number;
  readonly entries: Int32Array;
  /** Type index -> smallest index of an equal type. */
  readonly canonicalTypes: Int32Array;
  /** Defined function -> canonical type. */
  readonly typeIds: Int32Array;
  /** Defined functions in the order they were lowered, hence by ascending entry. */
  readonly lowered: number[];
  /** Defined function -> lanes of its frame, once lowered. */
  readonly frames: Int32Array;
}

const cache = new WeakMap<ValidModule, Map<GasSchedule, Code>>();

/** The code of `module` under `schedule`: made once, filled function by function. */
export function codeOf(module: ValidModule, schedule: GasSchedule): Code {
  let bySchedule = cache.get(module);
  if (bySchedule === undefined) {
    bySchedule = new Map();
    cache.set(module, bySchedule);
  }
  let code = bySchedule.get(schedule);
  if (code === undefined) {
    code = newCode(module, schedule);
    bySchedule.set(schedule, code);
  }
  return code;
}

function newCode(module: ValidModule, schedule: GasSchedule): Code {
  const canonicalTypes = canonicalise(module.types);
  const words = new Int32Array(4096);
  words[0] = UNREACHABLE;
  words[1] = 0;
  words[HALT_ADDRESS] = HALT;
  return {
    module,
    schedule,
    words,
    size: HALT_ADDRESS + 1,
    entries: new Int32Array(module.bodies.length),
    canonicalTypes,
    typeIds: Int32Array.from(
      module.bodies,
      (_, i) => canonicalTypes[module.functions[module.importedFunctionCount + i]!]!,
    ),
    lowered: [],
    frames: new Int32Array(module.bodies.length),
  };
}

function canonicalise(types: readonly FuncType[]): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(types, (type, i) => {
    const key = `${type.params.join()}>${type.results.join()}`;
    const seen = first.get(key);
    if (seen !== undefined) return seen;
    first.set(key, i);
    return i;
  });
}

/** The defined function whose code holds `address`, or -1 for the words before the first one. */
export function functionAt(code: Code, address: number): number {
  const { lowered, entries } = code;
  let low = 0;
  let high = lowered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[lowered[middle]!]! <= address) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : lowered[low - 1]!;
}
