import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { ValidModule } from "../decoder/index.ts";
import type { Factory } from "../interp/codegen/factory.ts";
import { CODEGEN_VERSION } from "../interp/codegen/version.ts";
import { scheduleHash } from "../interp/gas/schedule.ts";
import type { Code } from "../interp/machine/code.ts";
import { AotError } from "./errors.ts";

/** What generated code is bound to: it runs in place of this code and of no other. */
export interface AotHeader {
  /** Of the code generator: `CODEGEN_VERSION`. */
  readonly version: number;
  /** The functions that were compiled, by their number among those that the module defines. */
  readonly functions: readonly number[];
  /** `codeHash` of the module and these functions, in hex. */
  readonly code: string;
  /** `scheduleHash` of the gas schedule, in hex. */
  readonly schedule: string;
  /** Whether it counts the logical stack height, as stores with `maxLogicalStack` need. */
  readonly logicalStack: boolean;
}

/** A module that `compileModule` wrote, imported: what `import * as` gives. */
export interface AotModule {
  readonly header: AotHeader;
  readonly link: Factory;
}

/** The header of generated code for these functions. */
export function headerOf({ module, schedule, probes }: Code, functions: readonly number[]): AotHeader {
  return {
    version: CODEGEN_VERSION,
    functions,
    code: bytesToHex(codeHash(module, functions)),
    schedule: bytesToHex(scheduleHash(schedule)),
    logicalStack: probes.logicalStack,
  };
}

/** Whether generated code with this header may run in place of the code. */
export function isFor(header: AotHeader, code: Code): boolean {
  const { functions } = header;
  if (functions.some((index) => !(index in code.module.bodies))) return false;
  const expected = headerOf(code, functions);
  return (
    header.logicalStack === expected.logicalStack &&
    header.schedule === expected.schedule &&
    header.code === expected.code
  );
}

/**
 * BLAKE2b-256 of all that generated code follows from: the binary up to the first body (types, imports, functions,
 * globals), and the bodies of these functions. Not of the whole binary: without a JIT a runtime of 6 MB would be
 * hashed for longer than it runs.
 */
function codeHash({ bytes, bodies }: ValidModule, functions: readonly number[]): Uint8Array {
  const hash = blake2b.create({ dkLen: 32 });
  const [first] = bodies;
  if (first !== undefined) hash.update(bytes.subarray(0, first.start));
  for (const index of functions) {
    // From the end of the body before: the declared locals belong to it.
    const { start, end } = bodies[index]!;
    hash.update(bytes.subarray(index === 0 ? start : bodies[index - 1]!.end, end));
  }
  return hash.digest();
}

/** @throws AotError unless it was written by this version of the code generator */
export function checkArtifact(artifact: unknown): asserts artifact is AotModule {
  const { header, link } = (artifact ?? {}) as Partial<AotModule>;
  if (typeof link !== "function" || typeof header !== "object" || header === null) {
    throw new AotError(
      "malformed",
      "this is no module that Lockstep compiled: it exports no header and link",
    );
  }
  const { version, functions, code, schedule, logicalStack } = header as Partial<AotHeader>;
  const isComplete =
    typeof version === "number" &&
    Array.isArray(functions) &&
    typeof code === "string" &&
    typeof schedule === "string" &&
    typeof logicalStack === "boolean";
  if (!isComplete) throw new AotError("malformed", "the header of the compiled module is incomplete");
  if (version !== CODEGEN_VERSION) {
    throw new AotError(
      "version",
      `compiled by version ${version} of the code generator, not ${CODEGEN_VERSION}`,
    );
  }
}
