import { F32, F64, I32, I64 } from "../../decoder/module.ts";
import { Trap } from "../../interp/trap.ts";
import { bitsToLanes, valueFromLanes, valueToLanes } from "../../interp/values.ts";
import type { Param, Result, Stored } from "./value-type.ts";

/** A number that goes both ways and can lie in memory. */
export interface NumberType<T> extends Param<T>, Result<T>, Stored<T> {}

const i32Types = [I32] as const;
const i64Types = [I64] as const;

/** Values narrower than the i32 that carries them are its low bits, as every Wasm compiler passes them. */
export const u8: NumberType<number> = {
  name: "u8",
  wasm: i32Types,
  size: 1,
  alignment: 1,
  load: (lanes, at) => lanes[at] & 0xff,
  store: (value, { lanes, at }) => {
    lanes[at] = value & 0xff;
  },
  read: (view, address) => view.getUint8(address),
  write: (view, address, value) => view.setUint8(address, value),
  format: String,
};

export const u16: NumberType<number> = {
  name: "u16",
  wasm: i32Types,
  size: 2,
  alignment: 2,
  load: (lanes, at) => lanes[at] & 0xffff,
  store: (value, { lanes, at }) => {
    lanes[at] = value & 0xffff;
  },
  read: (view, address) => view.getUint16(address, true),
  write: (view, address, value) => view.setUint16(address, value, true),
  format: String,
};

export const u32: NumberType<number> = {
  name: "u32",
  wasm: i32Types,
  size: 4,
  alignment: 4,
  load: (lanes, at) => lanes[at] >>> 0,
  store: (value, { lanes, at }) => {
    lanes[at] = value;
  },
  read: (view, address) => view.getUint32(address, true),
  write: (view, address, value) => view.setUint32(address, value, true),
  format: String,
};

export const i32: NumberType<number> = {
  name: "i32",
  wasm: i32Types,
  size: 4,
  alignment: 4,
  load: (lanes, at) => lanes[at],
  store: (value, { lanes, at }) => {
    lanes[at] = value;
  },
  read: (view, address) => view.getInt32(address, true),
  write: (view, address, value) => view.setInt32(address, value, true),
  format: String,
};

export const u64: NumberType<bigint> = {
  name: "u64",
  wasm: i64Types,
  size: 8,
  alignment: 8,
  load: (lanes, at) => (BigInt(lanes[at + 1] >>> 0) << 32n) | BigInt(lanes[at] >>> 0),
  store: (value, { lanes, at }) => bitsToLanes(I64, value, lanes, at),
  read: (view, address) => view.getBigUint64(address, true),
  write: (view, address, value) => view.setBigUint64(address, value, true),
  format: String,
};

export const i64: NumberType<bigint> = {
  name: "i64",
  wasm: i64Types,
  size: 8,
  alignment: 8,
  load: (lanes, at) => valueFromLanes(I64, lanes, at) as bigint,
  store: (value, { lanes, at }) => bitsToLanes(I64, value, lanes, at),
  read: (view, address) => view.getBigInt64(address, true),
  write: (view, address, value) => view.setBigInt64(address, value, true),
  format: String,
};

export const f32: NumberType<number> = {
  name: "f32",
  wasm: [F32],
  size: 4,
  alignment: 4,
  load: (lanes, at) => valueFromLanes(F32, lanes, at) as number,
  store: (value, { lanes, at }) => valueToLanes(F32, value, lanes, at),
  read: (view, address) => view.getFloat32(address, true),
  write: (view, address, value) => view.setFloat32(address, value, true),
  format: String,
};

export const f64: NumberType<number> = {
  name: "f64",
  wasm: [F64],
  size: 8,
  alignment: 8,
  load: (lanes, at) => valueFromLanes(F64, lanes, at) as number,
  store: (value, { lanes, at }) => valueToLanes(F64, value, lanes, at),
  read: (view, address) => view.getFloat64(address, true),
  write: (view, address, value) => view.setFloat64(address, value, true),
  format: String,
};

export const bool: NumberType<boolean> = {
  name: "bool",
  wasm: i32Types,
  size: 1,
  alignment: 1,
  load: (lanes, at) => lanes[at] !== 0,
  store: (value, { lanes, at }) => {
    lanes[at] = value ? 1 : 0;
  },
  read: (view, address) => view.getUint8(address) !== 0,
  write: (view, address, value) => view.setUint8(address, value ? 1 : 0),
  format: String,
};

/**
 * One of `variants`, passed as its position: the value is the variant itself. The argument is truncated to a u8
 * first, as Substrate's runtime interface does; an unknown position traps with code "invalid-argument".
 */
export function enumOf<const V extends string>(name: string, variants: readonly V[]): Param<V> {
  return {
    name,
    wasm: i32Types,
    load: (lanes, at) => {
      const position = lanes[at] & 0xff;
      const variant = variants[position];
      if (variant === undefined) throw new Trap("invalid-argument", `${position} is no ${name}`);
      return variant;
    },
    format: (value) => value,
  };
}

/** The result of a function that returns nothing. */
export const none: Result<void> = {
  name: "void",
  wasm: [],
  store: () => {},
  format: () => "",
};
