/**
 * Nests to the limit where it takes most of JavaScript's stack: above generated frames, as large and as many as there may
 * be. Prints for each executor how deep it came and what the next level was.
 */
import { createWebAssembly } from "../../src/host/webassembly/index.ts";
import { hostFunc, I32, ImportMap, instantiate, Store, type StoreOptions, Trap } from "../../src/index.ts";
import { reference } from "../../src/interp/reference/index.ts";
import { jit } from "../../src/jit/index.ts";
import { binary, build, type ModuleText } from "./build.ts";

const LEVELS = 256;
/** Calls of generated code on JavaScript's stack; a frame of theirs has up to 320 lanes. */
const GENERATED = 160;
const WIDTH = 150;

const locals = Array.from({ length: WIDTH }, (_, i) => i + 1);
/** The locals are set before the call and read after it: none can be left out. */
const around = (call: string): string =>
  [
    ...locals.map((i) => `local.get 0 i64.extend_i32_s i64.const ${i} i64.add local.set ${i}`),
    call,
    "i64.const 0",
    ...locals.map((i) => `local.get ${i} i64.xor`),
    "i32.wrap_i64 i32.const 0 i32.and i32.add",
  ].join(" ");

const TEXT: ModuleText = {
  imports: [["env", "back", "i32 > i32"]],
  functions: [
    {
      export: "start",
      type: "i32 > i32",
      locals: "i64 ".repeat(WIDTH),
      code: around(
        `local.get 0 i32.eqz if i32 i32.const ${LEVELS} call 0 else local.get 0 i32.const 1 i32.sub call 1 end`,
      ),
    },
    { export: "f", type: "i32 > i32", code: "local.get 0 i32.const 1 i32.sub call 0 i32.const 1 i32.add" },
  ],
};

interface Exports {
  start(n: number): number;
  f(n: number): number;
}

/** Levels reached, with `wanted` asked for. */
function reached(make: (back: (n: number) => number) => Exports, wanted: number): number {
  const exports = make((n) => (n === 0 ? 0 : exports.f(n)));
  // Once deep and often shallow, so that everything is compiled that will be.
  for (let i = 0; i < 50; i++) exports.f(5);
  let deepest = 0;
  const measured = make((n) => {
    deepest++;
    return deepest === wanted ? 0 : measured.f(n);
  });
  measured.start(GENERATED - 1);
  return deepest;
}

function ofStore(options: StoreOptions): (back: (n: number) => number) => Exports {
  return (back) => {
    const value = hostFunc("back", { params: [I32], results: [I32] }, (n) => back(n as number));
    const imports = new ImportMap().define("env", "back", { kind: "func", value });
    const instance = instantiate(new Store(options), build(TEXT), imports);
    return {
      start: (n) => instance.call("start", n) as number,
      f: (n) => instance.call("f", n) as number,
    };
  };
}

function ofPolyfill(options: StoreOptions): (back: (n: number) => number) => Exports {
  const { executor } = options;
  const { Instance, Module } = createWebAssembly(executor === undefined ? {} : { executor });
  return (back) => new Instance(new Module(binary(TEXT)), { env: { back } }).exports as unknown as Exports;
}

const compiled: StoreOptions = { executor: jit({ samples: 0 }) };
const SIDES: readonly (readonly [string, (back: (n: number) => number) => Exports])[] = [
  ["machine", ofStore({})],
  ["reference", ofStore({ executor: reference })],
  ["jit", ofStore(compiled)],
  ["polyfill", ofPolyfill({})],
  ["polyfill, jit", ofPolyfill(compiled)],
];

for (const [name, make] of SIDES) {
  let beyond = "nothing";
  try {
    reached(make, LEVELS + 2);
  } catch (error) {
    if (error instanceof Trap) beyond = error.code;
    // The polyfill's says that it is Wasm's stack which is exhausted, not V8's.
    else if (error instanceof RangeError && error.cause instanceof Trap) beyond = error.name;
    else throw error;
  }
  // The first call back is the host's own: a level is a call into Wasm below it.
  console.log(name, reached(make, LEVELS + 1) - 1, beyond);
}
