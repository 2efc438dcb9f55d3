import type { RuntimeLimits } from "../runtime/call.ts";
import { ScaleReader } from "../scale/reader.ts";

/**
 * What a relay chain's session says of how validation functions are executed (gas.md section 3, `ExecutorParams`).
 * Times and the native stack have no meaning here: gas and the logical stack bound what a function may do.
 */
export interface ExecutorParams {
  /** Pages of 64 KiB that the memory may have beside 32 for data and stack. Default 2048. */
  readonly maxMemoryPages?: number;
  /** Default 65,536. */
  readonly stackLogicalMax?: number;
  /** Bytes. */
  readonly stackNativeMax?: number;
  /** Bytes. */
  readonly precheckingMaxMemory?: bigint;
  readonly prepareTimeouts?: Partial<Record<"precheck" | "prepare", bigint>>;
  readonly executeTimeouts?: Partial<Record<"backing" | "approval", bigint>>;
  /** Whether the code may use bulk memory instructions. Told only: the code's features are the caller's to choose. */
  readonly bulkMemory?: boolean;
  /** Whether the code may call the functions of RFC-163. */
  readonly ellipticCurves?: boolean;
}

/** Pages for static data and stack, which do not count as heap (polkadot-sdk: DEFAULT_HEAP_PAGES_ESTIMATE). */
const DATA_PAGES = 32;
const DEFAULT_HEAP_PAGES = 2048;
const DEFAULT_LOGICAL_STACK = 65_536;

/**
 * The limits of a call into a validation function. The logical stack must be the one that is reached first; every
 * call takes at least 2 of it, so as many calls as it is high are more than there can be.
 */
export function pvfLimits(params: ExecutorParams): RuntimeLimits {
  const maxLogicalStack = params.stackLogicalMax ?? DEFAULT_LOGICAL_STACK;
  return {
    maxMemoryPages: Math.min(DATA_PAGES + (params.maxMemoryPages ?? DEFAULT_HEAP_PAGES), 65_536),
    maxLogicalStack,
    maxCallDepth: maxLogicalStack,
  };
}

/** Decodes `ExecutorParams`, each parameter within the range that relay chains accept. @throws ScaleError */
export function decodeExecutorParams(bytes: Uint8Array): ExecutorParams {
  const reader = new ScaleReader(bytes, "executor parameters");
  let params: ExecutorParams = {};
  for (const param of reader.vec(readParam)) {
    params = {
      ...params,
      ...param,
      prepareTimeouts: { ...params.prepareTimeouts, ...param.prepareTimeouts },
      executeTimeouts: { ...params.executeTimeouts, ...param.executeTimeouts },
    };
  }
  reader.end();
  return params;
}

function readParam(reader: ScaleReader): ExecutorParams {
  const start = reader.offset;
  const kind = reader.u8();
  switch (kind) {
    case 1:
      return { maxMemoryPages: inRange(reader, "MaxMemoryPages", 1, 65_536) };
    case 2:
      return { stackLogicalMax: inRange(reader, "StackLogicalMax", 1024, 131_072) };
    case 3:
      return { stackNativeMax: reader.u32() };
    case 4:
      return { precheckingMaxMemory: reader.u64() };
    case 5:
      return { prepareTimeouts: { [readKind(reader, ["precheck", "prepare"])]: reader.u64() } };
    case 6:
      return { executeTimeouts: { [readKind(reader, ["backing", "approval"])]: reader.u64() } };
    case 7:
      return { bulkMemory: true };
    case 8:
      return { [readKind(reader, HOST_FUNCTIONS)]: true };
    default:
      throw reader.error("invalid-value", `unknown executor parameter ${kind}`, start);
  }
}

function inRange(reader: ScaleReader, name: string, min: number, max: number): number {
  const start = reader.offset;
  const value = reader.u32();
  if (value >= min && value <= max) return value;
  throw reader.error("out-of-range", `${name} is ${value}, not ${min} to ${max}`, start);
}

/** Sets of host functions that can be enabled, by number: there is no number 0. */
const HOST_FUNCTIONS = [undefined, "ellipticCurves"] as const;

function readKind<const K extends string>(reader: ScaleReader, kinds: readonly (K | undefined)[]): K {
  const start = reader.offset;
  const index = reader.u8();
  const kind = kinds[index];
  if (kind === undefined) throw reader.error("invalid-value", `there is no kind ${index}`, start);
  return kind;
}
