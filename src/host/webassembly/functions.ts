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
    let lanes = scratch;
    for (let i = 0; i < params.length; i++) {
      const value = args[i];
      if (lanes === scratch && isObject(value)) lanes = scratch.slice();
      toLanes(params[i]!, value, lanes, 2 * i);
    }
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
  if (results.length > 1) return (call) => storeAll(call, results, callee(...argumentsOf(call, params)));
  const [result] = results;
  // Nothing is allocated for calls of few arguments, which most are.
  const [a, b, c] = params;
  switch (params.length) {
    case 0:
      return (call) => store(call, result, callee());
    case 1:
      return (call) => store(call, result, callee(fromLanes(a!, call.lanes, call.at)));
    case 2:
      return (call) => {
        const { lanes, at } = call;
        store(call, result, callee(fromLanes(a!, lanes, at), fromLanes(b!, lanes, at + 2)));
      };
    case 3:
      return (call) => {
        const { lanes, at } = call;
        const [x, y] = [fromLanes(a!, lanes, at), fromLanes(b!, lanes, at + 2)];
        store(call, result, callee(x, y, fromLanes(c!, lanes, at + 4)));
      };
    default:
      return (call) => store(call, result, callee(...argumentsOf(call, params)));
  }
}

function argumentsOf({ lanes, at }: HostCall, params: FuncType["params"]): unknown[] {
  return params.map((type, i) => fromLanes(type, lanes, at + 2 * i));
}

const pair = new Int32Array(2);

/** Converting may call back into Wasm, which moves the frame: the call's lanes are asked for when all is converted. */
function store(call: HostCall, type: FuncType["results"][number] | undefined, value: unknown): void {
  if (type === undefined) return;
  const converted = isObject(value) ? new Int32Array(2) : pair;
  toLanes(type, value, converted, 0);
  const { lanes, at } = call;
  lanes[at] = converted[0]!;
  lanes[at + 1] = converted[1]!;
}

/** @throws TypeError if the value is no list of as many values as there must be */
function storeAll(call: HostCall, types: FuncType["results"], value: unknown): void {
  const list = [...(value as Iterable<unknown>)];
  if (list.length !== types.length) {
    throw new TypeError(`the imported function gave ${list.length} values instead of ${types.length}`);
  }
  const converted = new Int32Array(2 * types.length);
  types.forEach((type, i) => {
    toLanes(type, list[i], converted, 2 * i);
  });
  call.lanes.set(converted, call.at);
}
