import { F32, F64, FUNCREF, type FuncType, I32, I64, type ValType } from "../src/decoder/index.ts";
import { type Extern, Global, hostFunc, Memory, Table, type Value } from "../src/interp/index.ts";

/** What the `print` functions take; spec: test/harness, and the reference interpreter's `spectest` module. */
const PRINTS: readonly (readonly [name: string, params: readonly ValType[]])[] = [
  ["print", []],
  ["print_i32", [I32]],
  ["print_i64", [I64]],
  ["print_f32", [F32]],
  ["print_f64", [F64]],
  ["print_i32_f32", [I32, F32]],
  ["print_f64_f64", [F64, F64]],
];

const GLOBALS: readonly (readonly [name: string, type: ValType, value: Value])[] = [
  ["global_i32", I32, 666],
  ["global_i64", I64, 666n],
  ["global_f32", F32, 666.6],
  ["global_f64", F64, 666.6],
];

/**
 * The host module `spectest`. Its table and memory can be changed by the modules that import them, so every
 * script gets one of its own. The functions do nothing: no test looks at what they print.
 */
export function spectestExports(): ReadonlyMap<string, Extern> {
  const exports = new Map<string, Extern>();
  for (const [name, params] of PRINTS) {
    const type: FuncType = { params, results: [] };
    exports.set(name, { kind: "func", value: hostFunc(name, type, () => undefined) });
  }
  for (const [name, type, value] of GLOBALS) {
    exports.set(name, { kind: "global", value: Global.of({ type, mutable: false }, value) });
  }
  exports.set("table", { kind: "table", value: new Table({ element: FUNCREF, min: 10, max: 20 }) });
  exports.set("memory", { kind: "memory", value: new Memory({ min: 1, max: 2 }) });
  return exports;
}
