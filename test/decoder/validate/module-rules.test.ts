import { load } from "../../../src/decoder/index.ts";
import {
  body,
  bytesOf,
  expectRefusal,
  F32,
  funcType,
  I32,
  I64,
  name,
  OP,
  refusal,
  section,
  vector,
} from "../assemble.ts";

const END = OP["end"]!;
const ZERO = [OP["i32.const"]!, 0, END];
const TYPES = section(1, vector([funcType([], []), funcType([I32], []), funcType([], [I32])]));
const TABLE = section(4, vector([[0x70, 0, 1]]));
const MEMORY = section(5, vector([[0, 1]]));

function imported(...desc: number[]): number[] {
  return [...name("m"), ...name("n"), ...desc];
}

function imports(...entries: number[][]): number[] {
  return section(2, vector(entries));
}

function exported(text: string, kind: number, index: number): number[] {
  return [...name(text), kind, index];
}

function invalid(reason: string, ...sections: number[][]): void {
  expectRefusal(refusal(bytesOf(...sections)), "invalid", reason);
}

describe("validator: modules", () => {
  it("function types have one result at most", () => {
    load(bytesOf(section(1, vector([funcType([I32, I32], [I64])]))));
    invalid("invalid result arity", section(1, vector([funcType([], [I32, I32])])));
  });

  it("types of functions exist", () => {
    load(bytesOf(TYPES, imports(imported(0x00, 2))));
    invalid("unknown type 3", TYPES, imports(imported(0x00, 3)));
    invalid("unknown type 3", TYPES, section(3, vector([[3]])), section(10, vector([body([])])));
  });

  it("there is one table and one memory at most, imports counted", () => {
    const table = imported(0x01, 0x70, 0, 1);
    const memory = imported(0x02, 0, 1);
    load(bytesOf(imports(table, memory)));
    load(bytesOf(TABLE, MEMORY));
    invalid("multiple tables", imports(table, table));
    invalid("multiple tables", imports(table), TABLE);
    invalid(
      "multiple tables",
      section(
        4,
        vector([
          [0x70, 0, 1],
          [0x70, 0, 1],
        ]),
      ),
    );
    invalid("multiple memories", imports(memory, memory));
    invalid("multiple memories", imports(memory), MEMORY);
    invalid(
      "multiple memories",
      section(
        5,
        vector([
          [0, 1],
          [0, 1],
        ]),
      ),
    );
  });

  it("limits are in order, and memories within 4 GiB", () => {
    const order = "size minimum must not be greater than maximum";
    const size = "memory size must be at most 65536 pages (4GiB)";
    const pages = [0x80, 0x80, 0x04];
    load(bytesOf(section(4, vector([[0x70, 1, 2, 2]]))));
    invalid(order, section(4, vector([[0x70, 1, 2, 1]])));
    invalid(order, imports(imported(0x01, 0x70, 1, 2, 1)));
    load(bytesOf(section(5, vector([[1, 0, ...pages]]))));
    load(bytesOf(section(5, vector([[0, ...pages]]))));
    invalid(size, section(5, vector([[0, 0x81, 0x80, 0x04]])));
    invalid(size, section(5, vector([[1, 0, 0x81, 0x80, 0x04]])));
    invalid(size, imports(imported(0x02, 0, 0x81, 0x80, 0x04)));
    invalid(order, section(5, vector([[1, 2, 1]])));
  });

  it("initialisers have the type asked for, and read imported immutable globals only", () => {
    const get = (index: number) => [OP["global.get"]!, index, END];
    const base = imports(imported(0x03, I32, 0), imported(0x03, I32, 1), imported(0x03, I64, 0));
    load(
      bytesOf(
        base,
        section(
          6,
          vector([
            [I32, 1, ...get(0)],
            [I64, 0, ...get(2)],
          ]),
        ),
      ),
    );
    invalid("type mismatch", base, section(6, vector([[I64, 0, ...get(0)]])));
    invalid("type mismatch", section(6, vector([[F32, 0, ...ZERO]])));
    invalid("constant expression required", base, section(6, vector([[I32, 0, ...get(1)]])));
    invalid("unknown global 3", base, section(6, vector([[I32, 0, ...get(3)]])));
    // Also where an earlier defined global would have it.
    invalid(
      "unknown global 3",
      base,
      section(
        6,
        vector([
          [I32, 0, ...ZERO],
          [I32, 0, ...get(3)],
        ]),
      ),
    );
    invalid("unknown global 9", base, section(6, vector([[I32, 0, ...get(9)]])));
  });

  it("exports exist and have names of their own", () => {
    const all = [TYPES, imports(imported(0x00, 0)), TABLE, MEMORY, section(6, vector([[I32, 0, ...ZERO]]))];
    const kinds = ["function", "table", "memory", "global"];
    load(bytesOf(...all, section(7, vector(kinds.map((kind, i) => exported(kind, i, 0))))));
    kinds.forEach((kind, i) => {
      invalid(`unknown ${kind} 1`, ...all, section(7, vector([exported("x", i, 1)])));
    });
    const twice = vector([exported("", 0, 0), exported("__proto__", 1, 0), exported("", 2, 0)]);
    invalid("duplicate export name", ...all, section(7, twice));
    load(bytesOf(...all, section(7, vector([exported("a", 0, 0), exported("\ufeffa", 0, 0)]))));
  });

  it("the start function exists, takes nothing and gives nothing", () => {
    const functions = imports(imported(0x00, 0), imported(0x00, 1), imported(0x00, 2));
    load(bytesOf(TYPES, functions, section(8, [0])));
    invalid("start function", TYPES, functions, section(8, [1]));
    invalid("start function", TYPES, functions, section(8, [2]));
    invalid("unknown function 3", TYPES, functions, section(8, [3]));
  });

  it("segments have a place, an i32 offset, and known functions", () => {
    const functions = [TYPES, imports(imported(0x00, 0))];
    const long = [OP["i64.const"]!, 0, END];
    load(bytesOf(...functions, TABLE, section(9, vector([[0, ...ZERO, 2, 0, 0]]))));
    invalid("unknown table 0", ...functions, section(9, vector([[0, ...ZERO, 0]])));
    invalid("unknown table 1", ...functions, TABLE, section(9, vector([[1, ...ZERO, 0]])));
    invalid("type mismatch", ...functions, TABLE, section(9, vector([[0, ...long, 0]])));
    invalid("unknown function 1", ...functions, TABLE, section(9, vector([[0, ...ZERO, 2, 0, 1]])));
    load(bytesOf(MEMORY, section(11, vector([[0, ...ZERO, 1, 9]]))));
    invalid("unknown memory 0", section(11, vector([[0, ...ZERO, 1, 9]])));
    invalid("unknown memory 1", MEMORY, section(11, vector([[1, ...ZERO, 1, 9]])));
    invalid("type mismatch", MEMORY, section(11, vector([[0, ...long, 1, 9]])));
  });

  it("mutable globals cross the border only with their feature", () => {
    const importing = bytesOf(imports(imported(0x03, I32, 1)));
    const exporting = bytesOf(
      section(6, vector([[I32, 1, ...ZERO]])),
      section(7, vector([exported("g", 3, 0)])),
    );
    for (const bytes of [importing, exporting]) {
      load(bytes, { features: "mvp" });
      expectRefusal(refusal(bytes, { features: [] }), "unsupported", "a mutable global");
    }
    load(bytesOf(imports(imported(0x03, I32, 0)), section(6, vector([[I32, 1, ...ZERO]]))), { features: [] });
  });

  it("points at the entry at fault", () => {
    const bytes = bytesOf(TYPES, imports(imported(0x00, 0), imported(0x00, 7)));
    expectRefusal(refusal(bytes), "invalid", "unknown type 7", bytes.length - 6);
  });
});
