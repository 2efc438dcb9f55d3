import type { ExecutorFactory } from "../executor.ts";
import { ReferenceExecutor } from "./executor.ts";

export { ReferenceExecutor } from "./executor.ts";
export type { Frame, Label } from "./frame.ts";
export { labelsAt } from "./structure.ts";

/** For `new Store({ executor: reference })`: the slow executor that others are tested against. */
export const reference: ExecutorFactory = (options) => new ReferenceExecutor(options);
