export * from "./api/index.ts";
export type { CallResult, RuntimeLimits } from "./call.ts";
export { CODE_SIZE_LIMIT, unpackCode } from "./code.ts";
export type { CodeStore } from "./code-store.ts";
export { RuntimeError, type RuntimeErrorKind, RuntimeTrap } from "./errors.ts";
export { RuntimeExecution } from "./execution.ts";
export {
  type CallOptions,
  DEFAULT_HEAP_PAGES,
  Runtime,
  type RuntimeOptions,
  type StartOptions,
} from "./runtime.ts";
