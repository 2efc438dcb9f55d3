import type { WebAssemblyOptions } from "./agent.ts";
import { createWebAssembly } from "./namespace.ts";
import type { WebAssemblyNamespace } from "./types.ts";

export interface InstallOptions extends WebAssemblyOptions {
  /** Replaces a `WebAssembly` that is already there. */
  readonly force?: boolean;
  /** Where `WebAssembly` is defined. Default: the global object. */
  readonly target?: object;
}

/**
 * Makes Lockstep the `WebAssembly` of all code that looks it up from now on, unless there is one already.
 * @returns the namespace that was installed, or undefined where one was there
 */
export function installWebAssembly(options: InstallOptions = {}): WebAssemblyNamespace | undefined {
  const { force = false, target = globalThis, ...rest } = options;
  if (!force && (target as { WebAssembly?: unknown }).WebAssembly != null) return undefined;
  const value = createWebAssembly(rest);
  Object.defineProperty(target, "WebAssembly", {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  return value;
}
