import { F64 } from "../../decoder/module.ts";
import { isFloat, isWide, type Operand } from "./operand.ts";
import { bigOf, slotBig } from "./slots.ts";
import { CANONICAL, float, high, low, numberOfLanes, type Writer } from "./writer.ts";

/** Says what a local is, where an engine could have forgotten. */
export function coercion(w: Writer, local: number): string {
  if (w.slots?.[local] !== undefined) return "";
  const type = w.localTypes[local]!;
  const names = isWide(type) ? [low(local), high(local)] : [low(local)];
  const lanes = names.map((name) => `${name} = ${name} | 0;`).join(" ");
  if (!isFloat(type)) return lanes;
  return `${float(local)} = +${float(local)};${w.forms[local] === "number" ? "" : ` ${lanes}`}`;
}

export function setLocal(w: Writer, local: number, value: Operand): void {
  w.written.push(local);
  w.settleLocal(local);
  if (value.isEager) w.settleEager();
  const { type } = value;
  const slot = w.slots?.[local];
  if (slot !== undefined) {
    const { text } = bigOf(value);
    if (text !== slotBig(slot)) w.emit(`${slotBig(slot)} = ${text};`);
  } else if (!isFloat(type)) setInteger(w, local, value);
  else setFloat(w, local, value);
  w.release(value);
}

function setInteger(w: Writer, local: number, { lo, hi }: Operand): void {
  if (hi === undefined) {
    if (lo !== low(local)) w.emit(`${low(local)} = ${lo};`);
    return;
  }
  // Either lane may be read by the other's expression.
  const [first, second] = [new RegExp(`\\b${low(local)}\\b`), new RegExp(`\\b${high(local)}\\b`)];
  if (!first.test(hi)) w.emit(`${low(local)} = ${lo}; ${high(local)} = ${hi};`);
  else if (!second.test(lo!)) w.emit(`${high(local)} = ${hi}; ${low(local)} = ${lo};`);
  else w.emit(`z = ${lo}; ${high(local)} = ${hi}; ${low(local)} = z;`);
}

function setFloat(w: Writer, local: number, value: Operand): void {
  const { type, number, nan } = value;
  const target = float(local);
  const isCanonical = number !== undefined && nan === undefined && value.lo === undefined;
  if (w.forms[local] === "number") {
    if (isCanonical || (number !== undefined && number !== "NaN" && value.lo !== undefined)) {
      w.emit(`${target} = ${number};`);
      return;
    }
    w.forms[local] = "number-with-lanes";
    w.isStale = true;
  }
  if (value.lo !== undefined) {
    setInteger(w, local, value);
    w.emit(`${target} = ${number ?? numberOfLanes(type, low(local), high(local))};`);
    return;
  }
  const bits = nan ?? CANONICAL[type]!;
  const lanes = `${low(local)} = ${bits.lo};${type === F64 ? ` ${high(local)} = ${bits.hi};` : ""}`;
  w.emit(`${target} = ${number}; if (${target} !== ${target}) { ${lanes} }`);
}
