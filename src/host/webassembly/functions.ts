import { type FuncType, isRefType, V128, type ValType } from "../../decoder/module.ts";
import type { Func, HostCall, HostFunc } from "../../interp/func.ts";
import { type Lanes, laneCount, lanesOf, type Value } from "../../interp/values.ts";
import type { Agent } from "./agent.ts";
import { scriptError } from "./errors.ts";
import { isObject } from "./idl.ts";
import { fromLanes, fromValue, toLanes, toValue, vectorError } from "./values.ts";

/** A function as scripts call it. */
export type ScriptFunction = (...args: unknown[]) => unknown;

/** Host functions do not know their number in the module that imports them, which names them where it exports them. */
const importNumbers = new WeakMap<HostFunc, number>();

/** Makes the exported function of `func`: an arrow function, as they are no constructors. */
export function exportedFunction(agent: Agent, func: Func): ScriptFunction {
  const { params, results } = func.type;
  const types = [...params, ...results];
  const exported = types.some((type) => isRefType(type) || type === V128)
    ? callable(agent, func)
    : callableByLanes(agent, func);
  const number =
    func.kind === "wasm" ? func.instance.module.importedFunctionCount + func.index : importNumbers.get(func);
  return Object.defineProperties(exported, {
    name: { value: String(number ?? 0), configurable: true },
    length: { value: params.length, configurable: true },
  });
}

function callable(agent: Agent, func: Func): ScriptFunction {
  const { params, results } = func.type;
  const hasVector = [...params, ...results].includes(V128);
  return (...args) => {
    // Before any argument is converted, and whatever the function would do.
    if (hasVector) throw vectorError();
    const values = params.map((type, i) => toValue(agent, type, args[i]));
    let result: Value;
    try {
      result = agent.store.call(func, values);
    } catch (error) {
      throw scriptError(error, agent.errors);
    }
    if (results.length <= 1) return results.length === 0 ? undefined : fromValue(agent, results[0]!, result);
    return (result as Value[]).map((value, i) => fromValue(agent, results[i]!, value));
  };
}

/** The same for functions of numbers, which most are: without lists of values in between. */
function callableByLanes(agent: Agent, func: Func): ScriptFunction {
  const { params, results } = func.type;
  const { store, errors } = agent;
  // Serves calls whose arguments cannot run code of the script's while they are converted.
  const scratch = new Int32Array(2 * Math.max(params.length, results.length));
  return (...args) => {
    let lanes = scratch;
    for (let i = 0; i < params.length; i++) {
      const value = args[i];
      if (lanes === scratch && isObject(value)) lanes = scratch.slice();
      toLanes(agent, params[i]!, value, lanes, 2 * i);
    }
    try {
      store.callLanes(func, lanes);
    } catch (error) {
      throw scriptError(error, errors);
    }
    if (results.length === 1) return fromLanes(agent, results[0]!, lanes, 0);
    return results.length === 0 ? undefined : listOf(agent, results, lanes, 0);
  };
}

/** The values of `types` in the lanes from `at` on. */
function listOf(agent: Agent, types: readonly ValType[], lanes: Lanes, at: number): unknown[] {
  let next = at;
  return types.map((type) => {
    const value = fromLanes(agent, type, lanes, next);
    next += lanesOf(type);
    return value;
  });
}

/** A host function that calls `callee`: the JS API's "create a host function". `number` is that of the import. */
export function hostFunction(
  agent: Agent,
  callee: ScriptFunction,
  type: FuncType,
  name: string,
  number: number,
): HostFunc {
  const func: HostFunc = { kind: "host", name, type, invoke: invoker(agent, callee, type) };
  importNumbers.set(func, number);
  return func;
}

function invoker(agent: Agent, callee: ScriptFunction, { params, results }: FuncType): HostFunc["invoke"] {
  const [result] = results;
  const finish =
    results.length > 1
      ? (call: HostCall, value: unknown) => storeAll(agent, call, results, value)
      : (call: HostCall, value: unknown) => store(agent, call, result, value);
  if ([...params, ...results].includes(V128)) {
    return () => {
      throw vectorError();
    };
  }
  // Nothing is allocated for calls of few arguments, which most are.
  const [a, b, c] = params;
  switch (params.length) {
    case 0:
      return (call) => finish(call, callee());
    case 1:
      return (call) => finish(call, callee(fromLanes(agent, a!, call.lanes, call.at)));
    case 2:
      return (call) => {
        const { lanes, at } = call;
        finish(call, callee(fromLanes(agent, a!, lanes, at), fromLanes(agent, b!, lanes, at + 2)));
      };
    case 3:
      return (call) => {
        const { lanes, at } = call;
        const x = fromLanes(agent, a!, lanes, at);
        const y = fromLanes(agent, b!, lanes, at + 2);
        finish(call, callee(x, y, fromLanes(agent, c!, lanes, at + 4)));
      };
    default:
      return (call) => finish(call, callee(...listOf(agent, params, call.lanes, call.at)));
  }
}

const pair = new Int32Array(2);

/** Converting may call back into Wasm, which moves the frame: the call's lanes are asked for when all is converted. */
function store(agent: Agent, call: HostCall, type: ValType | undefined, value: unknown): void {
  if (type === undefined) return;
  const converted = isObject(value) ? new Int32Array(2) : pair;
  toLanes(agent, type, value, converted, 0);
  const { lanes, at } = call;
  lanes[at] = converted[0]!;
  lanes[at + 1] = converted[1]!;
}

/** @throws TypeError if the value is no list of as many values as there must be */
function storeAll(agent: Agent, call: HostCall, types: readonly ValType[], value: unknown): void {
  const list = [...(value as Iterable<unknown>)];
  if (list.length !== types.length) {
    throw new TypeError(`the imported function gave ${list.length} values instead of ${types.length}`);
  }
  const converted = new Int32Array(laneCount(types));
  types.forEach((type, i) => {
    toLanes(agent, type, list[i], converted, 2 * i);
  });
  call.lanes.set(converted, call.at);
}
