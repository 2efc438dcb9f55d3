import { F32, F64, I32, I64, type ValType } from "../../decoder/module.ts";
import { bulkCost, type GasSchedule } from "../gas/schedule.ts";
import type { Exits } from "./exits.ts";
import { constantOf, isAtom, type Operand, readsOf } from "./operand.ts";
import { CANONICAL, RESET, type Writer } from "./writer.ts";

// The DataView's own bounds check is the only one, as in the machine. `q` is the place of the access while it runs and
// 0 while something else runs that may throw, so that the handler knows a trap, and where. (The address in a variable as
// well would be proof, but keeping that alive made loops of single stores 30 % slower.)

/** How a load reads, for `M.get…`, and its width in bytes. */
interface Access {
  readonly type: ValType;
  readonly method: string;
  readonly width: number;
  /** Integers of 64 bits from less: how the high lane follows from the low one. */
  readonly extension?: "signed" | "unsigned";
}

const load = (type: ValType, method: string, width: number, extension?: "signed" | "unsigned"): Access => ({
  type,
  method,
  width,
  ...(extension === undefined ? {} : { extension }),
});

export const LOADS: { readonly [name: string]: Access } = {
  "i32.load": load(I32, "Int32", 4),
  "i64.load": load(I64, "Int32", 8),
  "f32.load": load(F32, "Float32", 4),
  "f64.load": load(F64, "Float64", 8),
  "i32.load8_s": load(I32, "Int8", 1),
  "i32.load8_u": load(I32, "Uint8", 1),
  "i32.load16_s": load(I32, "Int16", 2),
  "i32.load16_u": load(I32, "Uint16", 2),
  "i64.load8_s": load(I64, "Int8", 1, "signed"),
  "i64.load8_u": load(I64, "Uint8", 1, "unsigned"),
  "i64.load16_s": load(I64, "Int16", 2, "signed"),
  "i64.load16_u": load(I64, "Uint16", 2, "unsigned"),
  "i64.load32_s": load(I64, "Int32", 4, "signed"),
  "i64.load32_u": load(I64, "Int32", 4, "unsigned"),
};

export const STORES: { readonly [name: string]: Access } = {
  "i32.store": load(I32, "Int32", 4),
  "i64.store": load(I64, "Int32", 8),
  "f32.store": load(F32, "Float32", 4),
  "f64.store": load(F64, "Float64", 8),
  "i32.store8": load(I32, "Int8", 1),
  "i32.store16": load(I32, "Int16", 2),
  "i64.store8": load(I64, "Int8", 1),
  "i64.store16": load(I64, "Int16", 2),
  "i64.store32": load(I64, "Int32", 4),
};

function effectiveAddress(address: Operand, offset: number): string {
  const constant = constantOf(address.lo);
  if (constant !== undefined) return `${(constant >>> 0) + offset}`;
  return offset === 0 ? `${address.lo} >>> 0` : `(${address.lo} >>> 0) + ${offset}`;
}

export function writeLoad(
  w: Writer,
  { type, method, width, extension }: Access,
  offset: number,
  at: number,
): void {
  const address = w.pop();
  const ea = effectiveAddress(address, offset);
  const q = `q = ${at}`;
  const little = width === 1 ? q : `(${q}, true)`;
  const access = (address: string): string => `M.get${method}(${address}, ${little})`;
  const read = access(ea);
  if (type === I32) {
    w.push({ type, lo: read, hi: undefined, number: undefined, ...readsOf(address), isEager: true });
    return;
  }
  if (type === F32 || type === F64) {
    // Only where the bits matter, as `p` still is the address then.
    const nan = { lo: "M.getInt32(p, true)", hi: type === F64 ? "M.getInt32(p + 4, true)" : "0" };
    const lanes =
      type === F64
        ? { hi: `M.getInt32((p = ${ea}) + 4, (${q}, true))`, lo: "M.getInt32(p, true)" }
        : { hi: undefined, lo: `M.getInt32(${ea}, (${q}, true))` };
    w.push({
      type,
      lo: undefined,
      hi: undefined,
      number: access(`p = ${ea}`),
      nan,
      load: lanes,
      ...readsOf(address),
      isEager: true,
    });
    return;
  }
  // An i64 is loaded at once: its lanes may be used apart, or one of them never.
  w.settleEager();
  const lo = w.temporary();
  if (extension === undefined) {
    const hi = w.temporary();
    w.emit(`${hi} = M.getInt32((p = ${ea}) + 4, (${q}, true)); ${lo} = M.getInt32(p, true);`);
    w.release(address);
    w.pushLanes(I64, lo, hi, true);
    return;
  }
  w.emit(`${lo} = ${read};`);
  w.release(address);
  const hi = extension === "signed" ? `(${lo} >> 31)` : "0";
  w.push({ type: I64, lo, hi, number: undefined, locals: [], temporaries: [lo], isEager: false });
}

