import { ScriptError, WabtError } from "../../spec-tests/index.ts";
import { AotError } from "../aot/index.ts";
import { ModuleError } from "../decoder/index.ts";
import { VerificationError, type VerificationErrorKind } from "../host/chain/verify.ts";
import { bytesToHex, HexError } from "../host/hex.ts";
import { RuntimeError, RuntimeTrap } from "../host/runtime/index.ts";
import { ScaleError } from "../host/scale/index.ts";
import { StateError, WitnessIncomplete } from "../host/state/index.ts";
import { LinkError, Trap } from "../interp/index.ts";
import { UsageError } from "./args.ts";
import { FormatError } from "./chain-input.ts";
import { TarError } from "./demo/tar.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { InputError } from "./input.ts";
import { exitCodeOf, stackLines, trapToJson } from "./trap-report.ts";

/** An error as the user sees it. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** A stable word for programs. */
  readonly kind: string;
  readonly message: string;
  /** Further JSON fields of the error. */
  readonly details?: { readonly [field: string]: unknown };
  /** Lines printed below the message. */
  readonly lines?: readonly string[];
}

/** Says of any error what went wrong and whose fault it is. */
export function failureOf(error: unknown): Failure {
  const { usage, invalidInput, internal } = EXIT;
  if (error instanceof UsageError) return { exitCode: usage, kind: "usage", message: error.message };
  if (error instanceof FormatError) {
    const { kind, message, path } = error;
    return { exitCode: invalidInput, kind: `format-${kind}`, message, details: { path } };
  }
  if (error instanceof InputError || error instanceof ScriptError || error instanceof TarError) {
    return { exitCode: invalidInput, kind: "input", message: error.message };
  }
  if (error instanceof AotError) {
    return { exitCode: invalidInput, kind: `aot-${error.kind}`, message: error.message };
  }
  if (error instanceof ModuleError) return moduleFailure(error);
  if (error instanceof LinkError) {
    const { message, problems } = error;
    return { exitCode: invalidInput, kind: "link", message, details: { problems } };
  }
  if (error instanceof Trap) return trapFailure(error, "trap", error.message, {});
  if (error instanceof RuntimeTrap) {
    const { kind, message, trap, gasUsed } = error;
    return trapFailure(trap, kind, message, { method: error.method, gasUsed: Number(gasUsed) });
  }
  if (error instanceof RuntimeError) return runtimeFailure(error);
  if (error instanceof VerificationError) return verificationFailure(error);
  if (error instanceof WitnessIncomplete) {
    const { message } = error;
    return { exitCode: invalidInput, kind: "witness-incomplete", message, details: missingOf(error) };
  }
  if (error instanceof StateError || error instanceof ScaleError || error instanceof HexError) {
    return { exitCode: invalidInput, kind: error.kind, message: error.message };
  }
  if (error instanceof WabtError || isSystemError(error)) {
    return { exitCode: invalidInput, kind: "system", message: error.message };
  }
  const message = `internal error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  return { exitCode: internal, kind: "internal", message };
}

function moduleFailure({ kind, message, offset, context }: ModuleError): Failure {
  const exitCode = kind === "limit" ? EXIT.limit : EXIT.invalidInput;
  return { exitCode, kind, message, details: { offset, context } };
}

function trapFailure(
  trap: Trap,
  kind: string,
  message: string,
  more: { readonly [field: string]: unknown },
): Failure {
  const { code, stack } = trapToJson(trap);
  return {
    exitCode: exitCodeOf(trap),
    kind,
    message,
    details: { code, stack, ...more },
    lines: stackLines(trap.wasmStack),
  };
}

/** The runtime's code or state is unfit, or the call asks for what it has not; a returned range outside memory is a mismatch. */
function runtimeFailure(error: RuntimeError): Failure {
  if (error.cause instanceof ModuleError) return { ...moduleFailure(error.cause), message: error.message };
  const limit = error.kind === "code-too-large" || error.kind === "memory-too-large";
  const wrongResult = error.kind === "output-out-of-bounds" || error.kind === "bad-output";
  const exitCode = limit ? EXIT.limit : wrongResult ? EXIT.mismatch : EXIT.invalidInput;
  return { exitCode, kind: error.kind, message: error.message };
}

/** A check of the block that did not hold is a mismatch; what kept it from being made is the fault of the input. */
const MISMATCHES: readonly VerificationErrorKind[] = [
  "parent-mismatch",
  "parent-state-mismatch",
  "bad-block",
  "fork-mismatch",
  "code-mismatch",
  "extrinsics-root-mismatch",
  "state-root-mismatch",
];

function verificationFailure(error: VerificationError): Failure {
  const { kind, message, check, number, hash, stateRoot, expectedStateRoot, gasUsed, cause } = error;
  const byCause = cause instanceof RuntimeError ? failureOf(cause) : undefined;
  const details = {
    check,
    number: number ?? null,
    hash: hash === undefined ? null : bytesToHex(hash),
    stateRoot: stateRoot === undefined ? null : bytesToHex(stateRoot),
    expectedStateRoot: expectedStateRoot === undefined ? null : bytesToHex(expectedStateRoot),
    gasUsed: Number(gasUsed),
    ...(cause instanceof RuntimeTrap && { trap: trapToJson(cause.trap) }),
    ...(cause instanceof WitnessIncomplete && { missing: missingOf(cause) }),
  };
  const exitCode = MISMATCHES.includes(kind) ? EXIT.mismatch : (byCause?.exitCode ?? EXIT.invalidInput);
  // Where a computed root tells what is wrong, the trap that followed from it would only distract.
  const lines = MISMATCHES.includes(kind) ? [] : (byCause?.lines ?? []);
  return { exitCode, kind, message, details, lines };
}

/** The node or value that a witness lacks, and for which key. */
function missingOf({ hash, key }: WitnessIncomplete): { readonly hash: string; readonly key: string } {
  return { hash: bytesToHex(hash), key: bytesToHex(key) };
}

/** The operating system refused something: a folder that cannot be written, for example. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}
