/** What can be seen of a `WebAssembly` object from outside: the same of the engine's and of Lockstep's. */
import {
  type Any,
  assemble,
  EMPTY,
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  I32,
  I64,
  identity,
  type Namespace,
  op,
} from "./support.ts";

/** Observations by name. Values are text, so that they can be compared across processes. */
export type Observations = { [name: string]: string };

const INTERFACES = ["Module", "Instance", "Memory", "Table", "Global", "Tag", "Exception"] as const;
const ERRORS = ["CompileError", "LinkError", "RuntimeError"] as const;
const OPERATIONS = [
  "validate",
  "compile",
  "instantiate",
  "compileStreaming",
  "instantiateStreaming",
] as const;

function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (Array.isArray(value)) return `[${value.map(show).join()}]`;
  if (typeof value === "object" && value !== null) return Object.prototype.toString.call(value);
  return typeof value === "function" ? "function" : String(value);
}

/** The result, or the class of the error. */
function outcome(action: () => unknown): string {
  try {
    return show(action());
  } catch (error) {
    return `throws ${(error as Error)?.constructor?.name ?? show(error)}`;
  }
}

async function eventually(action: () => Promise<unknown>): Promise<string> {
  try {
    const promise = action();
    return `promise of ${show(await promise)}`;
  } catch (error) {
    return `rejects with ${(error as Error)?.constructor?.name ?? show(error)}`;
  }
}

function descriptor(object: object, name: PropertyKey): string {
  const found = Object.getOwnPropertyDescriptor(object, name);
  if (found === undefined) return "none";
  const flags = ["writable", "enumerable", "configurable"].filter((flag) => (found as Any)[flag]).join(" ");
  const functions = [found.get, found.set, found.value]
    .filter((value) => typeof value === "function")
    .map((value) => `${value.name}/${value.length}`);
  const constant =
    typeof found.value === "string" || typeof found.value === "number" ? show(found.value) : "";
  return `${flags}; ${functions.join(" ")}; ${constant}`;
}

function shapes(wasm: Namespace, seen: Observations): void {
  for (const name of [...OPERATIONS, ...INTERFACES, ...ERRORS, Symbol.toStringTag]) {
    seen[`shape of ${String(name)}`] = descriptor(wasm, name);
  }
  for (const name of [...INTERFACES, ...ERRORS]) {
    const made = wasm[name];
    for (const member of ["length", "name", "prototype", "exports", "imports", "customSections"]) {
      seen[`shape of ${name}.${member}`] = descriptor(made, member);
    }
    for (const member of Reflect.ownKeys(made.prototype)) {
      seen[`shape of ${name}.prototype.${String(member)}`] = descriptor(made.prototype, member);
    }
    seen[`${name} is a function of`] = outcome(() => Object.getPrototypeOf(made) === Function.prototype);
    seen[`${name} called`] = outcome(() => made());
    seen[`${name} without arguments`] = outcome(() => new made());
  }
}

const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -0,
  1.9,
  -1.9,
  2 ** 31,
  2 ** 32 + 5,
  -(2 ** 53),
  1e300,
  0.1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "",
  " 12 ",
  "0x1f",
  "x",
  0n,
  -1n,
  2n ** 63n,
  2n ** 64n + 7n,
  Symbol("s"),
  {},
  [],
  [7],
  { valueOf: () => 3 },
  { valueOf: () => 3n },
  { toString: () => "4" },
  () => {},
];

/** Bytes of modules with one function that traps. */
const TRAPS: { readonly [name: string]: number[] } = {
  unreachable: op("unreachable"),
  division: [...op("i32.const"), 1, ...op("i32.const"), 0, ...op("i32.div_s"), ...op("drop")],
  conversion: [...op("f64.const"), 0, 0, 0, 0, 0, 0, 0xf0, 0x7f, ...op("i32.trunc_f64_s"), ...op("drop")],
  memory: [...op("i32.const"), 0x7f, ...op("i32.load"), 0, 0, ...op("drop")],
  table: [...op("i32.const"), 9, ...op("call_indirect"), 0, 0],
  recursion: [...op("call"), 0],
};

function conversions(wasm: Namespace, seen: Observations): void {
  const types = { i32: I32, i64: I64, f32: F32, f64: F64, externref: EXTERNREF, anyfunc: FUNCREF };
  for (const [name, type] of Object.entries(types)) {
    const { id } = new wasm.Instance(new wasm.Module(assemble({ functions: [identity(type, "id")] })))
      .exports;
    const asks = new wasm.Module(
      assemble({
        imports: [{ module: "m", name: "f", kind: "func", results: [type] }],
        functions: [{ results: [type], code: [...op("call"), 0], export: "ask" }],
      }),
    );
    const takes = new wasm.Module(
      assemble({
        imports: [{ module: "m", name: "g", kind: "global", type, mutable: false }],
        functions: [],
        exports: [{ name: "g", kind: "global", index: 0 }],
      }),
    );
    VALUES.forEach((value, i) => {
      const at = `${name} from value ${i}`;
      seen[`${at} as an argument`] = outcome(() => id(value));
      seen[`${at} as a result`] = outcome(() =>
        new wasm.Instance(asks, { m: { f: () => value } }).exports.ask(),
      );
      seen[`${at} as a global`] = outcome(() => new wasm.Global({ value: name }, value).value);
      seen[`${at} as an imported global`] = outcome(
        () => new wasm.Instance(takes, { m: { g: value } }).exports.g.value,
      );
      seen[`${at} in an exception`] = outcome(() => {
        const tag = new wasm.Tag({ parameters: [name] });
        return new wasm.Exception(tag, [value]).getArg(tag, 0);
      });
    });
    seen[`${name} missing`] = outcome(() => id());
  }
}

