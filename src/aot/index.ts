/** JavaScript made of Wasm at build time, for environments that run no code from strings. */
import type { Executor, ExecutorFactory, ExecutorOptions } from "../interp/executor.ts";
import type { Code } from "../interp/machine/code.ts";
import { GeneratedCode, type Tier } from "../interp/machine/generated.ts";
import { DOUBLES, FLOATS, HELPERS, WORDS } from "../interp/machine/generated-helpers.ts";
import { Machine } from "../interp/machine/machine.ts";
import { type AotModule, checkArtifact, isFor } from "./artifact.ts";

export type { AotHeader, AotModule } from "./artifact.ts";
export { type CompiledModule, type CompileOptions, compileModule } from "./compile.ts";
export { AotError, type AotErrorKind } from "./errors.ts";

/**
 * An executor that runs the functions of these compiled modules, and everything else in the machine; results, gas,
 * traps, memory and host calls are the same either way. A compiled module is used for the module, the gas schedule and
 * the limits that it was made for and for no other: code of any other hash is the machine's.
 *
 * @throws AotError if one was not written by this version of Lockstep
 */
export function aot(...modules: readonly AotModule[]): ExecutorFactory {
  for (const module of modules) checkArtifact(module);
  const tier = new AotTier(modules);
  return (options: ExecutorOptions): Executor => new Machine(options, tier);
}

class AotTier implements Tier {
  private readonly modules: readonly AotModule[];
  private readonly known = new WeakMap<Code, { readonly generated: GeneratedCode | undefined }>();

  constructor(modules: readonly AotModule[]) {
    this.modules = modules;
  }

  generatedCode(code: Code): GeneratedCode | undefined {
    let known = this.known.get(code);
    if (known === undefined) {
      known = { generated: this.link(code) };
      this.known.set(code, known);
    }
    return known.generated;
  }

  private link(code: Code): GeneratedCode | undefined {
    const { calls, blocks, breakpoints } = code.probes;
    if (calls || blocks || breakpoints.size > 0) return undefined;
    const found = this.modules.find(({ header }) => isFor(header, code));
    if (found === undefined) return undefined;
    const generated = new GeneratedCode(code);
    generated.install(found.link(HELPERS, generated.cells, WORDS, DOUBLES, FLOATS));
    return generated;
  }

  // What there is was made before: nothing is learned from how it runs.
  lowered(): void {}
  sampled(): void {}
  interpreted(): void {}
}
