import type { FuncType } from "../../decoder/module.ts";
import type { Func, HostCall, HostFunc } from "../../interp/func.ts";
import type { Lanes } from "../../interp/values.ts";
import type { Agent, ScriptFunction } from "./agent.ts";
import { scriptError } from "./errors.ts";
import { isObject } from "./idl.ts";
import { fromLanes, toLanes } from "./values.ts";

/** Host functions do not know their number in the module that imports them, which names them where it exports them. */
const importNumbers = new WeakMap<HostFunc, number>();

/** The exported function of `func`: always the same object. */
export function exportedFunction(agent: Agent, func: Func): ScriptFunction {
  let exported = agent.exportedFunctions.get(func);
  if (exported === undefined) {
    exported = callable(agent, func);
    const number =
      func.kind === "wasm"
        ? func.instance.module.importedFunctionCount + func.index
        : importNumbers.get(func);
    Object.defineProperties(exported, {
      name: { value: String(number ?? 0), configurable: true },
      length: { value: func.type.params.length, configurable: true },
    });
    agent.exportedFunctions.set(func, exported);
    agent.functionsOfExported.set(exported, func);
  }
  return exported;
}

/** What the exported function `value` calls; undefined if it is none. */
export function functionOfExported(agent: Agent, value: unknown): Func | undefined {
  return agent.functionsOfExported.get(value as object);
}

/** An arrow function, as exported functions are no constructors. */
function callable(agent: Agent, func: Func): ScriptFunction {
  const { params, results } = func.type;
  const { store, errors } = agent;
  // Serves calls whose arguments cannot run code of the script's while they are converted.
  const scratch = new Int32Array(2 * params.length);
  return (...args) => {
    const lanes = args.some(isObject) ? new Int32Array(2 * params.length) : scratch;
    for (let i = 0; i < params.length; i++) toLanes(params[i]!, args[i], lanes, 2 * i);
    let out: Lanes;
    try {
      out = store.callLanes(func, lanes);
    } catch (error) {
      throw scriptError(error, errors);
    }
    if (results.length === 1) return fromLanes(results[0]!, out, 0);
    return results.length === 0 ? undefined : results.map((type, i) => fromLanes(type, out, 2 * i));
  };
}

/** A host function that calls `callee`: the JS API's "create a host function". `number` is that of the import. */
export function hostFunction(callee: ScriptFunction, type: FuncType, name: string, number: number): HostFunc {
  const func: HostFunc = { kind: "host", name, type, invoke: invoker(callee, type) };
  importNumbers.set(func, number);
  return func;
}

function invoker(callee: ScriptFunction, { params, results }: FuncType): (call: HostCall) => void {
  const [result] = results;
  if (results.length > 1) {
    return (call) => {
      const list = [...(callee(...argumentsOf(call, params)) as Iterable<unknown>)];
      if (list.length !== results.length) {
        throw new TypeError(`the imported function gave ${list.length} values instead of ${results.length}`);
      }
      // Converting may call back into Wasm, which moves the frame: the lanes are read anew, and written at the end.
      const lanes = new Int32Array(2 * results.length);
      results.forEach((resultType, i) => {
        toLanes(resultType, list[i], lanes, 2 * i);
      });
      call.lanes.set(lanes, call.at);
    };
  }
  return (call) => store(call, result, callee(...argumentsOf(call, params)));
}

function argumentsOf({ lanes, at }: HostCall, params: FuncType["params"]): unknown[] {
  return params.map((type, i) => fromLanes(type, lanes, at + 2 * i));
}

const pair = new Int32Array(2);

function store(call: HostCall, type: FuncType["results"][number] | undefined, value: unknown): void {
  if (type === undefined) return;
  const lanes = isObject(value) ? new Int32Array(2) : pair;
  toLanes(type, value, lanes, 0);
  call.lanes[call.at] = lanes[0]!;
  call.lanes[call.at + 1] = lanes[1]!;
}
