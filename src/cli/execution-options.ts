import type { FeatureSet } from "../decoder/index.ts";
import type { ExecutorFactory } from "../interp/index.ts";
import { reference } from "../interp/reference/index.ts";
import { type OptionSpecs, UsageError } from "./args.ts";
import { COMMON_OPTIONS } from "./command.ts";
import { parseFeatures, parseGas } from "./input.ts";

/** Options of every command that runs code, worded once. */
export const EXECUTION_OPTIONS = {
  gas: COMMON_OPTIONS.gas,
  features: COMMON_OPTIONS.features,
  executor: { value: "NAME", help: "machine (default), or reference: slow, by the spec's rules" },
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
}): ExecutionSettings {
  const gasLimit = parseGas(options.gas);
  const features = parseFeatures(options.features);
  const isReference = parseExecutor(options.executor) === "reference";
  return {
    ...(gasLimit !== undefined && { gasLimit }),
    ...(features !== undefined && { features }),
    ...(isReference && { executor: reference }),
  };
}

/** `--executor`. @throws UsageError */
export function parseExecutor(text = "machine"): "machine" | "reference" {
  if (text === "machine" || text === "reference") return text;
  throw new UsageError(`--executor is machine or reference, not "${text}"`);
}
