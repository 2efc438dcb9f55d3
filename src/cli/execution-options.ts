import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { type AotModule, aot } from "../aot/index.ts";
import type { FeatureSet } from "../decoder/index.ts";
import type { ExecutorFactory } from "../interp/index.ts";
import { reference } from "../interp/reference/index.ts";
import { jit } from "../jit/index.ts";
import { type OptionSpecs, UsageError } from "./args.ts";
import { COMMON_OPTIONS } from "./command.ts";
import { InputError, parseFeatures, parseGas } from "./input.ts";

/** Options of every command that runs code, worded once. */
export const EXECUTION_OPTIONS = {
  gas: COMMON_OPTIONS.gas,
  features: COMMON_OPTIONS.features,
  aot: { value: "FILE", help: "run what lockstep compile wrote" },
  executor: {
    value: "NAME",
    help: "machine (default), jit, or reference (slow)",
  },
} as const satisfies OptionSpecs;

/** `--gas` where each block has its own. */
export const GAS_PER_BLOCK = {
  value: "N",
  help: 'gas per block, or "unlimited" (default 10,000,000,000)',
} as const;

/** What those options say, in the form that the library takes: absent is the library's default. */
export interface ExecutionSettings {
  readonly gasLimit?: bigint;
  readonly features?: FeatureSet;
  readonly executor?: ExecutorFactory;
}

/** @throws UsageError */
export function parseExecution(options: {
  readonly gas: string | undefined;
  readonly features: string | undefined;
  readonly executor: string | undefined;
  readonly aot: string | undefined;
}): ExecutionSettings {
  const gasLimit = parseGas(options.gas);
  const features = parseFeatures(options.features);
  const executor =
    options.aot === undefined ? EXECUTORS[parseExecutor(options.executor)]() : compiled(options);
  return {
    ...(gasLimit !== undefined && { gasLimit }),
    ...(features !== undefined && { features }),
    ...(executor !== undefined && { executor }),
  };
}

/** `--aot`: the module that `lockstep compile` wrote is code, and is run. @throws UsageError, InputError, AotError */
function compiled({
  aot: path,
  executor,
}: {
  readonly aot: string | undefined;
  readonly executor: string | undefined;
}) {
  if (parseExecutor(executor) !== "machine") throw new UsageError("--aot and --executor exclude each other");
  const file = resolve(path!);
  if (!existsSync(file)) throw new InputError(`cannot read ${path}: no such file`);
  try {
    return aot(createRequire(import.meta.url)(file) as AotModule);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new InputError(`${path} is no JavaScript module: ${error.message}`);
    throw error;
  }
}

/** What `--executor` names. */
const EXECUTORS = {
  machine: () => undefined,
  jit: () => jit(),
  reference: () => reference,
} as const satisfies { readonly [name: string]: () => ExecutorFactory | undefined };

export type ExecutorName = keyof typeof EXECUTORS;

/** `--executor`. @throws UsageError */
export function parseExecutor(text = "machine"): ExecutorName {
  if (Object.hasOwn(EXECUTORS, text)) return text as ExecutorName;
  throw new UsageError(`--executor is machine, jit or reference, not "${text}"`);
}
