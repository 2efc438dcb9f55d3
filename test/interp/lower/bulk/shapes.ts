/** Loops that copy and fill memory, in the many forms that compilers give them, and in some that none would. */
import fc from "fast-check";
import type { ModuleText } from "../../build.ts";

/** How bytes go from load to store: the value's type, both operators, bytes that the store writes. */
const TRANSFERS = [
  ["i32", "i32.load8_u", "i32.store8", 1],
  ["i32", "i32.load8_s", "i32.store8", 1],
  ["i32", "i32.load", "i32.store8", 1],
  ["i32", "i32.load16_u", "i32.store16", 2],
  ["i32", "i32.load16_s", "i32.store8", 1],
  ["i32", "i32.load", "i32.store", 4],
  ["i32", "i32.load8_u", "i32.store", 4],
  ["f32", "f32.load", "f32.store", 4],
  ["i64", "i64.load8_u", "i64.store8", 1],
  ["i64", "i64.load16_s", "i64.store16", 2],
  ["i64", "i64.load32_u", "i64.store32", 4],
  ["i64", "i64.load", "i64.store32", 4],
  ["i64", "i64.load", "i64.store", 8],
  ["i64", "i64.load32_s", "i64.store", 8],
  ["f64", "f64.load", "f64.store", 8],
] as const;

export interface LoopShape {
  readonly kind: "copy" | "fill" | "shift";
  /** Index of the transfer; shifts move i32 words. */
  readonly transfer: number;
  readonly unroll: number;
  readonly down: boolean;
  /** Whether the stores of an iteration go against the direction of the loop. */
  readonly reversed: boolean;
  /** All loads of an iteration before all stores. */
  readonly loadsFirst: boolean;
  /** Advance two pointers, or add an index to both. */
  readonly indexed: boolean;
  /** Where an element's distance goes: the operator's offset, or an addition before it. */
  readonly distance: "offset" | "add";
  readonly until: "lt_u" | "lt_s" | "le_u" | "ne" | "count" | "zero";
  /** Whether each loaded (or stored) word is kept in a local, too. */
  readonly keeps: boolean;
  /** Bytes between the stores of two iterations that are not written; negative where they overlap. */
  readonly gap: number;
  /** Leaves out the second store of an iteration. */
  readonly hole: boolean;
  /** Loads an iteration's elements from the other end. */
  readonly mirrored: boolean;
  /** Shifts: bits to flip in the word that is carried into the loop, so that it is not the one in memory. */
  readonly flipped: number;
  /** Fills: of a constant rather than a local. */
  readonly constant: boolean;
}

export const shapes: fc.Arbitrary<LoopShape> = fc.record({
  kind: fc.constantFrom("copy", "copy", "fill", "shift"),
  transfer: fc.nat(TRANSFERS.length - 1),
  unroll: fc.constantFrom(1, 1, 2, 4),
  down: fc.boolean(),
  reversed: fc.constantFrom(false, false, false, true),
  loadsFirst: fc.boolean(),
  indexed: fc.boolean(),
  distance: fc.constantFrom("offset", "add"),
  until: fc.constantFrom("lt_u", "lt_s", "le_u", "ne", "count", "zero"),
  keeps: fc.constantFrom(false, false, true),
  gap: fc.constantFrom(0, 0, 0, 0, 0, 3, -1),
  hole: fc.constantFrom(false, false, false, false, true),
  mirrored: fc.constantFrom(false, false, false, false, true),
  flipped: fc.constantFrom(0, 0, 0, 0x80, 0x8000, 0x1000000),
  constant: fc.boolean(),
});

// Parameters: 0 target, 1 source (or what to fill with), 2 number of iterations, 3 bits to shift. Then locals:
const END = 4;
const INDEX = 5;
const CARRY = 6;
const LEFT = 7;
const KEPT = 8;
/** Loads first: one for each element of an iteration. Fills: the value in its type. */
const VALUES = 9;

/**
 * A module with `run(target, source, iterations, shift)` and 1 page of memory; at the end the loop's locals are in
 * globals. Target and source are where the lowest byte goes and comes from, whatever way the loop goes.
 */
export function loopModule(shape: LoopShape): ModuleText {
  const [type] = transferOf(shape);
  const watched = [0, 1, 2, END, INDEX, CARRY, KEPT];
  const results = watched.map((local, i) => `local.get ${local} global.set ${i}`).join(" ");
  return {
    functions: [
      {
        export: "run",
        type: "i32 i32 i32 i32 >",
        locals: `i32 i32 i32 i32 ${`${type} `.repeat(5)}`,
        code: `${prologue(shape)} loop ${iteration(shape)} end ${results}`,
      },
    ],
    memory: [1],
    globals: watched.map((local) => {
      const own = local === KEPT ? type : "i32";
      return [own, true, `${own}.const 0`];
    }),
    exportAll: true,
  };
}

function transferOf(shape: LoopShape): (typeof TRANSFERS)[number] {
  return shape.kind === "shift" ? TRANSFERS[5] : TRANSFERS[shape.transfer]!;
}

/** Bytes that pointers advance each iteration. */
export function strideOf(shape: LoopShape): number {
  return transferOf(shape)[3] * shape.unroll + shape.gap;
}

const add = (constant: number): string => (constant === 0 ? "" : `i32.const ${constant} i32.add`);

