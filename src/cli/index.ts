/** The commands as functions: `main(["verify", …], io)` is what the program does. */
export type { Command } from "./command.ts";
export { commands } from "./commands/index.ts";
export { EXIT, type ExitCode } from "./exit-codes.ts";
export type { Io, Output } from "./io.ts";
export { main } from "./main.ts";
