import { reference } from "../src/interp/reference/index.ts";
import type { Executor } from "./executor.ts";
import { executorOver } from "./interpreter.ts";

/** Lockstep's reference executor: slow, straight from the spec's reduction rules. */
export const referenceExecutor: Executor = executorOver("reference", { executor: reference });
