/**
 * What every numeric operator means, on raw bits: integers by BigInt, floats by the numbers of the JavaScript engine,
 * which IEEE 754 makes exact. Written for the tests, apart from anything in src.
 */

export type Model = (...operands: bigint[]) => bigint;

/** The trap that a model ends in, by its code. */
export class ModelTrap extends Error {}

function trap(code: string): never {
  throw new ModelTrap(code);
}

const view = new DataView(new ArrayBuffer(8));

/** A float's number, result bits (NaN canonical) and width. */
interface FloatKind {
  readonly width: number;
  readonly number: (bits: bigint) => number;
  /** Rounds once to the format. */
  readonly bits: (value: number) => bigint;
}
const f32: FloatKind = {
  width: 32,
  number: (bits) => {
    view.setUint32(0, Number(bits));
    return view.getFloat32(0);
  },
  bits: (value) => {
    if (Number.isNaN(value)) return 0x7fc00000n;
    view.setFloat32(0, value);
    return BigInt(view.getUint32(0));
  },
};
const f64: FloatKind = {
  width: 64,
  number: (bits) => {
    view.setBigUint64(0, bits);
    return view.getFloat64(0);
  },
  bits: (value) => {
    if (Number.isNaN(value)) return 0x7ff8000000000000n;
    view.setFloat64(0, value);
    return view.getBigUint64(0);
  },
};

const flag = (condition: boolean): bigint => (condition ? 1n : 0n);

function integers(width: number): [string, Model][] {
  const size = BigInt(width);
  const s = (bits: bigint) => BigInt.asIntN(width, bits);
  const u = (value: bigint) => BigInt.asUintN(width, value);
  const bit = (bits: bigint, i: number) => (bits >> BigInt(i)) & 1n;
  const places = Array.from({ length: width }, (_, i) => i);
  const count = (n: number) => BigInt(n < 0 ? width : n);
  const models: { [name: string]: Model } = {
    clz: (a) => count(places.findIndex((i) => bit(a, width - 1 - i) === 1n)),
    ctz: (a) => count(places.findIndex((i) => bit(a, i) === 1n)),
    popcnt: (a) => places.reduce((sum, i) => sum + bit(a, i), 0n),
    add: (a, b) => u(a + b),
    sub: (a, b) => u(a - b),
    mul: (a, b) => u(a * b),
    div_s: (a, b) => {
      if (b === 0n) trap("integer-divide-by-zero");
      if (s(a) === -(2n ** (size - 1n)) && s(b) === -1n) trap("integer-overflow");
      return u(s(a) / s(b));
    },
    div_u: (a, b) => (b === 0n ? trap("integer-divide-by-zero") : a / b),
    rem_s: (a, b) => (b === 0n ? trap("integer-divide-by-zero") : u(s(a) % s(b))),
    rem_u: (a, b) => (b === 0n ? trap("integer-divide-by-zero") : a % b),
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    shl: (a, b) => u(a * 2n ** (b % size)),
    shr_s: (a, b) => u(s(a) >> (b % size)),
    shr_u: (a, b) => a / 2n ** (b % size),
    rotl: (a, b) => places.reduce((sum, i) => sum | (bit(a, i) << ((BigInt(i) + b) % size)), 0n),
    rotr: (a, b) =>
      places.reduce((sum, i) => sum | (bit(a, i) << ((BigInt(i) + size - (b % size)) % size)), 0n),
    extend8_s: (a) => u(BigInt.asIntN(8, a)),
    extend16_s: (a) => u(BigInt.asIntN(16, a)),
    eqz: (a) => flag(a === 0n),
    eq: (a, b) => flag(a === b),
    ne: (a, b) => flag(a !== b),
  };
  if (width === 64) models["extend32_s"] = (a) => u(BigInt.asIntN(32, a));
  const orders: { [name: string]: (a: bigint, b: bigint) => boolean } = {
    lt: (a, b) => a < b,
    gt: (a, b) => a > b,
    le: (a, b) => a <= b,
    ge: (a, b) => a >= b,
  };
  for (const [name, order] of Object.entries(orders)) {
    models[`${name}_s`] = (a, b) => flag(order(s(a), s(b)));
    models[`${name}_u`] = (a, b) => flag(order(a, b));
  }
  return Object.entries(models).map(([name, model]) => [`i${width}.${name}`, model]);
}