function arguments_(wasm: Namespace, seen: Observations): void {
  const module = new wasm.Module(EMPTY);
  const asking = new wasm.Module(
    assemble({ imports: [{ module: "m", name: "f", kind: "func" }], functions: [] }),
  );
  VALUES.forEach((value, i) => {
    const see = (name: string, action: () => unknown) => {
      seen[`${name}, value ${i}`] = outcome(action);
    };
    see("Memory", () => new wasm.Memory(value));
    see("Memory initial", () => new wasm.Memory({ initial: value }).buffer.byteLength);
    see("Memory maximum", () => new wasm.Memory({ initial: 0, maximum: value }).buffer.byteLength);
    see("Memory grow", () => new wasm.Memory({ initial: 0, maximum: 10 }).grow(value));
    see("Table initial", () => new wasm.Table({ element: "anyfunc", initial: value, maximum: 10 }).length);
    see("Table of references", () => new wasm.Table({ element: "externref", initial: 1 }, value).get(0));
    see("Table element", () => new wasm.Table({ element: value, initial: 1 }).length);
    see("Table init", () => new wasm.Table({ element: "anyfunc", initial: 1 }, value).get(0));
    see("Table get", () => new wasm.Table({ element: "anyfunc", initial: 6 }).get(value));
    see("Table set", () => new wasm.Table({ element: "anyfunc", initial: 6 }).set(value, null));
    see("Table set element", () => new wasm.Table({ element: "anyfunc", initial: 1 }).set(0, value));
    see("Table grow", () => new wasm.Table({ element: "anyfunc", initial: 1, maximum: 9 }).grow(value));
    see("Global", () => new wasm.Global(value).value);
    see("Global type", () => new wasm.Global({ value }).value);
    see("Global mutable", () => {
      const global = new wasm.Global({ value: "i32", mutable: value });
      global.value = 1;
      return global.value;
    });
    see("Tag", () => new wasm.Tag(value));
    see("Tag parameters", () => new wasm.Tag({ parameters: value }));
    see("Exception", () => new wasm.Exception(new wasm.Tag({ parameters: [] }), value));
    see("Module", () => new wasm.Module(value));
    see("Instance", () => new wasm.Instance(value));
    see("Instance of nothing", () => new wasm.Instance(module, value));
    see("Instance that imports", () => new wasm.Instance(asking, value));
    see("Instance namespace", () => new wasm.Instance(asking, { m: value }));
    see("Instance function", () => new wasm.Instance(asking, { m: { f: value } }));
    see("validate", () => wasm.validate(value));
    see("exports of", () => wasm.Module.exports(value));
    see("custom sections", () => wasm.Module.customSections(module, value));
    see("error message", () => new wasm.LinkError(value as string).message);
  });
}

function traps(wasm: Namespace, seen: Observations): void {
  for (const [name, code] of Object.entries(TRAPS)) {
    const bytes = assemble({
      types: [{ params: [], results: [] }],
      functions: [{ code, export: "f" }],
      memory: { min: 1 },
      table: { min: 1 },
    });
    seen[`trap of ${name}`] = outcome(() => new wasm.Instance(new wasm.Module(bytes)).exports.f());
  }
}

async function promises(wasm: Namespace, seen: Observations): Promise<void> {
  const respond = (type: string, status = 200) =>
    new Response(EMPTY as Any, { status, headers: { "content-type": type } });
  const sources: { readonly [name: string]: unknown } = {
    nothing: undefined,
    bytes: EMPTY,
    "bad bytes": EMPTY.slice(1),
    module: new wasm.Module(EMPTY),
    response: respond("application/wasm"),
    "response of another kind": respond("text/plain"),
    "response with parameters": respond("application/wasm; a=b"),
    "response that failed": respond("application/wasm", 500),
  };
  for (const [name, source] of Object.entries(sources)) {
    const fresh = () => (source instanceof Response ? source.clone() : source);
    seen[`compile ${name}`] = await eventually(() => wasm.compile(source));
    seen[`instantiate ${name}`] = await eventually(() => wasm.instantiate(source));
    seen[`instantiate ${name} with 1`] = await eventually(() => wasm.instantiate(source, 1));
    seen[`compileStreaming ${name}`] = await eventually(() => wasm.compileStreaming(fresh()));
    seen[`instantiateStreaming ${name}`] = await eventually(() => wasm.instantiateStreaming(fresh()));
  }
}

export async function observe(wasm: Namespace): Promise<Observations> {
  const seen: Observations = {};
  shapes(wasm, seen);
  conversions(wasm, seen);
  arguments_(wasm, seen);
  traps(wasm, seen);
  await promises(wasm, seen);
  return seen;
}
