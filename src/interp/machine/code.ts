import type { FuncType, ValidModule } from "../../decoder/module.ts";
import type { GasSchedule } from "../gas/schedule.ts";
import type { BulkLoop } from "../lower/bulk/loop.ts";
import { NO_PROBES, type ProbePoint, type Probes, probesKey } from "../lower/probes.ts";
import { arena, CODE, FIRST_ADDRESS, HALT_ADDRESS } from "./arena.ts";
import { BULK, HALT, INSTRUCTION_OPERANDS, UNREACHABLE } from "./instructions.ts";

/** Register code of one module under one gas schedule, shared by its instances; functions are lowered on demand. */
export interface Code {
  readonly module: ValidModule;
  readonly schedule: GasSchedule;
  readonly probes: Probes;
  /** What the `probe` instructions stand for. */
  readonly probePoints: ProbePoint[];
  /** What the `bulk` instructions run. */
  readonly bulks: BulkLoop[];
  /** The arena's, or its own. */
  words: Int32Array;
  /** Of its own words, those in use. */
  size: number;
  /** That of the arena when it came there. */
  generation: number;
  readonly entries: Int32Array;
  /** Type index -> smallest index of an equal type. */
  readonly canonicalTypes: Int32Array;
  /** Defined function -> canonical type. */
  readonly typeIds: Int32Array;
  /** Defined functions in the order they were lowered, hence by ascending entry. */
  readonly lowered: number[];
  /** Defined function -> lanes of its frame, once lowered. */
  readonly frames: Int32Array;
  /** Defined function -> address after its code, once lowered. */
  readonly ends: Int32Array;
  /** Defined function -> how often a slice of gas ended in it. */
  readonly samples: Int32Array;
  /** How often one ended in any of them. */
  slices: number;
  /** Whether there are chains in it. */
  isChained: boolean;
}

const cache = new WeakMap<ValidModule, Map<GasSchedule, Map<string, Code>>>();

/** The code of `module` under `schedule` with `probes`: made once, filled function by function. */
export function codeOf(module: ValidModule, schedule: GasSchedule, probes: Probes = NO_PROBES): Code {
  // Sets of breakpoints come and go, so their code is its user's to keep.
  if (probes.breakpoints.size > 0) return newCode(module, schedule, probes);
  const bySchedule = entry(cache, module, () => new Map<GasSchedule, Map<string, Code>>());
  const byProbes = entry(bySchedule, schedule, () => new Map<string, Code>());
  return entry(byProbes, probesKey(probes), () => newCode(module, schedule, probes));
}

function entry<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function newCode(module: ValidModule, schedule: GasSchedule, probes: Probes): Code {
  const canonicalTypes = canonicalise(module.types);
  // What comes and goes would only fill the arena.
  const words = probes.breakpoints.size > 0 ? new Int32Array(4096) : CODE;
  words[0] = UNREACHABLE;
  words[1] = 0;
  words[HALT_ADDRESS] = HALT;
  return {
    module,
    schedule,
    probes,
    probePoints: [],
    bulks: [],
    words,
    size: FIRST_ADDRESS,
    generation: arena.generation,
    entries: new Int32Array(module.bodies.length),
    canonicalTypes,
    typeIds: Int32Array.from(
      module.bodies,
      (_, i) => canonicalTypes[module.functions[module.importedFunctionCount + i]!]!,
    ),
    lowered: [],
    frames: new Int32Array(module.bodies.length),
    ends: new Int32Array(module.bodies.length),
    samples: new Int32Array(module.bodies.length),
    slices: 0,
    isChained: false,
  };
}

/** Forgets what was lowered if the arena has been emptied since. */
export function refresh(code: Code): void {
  if (code.generation === arena.generation) return;
  code.generation = arena.generation;
  if (code.words !== CODE) return;
  code.entries.fill(0);
  code.frames.fill(0);
  code.ends.fill(0);
  code.samples.fill(0);
  code.slices = 0;
  code.isChained = false;
  code.lowered.length = 0;
  code.bulks.length = 0;
  code.probePoints.length = 0;
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

/** Words of the instruction before a loop's block. */
export const BULK_LENGTH = INSTRUCTION_OPERANDS[BULK]!.length + 1;

/** What runs in bulk the loop whose block's gas word stands at `block`; undefined if nothing does. */
export function bulkAt({ words, bulks }: Code, block: number): BulkLoop | undefined {
  const at = block - BULK_LENGTH;
  const loop = words[at] === BULK ? bulks[words[at + 1]!] : undefined;
  // The words before may be something else that looks the same.
  return loop?.block === block ? loop : undefined;
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
