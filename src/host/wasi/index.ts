/** WASI preview 1, deterministic by default: commands, reactors, and what they are given. */
export { type Clock, VirtualClock, type VirtualClockOptions } from "./clock.ts";
export {
  type CommandOptions,
  instantiateWasi,
  joinImports,
  runCommand,
  type WasiInstance,
} from "./command.ts";
export { type Entropy, SeededEntropy } from "./entropy.ts";
export { ERRNO, type ErrnoName, WasiError } from "./errno.ts";
export { ProcExit } from "./exit.ts";
export type { File, FileStat, FileTimes, Folder, FolderEntry, OpenOptions } from "./file-system.ts";
export { CLOCK, type ClockId, FILETYPE, type FileType } from "./flags.ts";
export {
  contentOf,
  MemoryFile,
  MemoryFolder,
  type MemoryFolderOptions,
  memoryFolder,
} from "./memory/index.ts";
export { type WasiImports, wasiPreview1 } from "./module.ts";
export { loadReactor, Reactor, type ReactorExports, type ReactorOptions } from "./reactor.ts";
export { Wasi, type WasiOptions } from "./state.ts";
export { Captured, discarded, type Input, type Output, recordedInput, recording } from "./streams.ts";
