export { demangle } from "./demangle.ts";
export type { Configuration, FrameState, PauseReason } from "./execution/configuration.ts";
export { ConfigurationError, SnapshotError, type SnapshotErrorKind } from "./execution/errors.ts";
export {
  Execution,
  type ExecutionFrame,
  type ExecutionStatus,
  entryOf,
  type RunOptions,
  type TypedValue,
} from "./execution/execution.ts";
export { type Restored, type RestoreOptions, restore } from "./execution/restore.ts";
export { snapshot } from "./execution/snapshot.ts";
export type { Executor, ExecutorFactory, ExecutorOptions } from "./executor.ts";
export { equalTypes, type Func, type HostCall, type HostFunc, type WasmFunc } from "./func.ts";
export { type GasSchedule, OPERATOR_1, scheduleHash } from "./gas/schedule.ts";
export { Global } from "./global.ts";
export { hostFunc } from "./host-func.ts";
export { ImportMap, type Imports } from "./imports.ts";
export { type ExportedFunction, type Exports, type ExportValue, type Extern, Instance } from "./instance.ts";
export { type InstantiateOptions, instantiate } from "./instantiate.ts";
export { LinkError, type LinkProblem } from "./link-error.ts";
export { HostResourceError, MAX_PAGES, Memory, PAGE_SIZE } from "./memory.ts";
export { type Entry, type Exit, functionOf, type Observer, type Place } from "./observe.ts";
export { type CallNode, type FunctionProfile, GasProfile, type GasProfileOptions } from "./profile.ts";
export { Store, type StoreOptions } from "./store.ts";
export { Table } from "./table.ts";
export { type CoreTrapCode, type StackFrame, TRAP_MESSAGES, Trap } from "./trap.ts";
export type { Lanes, Value } from "./values.ts";
