import { jit } from "../src/jit/index.ts";
import type { Executor } from "./executor.ts";
import { executorOver } from "./interpreter.ts";

/** Generated code: every function is compiled before it runs, so that none is left to the machine. */
export const jitExecutor: Executor = executorOver("jit", { executor: jit({ samples: 0 }) });