function nearest(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  // Away from a tie the rest decides; at one, the even neighbour. Zero keeps the sign of x.
  const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

function floats({ width, number, bits }: FloatKind): [string, Model][] {
  const sign = 1n << BigInt(width - 1);
  const unary: { [name: string]: (x: number) => number } = {
    ceil: Math.ceil,
    floor: Math.floor,
    trunc: Math.trunc,
    nearest: (x) => (Number.isFinite(x) ? nearest(x) : x),
    sqrt: Math.sqrt,
  };
  // For these, rounding the f64 result once more to f32 gives the f32 result: 53 >= 2 * 24 + 2.
  const binary: { [name: string]: (x: number, y: number) => number } = {
    add: (x, y) => x + y,
    sub: (x, y) => x - y,
    mul: (x, y) => x * y,
    div: (x, y) => x / y,
    min: Math.min,
    max: Math.max,
  };
  const compare: { [name: string]: (x: number, y: number) => boolean } = {
    eq: (x, y) => x === y,
    ne: (x, y) => x !== y,
    lt: (x, y) => x < y,
    gt: (x, y) => x > y,
    le: (x, y) => x <= y,
    ge: (x, y) => x >= y,
  };
  const models: [string, Model][] = [
    ["abs", (a) => a & ~sign],
    ["neg", (a) => a ^ sign],
    ["copysign", (a, b) => (a & ~sign) | (b & sign)],
    ...Object.entries(unary).map(([name, f]): [string, Model] => [name, (a) => bits(f(number(a)))]),
    ...Object.entries(binary).map(([name, f]): [string, Model] => [
      name,
      (a, b) => bits(f(number(a), number(b))),
    ]),
    ...Object.entries(compare).map(([name, f]): [string, Model] => [
      name,
      (a, b) => flag(f(number(a), number(b))),
    ]),
  ];
  return models.map(([name, model]) => [`f${width}.${name}`, model]);
}

/** The f32 nearest to an integer, ties to even, by looking at the neighbours of a guess. */
function f32FromInteger(value: bigint): bigint {
  if (magnitude(value) < 2n ** 24n) return f32.bits(Number(value));
  const guess = f32.bits(Number(value));
  let best = guess;
  for (const candidate of [guess - 1n, guess, guess + 1n]) {
    const distance = magnitude(BigInt(f32.number(candidate)) - value);
    const least = magnitude(BigInt(f32.number(best)) - value);
    if (distance < least || (distance === least && candidate % 2n === 0n)) best = candidate;
  }
  return best;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

function conversions(): [string, Model][] {
  const models: [string, Model][] = [
    ["i32.wrap_i64", (a) => BigInt.asUintN(32, a)],
    ["i64.extend_i32_s", (a) => BigInt.asUintN(64, BigInt.asIntN(32, a))],
    ["i64.extend_i32_u", (a) => a],
    ["f32.demote_f64", (a) => f32.bits(f64.number(a))],
    ["f64.promote_f32", (a) => f64.bits(f32.number(a))],
    ["i32.reinterpret_f32", (a) => a],
    ["i64.reinterpret_f64", (a) => a],
    ["f32.reinterpret_i32", (a) => a],
    ["f64.reinterpret_i64", (a) => a],
  ];
  for (const width of [32, 64]) {
    for (const signed of [true, false]) {
      const suffix = signed ? "s" : "u";
      const size = BigInt(width);
      const least = signed ? -(2n ** (size - 1n)) : 0n;
      const most = signed ? 2n ** (size - 1n) - 1n : 2n ** size - 1n;
      const value = (bits: bigint) => (signed ? BigInt.asIntN(width, bits) : bits);
      models.push([`f64.convert_i${width}_${suffix}`, (a) => f64.bits(Number(value(a)))]);
      models.push([`f32.convert_i${width}_${suffix}`, (a) => f32FromInteger(value(a))]);
      for (const kind of [f32, f64]) {
        models.push([
          `i${width}.trunc_f${kind.width}_${suffix}`,
          (a) => {
            const x = kind.number(a);
            if (Number.isNaN(x)) trap("invalid-conversion");
            if (!Number.isFinite(x)) trap("integer-overflow");
            const integer = BigInt(Math.trunc(x));
            if (integer < least || integer > most) trap("integer-overflow");
            return BigInt.asUintN(width, integer);
          },
        ]);
        models.push([
          `i${width}.trunc_sat_f${kind.width}_${suffix}`,
          (a) => {
            const x = kind.number(a);
            if (Number.isNaN(x)) return 0n;
            const integer = Number.isFinite(x) ? BigInt(Math.trunc(x)) : x > 0 ? most : least;
            return BigInt.asUintN(width, integer < least ? least : integer > most ? most : integer);
          },
        ]);
      }
    }
  }
  return models;
}

/** By mnemonic. */
export const MODELS: ReadonlyMap<string, Model> = new Map([
  ...integers(32),
  ...integers(64),
  ...floats(f32),
  ...floats(f64),
  ...conversions(),
]);