function prologue(shape: LoopShape): string {
  const { kind, down, indexed, until } = shape;
  const stride = strideOf(shape);
  const span = `local.get 2 i32.const ${stride} i32.mul`;
  const lines: string[] = [];
  if (kind === "shift") {
    lines.push(
      `i32.const 32 local.get 3 i32.sub local.set ${LEFT}`,
      // The word before the first, or after the last.
      `local.get 1 ${down ? `${span} i32.add` : add(-4)} i32.load`,
      `i32.const ${shape.flipped} i32.xor local.set ${CARRY}`,
    );
  }
  if (kind === "fill" && !shape.constant) {
    lines.push(`local.get 1 ${fromI32(transferOf(shape)[0])} local.set ${VALUES}`);
  }
  if (indexed) {
    // The index is the distance from the first byte; going up until 0 it is that to the end, negative.
    const toZero = until === "zero" && !down;
    if (toZero) {
      for (const pointer of [0, 1]) lines.push(`local.get ${pointer} ${span} i32.add local.set ${pointer}`);
      lines.push(`i32.const 0 ${span} i32.sub local.set ${INDEX} i32.const 0 local.set ${END}`);
    } else {
      lines.push(`${down ? span : "i32.const 0"} local.set ${INDEX}`);
      lines.push(`${down ? "i32.const 0" : span} local.set ${END}`);
    }
  } else {
    lines.push(`local.get 0 ${down ? "" : `${span} i32.add`} local.set ${END}`);
    if (down)
      for (const pointer of [0, 1]) lines.push(`local.get ${pointer} ${span} i32.add local.set ${pointer}`);
  }
  return lines.join(" ");
}

function fromI32(type: string): string {
  if (type === "i32") return "";
  if (type === "f32") return "f32.reinterpret_i32";
  return type === "i64" ? "i64.extend_i32_u i64.const 4294967297 i64.mul" : "f64.convert_i32_s";
}

function iteration(shape: LoopShape): string {
  const { kind, unroll, down, reversed, loadsFirst, indexed, hole } = shape;
  const stride = strideOf(shape);
  const [, , , bytes] = transferOf(shape);
  const advance = (local: number): string =>
    `local.get ${local} ${add(down ? -stride : stride)} local.set ${local}`;
  const moving = indexed ? [INDEX] : kind === "fill" ? [0] : [0, 1];
  const moves = moving.map(advance).join(" ");
  const forward = Array.from({ length: unroll }, (_, i) => i * bytes);
  const order = (down === reversed ? forward : forward.reverse()).filter((_, i) => !(hole && i === 1));
  let body: string;
  if (kind === "shift") body = order.map((at) => shiftElement(shape, at)).join(" ");
  else if (kind === "copy" && loadsFirst) {
    body = [
      ...order.map((at, i) => `${load(shape, at)} local.set ${VALUES + i}`),
      ...order.map((at, i) => store(shape, at, `local.get ${VALUES + i}`)),
    ].join(" ");
  } else
    body = order
      .map((at) => store(shape, at, kind === "copy" ? load(shape, at) : fillValue(shape)))
      .join(" ");
  return down ? `${moves} ${body} ${condition(shape)}` : `${body} ${moves} ${condition(shape)}`;
}

function address(shape: LoopShape, pointer: 0 | 1, at: number): [address: string, offset: number] {
  const base = shape.indexed ? `local.get ${pointer} local.get ${INDEX} i32.add` : `local.get ${pointer}`;
  return shape.distance === "offset" ? [base, at] : [`${base} ${add(at)}`, 0];
}

function load(shape: LoopShape, at: number): string {
  const [, operator, , bytes] = transferOf(shape);
  const [from, offset] = address(shape, 1, shape.mirrored ? bytes * (shape.unroll - 1) - at : at);
  return `${from} ${operator} ${offset} ${shape.keeps ? `local.tee ${KEPT}` : ""}`;
}

function store(shape: LoopShape, at: number, value: string): string {
  const [, , operator] = transferOf(shape);
  const [to, offset] = address(shape, 0, at);
  return `${to} ${value} ${operator} ${offset}`;
}

function fillValue(shape: LoopShape): string {
  const [type] = transferOf(shape);
  const value = shape.constant ? `${type}.const ${shape.transfer === 5 ? -1 : 77}` : `local.get ${VALUES}`;
  return shape.keeps ? `${value} local.tee ${KEPT}` : value;
}

/** `carry >>> right | word << left`, or downwards `word >>> right | carry << left`; then the word is the carry. */
function shiftElement(shape: LoopShape, at: number): string {
  const word = load(shape, at);
  const joined = shape.down
    ? `local.get ${CARRY} local.get ${LEFT} i32.shl ${word} local.tee ${CARRY} local.get 3 i32.shr_u i32.or`
    : `local.get ${CARRY} local.get 3 i32.shr_u ${word} local.tee ${CARRY} local.get ${LEFT} i32.shl i32.or`;
  return store(shape, at, joined);
}

function condition(shape: LoopShape): string {
  const { down, indexed, until } = shape;
  const moving = `local.get ${indexed ? INDEX : 0}`;
  const end = `local.get ${END}`;
  switch (until) {
    case "lt_u":
    case "lt_s":
      return `${down ? `${end} ${moving}` : `${moving} ${end}`} i32.${until} br_if 0`;
    case "le_u":
      return down
        ? `${moving} ${end} ${add(strideOf(shape))} i32.ge_u br_if 0`
        : `${moving} ${end} ${add(-strideOf(shape))} i32.le_u br_if 0`;
    case "ne":
      return `${moving} ${end} i32.ne br_if 0`;
    case "count":
      return "local.get 2 i32.const 1 i32.sub local.tee 2 br_if 0";
    case "zero":
      return indexed ? `${moving} br_if 0` : `${moving} ${end} i32.sub br_if 0`;
  }
}
