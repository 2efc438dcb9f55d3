import { Trap } from "../../interp/trap.ts";
import { type Decorator, refuse } from "../define.ts";
import { ellipticCurves } from "../polkadot/elliptic-curves.ts";
import type { LogRecord, PolkadotHost } from "../polkadot/host.ts";
import { RuntimeError } from "../runtime/errors.ts";
import { type CallOptions, Runtime, type RuntimeOptions } from "../runtime/runtime.ts";
import { ScaleError } from "../scale/errors.ts";
import { ScaleReader } from "../scale/reader.ts";
import { ScaleWriter } from "../scale/writer.ts";
import { type ExecutorParams, pvfLimits } from "./executor-params.ts";

/** What a validation function is given (polkadot-parachain-primitives, ValidationParams). */
export interface ValidationParams {
  /** The parachain's head before the block: its header, for most parachains. */
  readonly parentHead: Uint8Array;
  /** The proof of validity: the block and the part of the state that it needs, in the parachain's own form. */
  readonly blockData: Uint8Array;
  readonly relayParentNumber: number;
  /** 32 bytes. */
  readonly relayParentStorageRoot: Uint8Array;
}

/** What a block gives to the relay chain if it is valid (ValidationResult). */
export interface ValidationResult {
  readonly headData: Uint8Array;
  /** Code that the parachain asks to be upgraded to. */
  readonly newValidationCode: Uint8Array | undefined;
  readonly upwardMessages: readonly Uint8Array[];
  readonly horizontalMessages: readonly { readonly recipient: number; readonly data: Uint8Array }[];
  readonly processedDownwardMessages: number;
  readonly hrmpWatermark: number;
}

/** Messages that one block may send to either side (MAX_UPWARD_MESSAGE_NUM, MAX_HORIZONTAL_MESSAGE_NUM). */
const MAX_MESSAGES = 16_384;

/** @throws ScaleError */
export function decodeValidationParams(bytes: Uint8Array): ValidationParams {
  const reader = new ScaleReader(bytes, "validation parameters");
  const params = {
    parentHead: reader.bytes(),
    blockData: reader.bytes(),
    relayParentNumber: reader.u32(),
    relayParentStorageRoot: reader.fixed(32),
  };
  reader.end();
  return params;
}

export function encodeValidationParams(params: ValidationParams): Uint8Array {
  return new ScaleWriter()
    .bytes(params.parentHead)
    .bytes(params.blockData)
    .u32(params.relayParentNumber)
    .fixed(params.relayParentStorageRoot)
    .finish();
}

/** @throws ScaleError */
export function decodeValidationResult(bytes: Uint8Array): ValidationResult {
  const reader = new ScaleReader(bytes, "validation result");
  const result = {
    headData: reader.bytes(),
    newValidationCode: reader.option((r) => r.bytes()),
    upwardMessages: bounded(reader, "upward", (r) => r.bytes()),
    horizontalMessages: bounded(reader, "horizontal", (r) => ({ recipient: r.u32(), data: r.bytes() })),
    processedDownwardMessages: reader.u32(),
    hrmpWatermark: reader.u32(),
  };
  reader.end();
  return result;
}

function bounded<T>(reader: ScaleReader, what: string, item: (reader: ScaleReader) => T): T[] {
  const start = reader.offset;
  const items = reader.vec(item);
  if (items.length <= MAX_MESSAGES) return items;
  throw reader.error("out-of-range", `${items.length} ${what} messages, at most ${MAX_MESSAGES}`, start);
}

/** A parachain's block to validate. */
export interface ParachainBlock
  extends RuntimeOptions,
    Pick<CallOptions, "gasLimit" | "decorate" | "observer" | "executor"> {
  /** The validation code, compressed or not. */
  readonly code: Uint8Array;
  /** As SCALE, or in parts. */
  readonly params: ValidationParams | Uint8Array;
  /** The relay chain's parameters of the session. Default: those of an empty list. */
  readonly executorParams?: ExecutorParams;
}

export interface ParachainValidation extends ValidationResult {
  /** As the validation function returned it. */
  readonly output: Uint8Array;
  readonly gasUsed: bigint;
  readonly hostCalls: number;
  readonly logs: readonly LogRecord[];
}

/**
 * Validates a parachain's block as a relay chain's validators do: `validate_block` in the context that has no state
 * and no node, within the executor's limits of memory and stack. Relay chains also limit time, which is not the same
 * everywhere; gas is.
 * @throws RuntimeError; RuntimeTrap where the block is not valid, and `bad-output` for a result that does not decode
 */
export function validateBlock(block: ParachainBlock): ParachainValidation {
  const { code, params, executorParams = {}, features, decorate = asItIs, ...options } = block;
  const given = executorParams.ellipticCurves ? asItIs : withoutCurves;
  const input = params instanceof Uint8Array ? params : encodeValidationParams(params);
  const runtime = Runtime.fromCode(code, features && { features });
  const { output, gasUsed, hostCalls, logs } = runtime.call("validate_block", input, {
    ...options,
    decorate: (name, fn) => decorate(name, given(name, fn)),
    context: "pvf",
    limits: pvfLimits(executorParams),
    heapPages: UNBOUNDED,
  });
  try {
    return { ...decodeValidationResult(output), output, gasUsed, hostCalls, logs };
  } catch (error) {
    if (!(error instanceof ScaleError)) throw error;
    throw new RuntimeError("bad-output", `the answer of validate_block does not decode: ${error.message}`, {
      cause: error,
    });
  }
}

type Decorate = Decorator<PolkadotHost>;

const REFUSED_CURVES = refuse(
  ellipticCurves,
  (name) => new Trap("unavailable-in-pvf", `${name} is not enabled by the executor's parameters`),
);

const asItIs: Decorate = (_, fn) => fn;
/** As where the session does not enable RFC-163. */
const withoutCurves: Decorate = (name, fn) => REFUSED_CURVES[name] ?? fn;

/** Validation functions are limited by their memory's size in all, not by what it grows. */
const UNBOUNDED = 65_536;
