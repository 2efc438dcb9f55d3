/**
 * The `WebAssembly` JavaScript API, provided by Lockstep: for programs that expect it, where the engine has none or
 * must not use its own. (Spec: WebAssembly JavaScript Interface.)
 */
export type { WebAssemblyOptions } from "./agent.ts";
export { type InstallOptions, installWebAssembly } from "./install.ts";
export { createWebAssembly } from "./namespace.ts";
export type * from "./types.ts";