export function writeStore(w: Writer, { type, method, width }: Access, offset: number, at: number): void {
  const [first, second] = w.popAll(2) as [Operand, Operand];
  w.settleEager();
  // What the value loads would leave its own place in `q`. And V8 does not look into a call in whose arguments control
  // divides.
  const isFirst = (second.isEager && second.load === undefined) || isDivided(second);
  const [address, value] = isFirst ? w.atoms([first, second]) : [first, second];
  if (type === F32 || type === F64) {
    writeFloat(w, type, address!, value!, offset, at);
    return;
  }
  const ea = effectiveAddress(address!, offset);
  const q = `q = ${at}`;
  const little = width === 1 ? q : `(${q}, true)`;
  if (width === 8) {
    w.emit(`M.setInt32((p = ${ea}) + 4, ${value!.hi}, ${little}); M.setInt32(p, ${value!.lo}, true);`);
  } else w.emit(`M.set${method}(${ea}, ${value!.lo}, ${little});`);
  w.release(address!, value!);
}

/** `memory.copy` and `memory.fill`, up to the operator at byte offset `next`. */
export function bulkMemory(
  w: Writer,
  exits: Exits,
  helper: "copyMemory" | "fillMemory",
  schedule: GasSchedule,
  next: number,
): void {
  w.usesMemory = true;
  const operands = w.atoms(w.popAll(3));
  w.settleEager();
  const left = w.temporary();
  const lanes = operands.map(({ lo }) => lo).join(", ");
  w.emit(`${RESET} ${left} = h.${helper}(s, g, ${lanes}, ${bulkCost(schedule, "bulkByte")});`);
  exits.leaveIf(`${left} < 0`, ...operands);
  w.emit(`g = ${left} | 0;`);
  w.release(...operands, { ...operands[0]!, temporaries: [left] });
  exits.lookAfterwards(exits.siteAt(next).address);
}

function writeFloat(
  w: Writer,
  type: ValType,
  first: Operand,
  second: Operand,
  offset: number,
  place: number,
): void {
  const isPlain =
    second.load === undefined && (isAtom(second.lo ?? second.number!) || second.isEager === false);
  const address = isPlain ? first : w.atom(first);
  const value = second.load === undefined ? second : w.lanesOf(second);
  const ea = effectiveAddress(address, offset);
  const little = `(q = ${place}, true)`;
  const lanes = (lo: string, hi: string | undefined): string =>
    type === F64
      ? `M.setInt32((p = ${ea}) + 4, ${hi}, ${little}); M.setInt32(p, ${lo}, true);`
      : `M.setInt32(${ea}, ${lo}, ${little});`;
  if (value.lo !== undefined) {
    w.emit(lanes(value.lo, value.hi));
    w.release(address, value);
    return;
  }
  const x = w.temporary();
  const method = type === F64 ? "Float64" : "Float32";
  const { lo, hi } = value.nan ?? CANONICAL[type]!;
  w.emit(
    `${x} = ${value.number}; if (${x} === ${x}) M.set${method}(${ea}, ${x}, ${little}); else { ${lanes(lo, hi)} }`,
  );
  w.release(address, value, { ...value, temporaries: [x] });
}

const isDivided = ({ lo, hi }: Operand): boolean => lo?.includes("?") === true || hi?.includes("?") === true;
