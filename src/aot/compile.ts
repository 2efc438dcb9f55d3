import type { ValidModule } from "../decoder/index.ts";
import { FACTORY_PARAMETERS, factoryBody } from "../interp/codegen/factory.ts";
import { NotGenerated } from "../interp/codegen/supported.ts";
import { type GeneratedSource, writeFunction } from "../interp/codegen/write.ts";
import { type GasSchedule, OPERATOR_1 } from "../interp/gas/schedule.ts";
import { lower } from "../interp/lower/lower.ts";
import { NO_PROBES } from "../interp/lower/probes.ts";
import { codeOf } from "../interp/machine/code.ts";
import { MAX_GENERATED_LANES } from "../interp/machine/generated.ts";
import { headerOf } from "./artifact.ts";

export interface CompileOptions {
  /**
   * The functions to compile, by their number among those that the module defines; the machine runs the others.
   * Default: all that can be.
   */
  readonly functions?: readonly number[];
  /** Default `OPERATOR_1`. */
  readonly schedule?: GasSchedule;
  /** For stores with `maxLogicalStack`. Default false. */
  readonly logicalStack?: boolean;
  /** Characters of JavaScript a file may have before the next one is begun. Default 4,000,000. */
  readonly chunkLength?: number;
}

/** The JavaScript of a module: `files[0]` imports the others, which lie beside it under their names. */
export interface CompiledModule {
  readonly files: readonly { readonly name: string; readonly source: string }[];
  /** How many functions were compiled, and which of those asked for could not be. */
  readonly compiled: number;
  readonly left: readonly number[];
}

/**
 * Writes functions of a module as an ES module: no `eval`, nothing but names and numbers, for `aot`.
 *
 * @param name of the first file; the others are called after it, `runtime.1.mjs` for `runtime.mjs`
 */
export function compileModule(
  module: ValidModule,
  name: string,
  options: CompileOptions = {},
): CompiledModule {
  const { schedule = OPERATOR_1, logicalStack = false, chunkLength = 4_000_000 } = options;
  const code = codeOf(module, schedule, { ...NO_PROBES, logicalStack });
  const wanted = options.functions ?? module.bodies.map((_, index) => index);
  const left: number[] = [];
  const chunks: GeneratedSource[][] = [[]];
  let length = 0;
  for (const index of wanted) {
    lower(code, index);
    const written = code.frames[index]! > MAX_GENERATED_LANES ? undefined : write(code, index);
    if (written === undefined) {
      left.push(index);
      continue;
    }
    if (length > 0 && length + written.source.length > chunkLength) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)!.push(written);
    length += written.source.length;
  }

  const functions = chunks.flatMap((chunk) => chunk.map(({ index }) => index));
  const header = headerOf(code, functions);
  const names = chunks.map((_, i) => (i === 0 ? name : name.replace(/(\.[^.]*)?$/, `.${i}$1`)));
  const rest = names.slice(1);
  const imports = rest.map((file, i) => `import { link as link${i + 1} } from "./${file}";\n`).join("");
  const files = chunks.map((chunk, i) => {
    const body = factoryBody(chunk);
    const parameters = FACTORY_PARAMETERS.join(", ");
    if (i > 0) return `export function link(${parameters}) {\n${body}\n}\n`;
    const others = rest.map((_, k) => `, ...link${k + 1}(${parameters})`).join("");
    return `${imports}export const header = ${JSON.stringify(header)};
function link0(${parameters}) {\n${body}\n}
export function link(${parameters}) {\nreturn [...link0(${parameters})${others}];\n}\n`;
  });
  return {
    files: files.map((source, i) => ({
      name: names[i]!,
      source: `// Written by lockstep compile.\n${source}`,
    })),
    compiled: functions.length,
    left,
  };
}

function write(code: ReturnType<typeof codeOf>, index: number): GeneratedSource | undefined {
  try {
    return writeFunction(code, index);
  } catch (error) {
    if (error instanceof NotGenerated) return undefined;
    throw error;
  }
}
