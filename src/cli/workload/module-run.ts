import { type FuncType, load, type ValidModule } from "../../decoder/index.ts";
import { type Func, ImportMap, instantiate, Store } from "../../interp/index.ts";
import { UsageError } from "../args.ts";
import type { ExecutionSettings } from "../execution-options.ts";
import { count } from "../format.ts";
import { InputError, readBytes, unwrapHexText } from "../input.ts";
import { parseValue, signature, valueToJson } from "../values.ts";
import type { Watch, Workload } from "./workload.ts";

/** A call of an exported function of a module that gets no host. */
export interface ModuleRun {
  readonly module: ValidModule;
  readonly type: FuncType;
  /** A store to run in. */
  newStore(watch?: Watch): Store;
  /** Instantiates the module and calls the function: raw bits of the results. @throws Trap, LinkError */
  execute(store: Store): bigint[];
}

/** @throws UsageError, InputError, ModuleError */
export function prepareRun(
  file: string,
  name: string,
  args: readonly string[],
  { features = "polkadot", gasLimit, executor }: ExecutionSettings,
): ModuleRun {
  const module = load(unwrapHexText(readBytes(file)), { features });
  const type = exportedType(module, name);
  const { params, results } = type;
  if (args.length !== params.length) {
    throw new UsageError(`${name} takes ${count(params.length, "argument")}, ${signature(params, results)}`);
  }
  const bits = params.map((param, i) => parseValue(args[i]!, param));
  return {
    module,
    type,
    newStore: ({ observer } = {}) =>
      new Store({
        ...(gasLimit !== undefined && { gasLimit }),
        ...(executor !== undefined && { executor }),
        ...(observer !== undefined && { observer }),
      }),
    execute(store) {
      // Instantiation may trap too: in the start function.
      const instance = instantiate(store, module, new ImportMap(), { onMissing: "trap" });
      return store.callBits(instance.externs.get(name)!.value as Func, bits);
    },
  };
}

/** @throws InputError if the module exports no function of that name. */
function exportedType(module: ValidModule, name: string): FuncType {
  const found = module.exports.find((entry) => entry.name === name && entry.kind === "func");
  if (found !== undefined) return module.types[module.functions[found.index]!]!;
  const names = module.exports.filter(({ kind }) => kind === "func").map((entry) => entry.name);
  const known = names.length === 0 ? "it exports no functions" : `it has ${names.slice(0, 20).join(", ")}`;
  throw new InputError(`the module exports no function "${name}"; ${known}${names.length > 20 ? ", …" : ""}`);
}

/** @throws as `prepareRun` */
export function runWorkload(
  file: string,
  name: string,
  args: readonly string[],
  settings: ExecutionSettings,
): Workload {
  const run = prepareRun(file, name, args, settings);
  return {
    title: `run ${name}`,
    execute(watch, tell) {
      const store = run.newStore(watch);
      const values = run.execute(store).map((bits, i) => valueToJson(bits, run.type.results[i]!));
      tell({ event: "result", values, gas: Number(store.gasUsed) });
    },
  };
}
