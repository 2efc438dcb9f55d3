import type { FeatureSet } from "../src/decoder/index.ts";
import type { TypedBits } from "./values.ts";

/**
 * What runs the scripts. The runner knows an engine only through this, so that any second implementation can
 * be put to the same suite. Refusals and traps are told by the engine's own error types:
 * `ModuleError`, `LinkError`, `Trap`.
 */
export interface Executor {
  /** For reports. */
  readonly name: string;
  /** Starts a script: an empty store in which only `spectest` is registered. */
  open(features: FeatureSet): Session;
}

/** One store and the instances made in it. */
export interface Session {
  /** Decodes and validates. @throws ModuleError */
  load(bytes: Uint8Array): Loaded;
  /** From now on imports from `module` resolve to the exports of `instance`, which this session made. */
  register(module: string, instance: Running): void;
}

export interface Loaded {
  /** Links, copies the segments and runs the start function. @throws LinkError, Trap */
  instantiate(): Running;
}

export interface Running {
  /** Calls an exported function. @throws Trap, ActionError */
  invoke(field: string, args: readonly TypedBits[]): readonly TypedBits[];
  /** Reads an exported global. @throws ActionError */
  get(field: string): TypedBits;
}

/** An action asks for something the instance does not have. */
export class ActionError extends Error {
  override readonly name = "ActionError";
}
