/** The official WebAssembly test suite: its converted scripts, the host they need, the runner and its report. */
export * from "./executor.ts";
export { spectestExports } from "./host.ts";
export { interpreter } from "./interpreter.ts";
export { jitExecutor } from "./jit.ts";
export { referenceExecutor } from "./reference.ts";
export * from "./report.ts";
export { type CommandResult, type ReadFile, runScript } from "./run.ts";
export * from "./script.ts";
export * from "./suites.ts";
export { trapMatches } from "./trap-text.ts";
export * from "./values.ts";
export * from "./wast/index.ts";
