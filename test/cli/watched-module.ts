import { name, section, vector } from "../decoder/assemble.ts";
import { binary } from "../interp/build.ts";

const MANGLED = "_ZN4tiny4math6square17h0123456789abcdefE";

/** A name section: of functions by index. */
function names(functions: readonly (readonly [index: number, name: string])[]): number[] {
  const entries = functions.map(([index, text]) => [index, ...name(text)]);
  return section(0, [...name("name"), ...section(1, vector(entries))]);
}

/**
 * Exports `main(n) = n² + n²` over a function with a mangled name, `grow`, `fail` which traps in it, and `wild`, whose
 * name steers terminals.
 */
export function watchedModule(): Uint8Array {
  const module = binary({
    imports: [["env", "missing", "i64 >"]],
    functions: [
      {
        export: "main",
        type: "i32 > i32",
        locals: "i32 i64 i64",
        code: "local.get 0 call 2 local.tee 1 local.get 0 call 2 i32.add",
      },
      { type: "i32 > i32", code: "local.get 0 local.get 0 i32.mul" },
      { export: "grow", type: "> i32", code: "i32.const 1 memory.grow drop i32.const 9 memory.grow" },
      { export: "fail", type: "f64 >", code: "i32.const 5 call 2 drop unreachable" },
      { export: "absent", code: "i64.const -1 call 0" },
      { export: "wild", code: "unreachable" },
    ],
    memory: [0, 2],
  });
  return Uint8Array.from([
    ...module,
    ...names([
      [2, MANGLED],
      [6, "wild\u001b[31m\nname"],
    ]),
  ]);
}
