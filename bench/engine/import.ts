import { I32, I64 } from "../../src/decoder/index.ts";
import type { HostCall, HostFunc } from "../../src/interp/index.ts";
import type { EngineMemoryView } from "./view.ts";
import type { EngineFunction } from "./wasm-api.ts";

/**
 * Our host function as one that the engine's Wasm can import: arguments are put into lanes as the machine would, and
 * the result is taken from there. Polkadot's functions pass integers only.
 * @param memory may be made after the function; it is asked for at each call.
 */
export function engineImport(func: HostFunc, memory: () => EngineMemoryView | undefined): EngineFunction {
  const { params, results } = func.type;
  const size = Math.max(params.length, results.length);
  const lanes = new Int32Array(2 * size);
  const wide = new BigInt64Array(lanes.buffer);
  if ([...params, ...results].some((type) => type !== I32 && type !== I64)) {
    throw new TypeError(`${func.name} passes floats`);
  }
  const isWide = params.map((type) => type === I64);
  const call: HostCall = { lanes, at: 0, caller: undefined };
  const finish: () => number | bigint | undefined =
    results[0] === undefined ? () => undefined : results[0] === I64 ? () => wide[0]! : () => lanes[0]!;
  return (...args) => {
    for (let i = 0; i < isWide.length; i++) {
      if (isWide[i]) wide[i] = args[i] as bigint;
      else lanes[2 * i] = args[i] as number;
    }
    memory()?.refresh();
    func.invoke(call);
    return finish();
  };
}
