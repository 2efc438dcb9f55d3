import { LiteralError } from "./strings.ts";

/** An IEEE 754 binary format, by what rounding needs. */
interface Format {
  readonly name: string;
  readonly width: bigint;
  /** Bits of the significand, the hidden one included. */
  readonly precision: bigint;
  /** Power of two of the last place of subnormal numbers: the least positive number is 2^least. */
  readonly least: bigint;
}

const FORMATS: { readonly [width in 32 | 64]: Format } = {
  32: { name: "f32", width: 32n, precision: 24n, least: -149n },
  64: { name: "f64", width: 64n, precision: 53n, least: -1074n },
};

const DECIMAL = /^([0-9](?:_?[0-9])*)(?:\.([0-9](?:_?[0-9])*)?)?(?:[eE]([+-]?[0-9](?:_?[0-9])*))?$/;
const HEXADECIMAL =
  /^0x([0-9a-fA-F](?:_?[0-9a-fA-F])*)(?:\.([0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?(?:[pP]([+-]?[0-9](?:_?[0-9])*))?$/;
const NAN_PAYLOAD = /^nan:0x([0-9a-fA-F](?:_?[0-9a-fA-F])*)$/;

/**
 * The bits of a floating-point literal, `fN` of spec 1.0, 6.3.2: decimal or hexadecimal, rounded to the nearest,
 * ties to even, in one step from the exact value; `inf`, `nan` and `nan:0x…`, each with a sign or without.
 *
 * The value is computed exactly, by integers: ECMA-262 lets an engine's own `Number("…")` drop digits, and going
 * through f64 would round an f32 twice.
 *
 * @throws LiteralError if it is none, or too great for the format.
 */
export function floatBits(literal: string, width: 32 | 64): bigint {
  const format = FORMATS[width];
  const signed = /^[+-]/.test(literal);
  const sign = literal.startsWith("-") ? 1n << (format.width - 1n) : 0n;
  return sign | magnitudeBits(signed ? literal.slice(1) : literal, literal, format);
}

function magnitudeBits(text: string, literal: string, format: Format): bigint {
  const infinity = infinityBits(format);
  const quietBit = 1n << (format.precision - 2n);
  if (text === "inf") return infinity;
  if (text === "nan") return infinity | quietBit;
  const payload = NAN_PAYLOAD.exec(text)?.[1];
  if (payload !== undefined) {
    const digits = withoutLeadingZeros(payload.replaceAll("_", ""));
    const value = digits.length > 16 ? infinity : BigInt(`0x${digits}`);
    if (value === 0n || value >= quietBit << 1n) {
      throw new LiteralError(`${literal} is not a NaN of ${format.name}`);
    }
    return infinity | value;
  }
  const hex = HEXADECIMAL.exec(text);
  const match = hex ?? DECIMAL.exec(text);
  if (match === null) throw new LiteralError(`"${literal}" is not a floating-point number`);
  const whole = match[1]!.replaceAll("_", "");
  const fraction = (match[2] ?? "").replaceAll("_", "");
  const exponent = Number((match[3] ?? "0").replaceAll("_", ""));
  const bits = roundLiteral(whole + fraction, fraction.length, exponent, hex === null ? 10 : 16, format);
  if (bits >= infinity) throw new LiteralError(`${literal} is too great for ${format.name}`);
  return bits;
}

/**
 * digits × radix^(-fractional) × base^exponent, where base is 10 or, with hexadecimal digits, 2.
 * The result is infinity's bits, or more, for a number that is too great.
 */
function roundLiteral(
  allDigits: string,
  fractional: number,
  exponent: number,
  radix: 10 | 16,
  format: Format,
): bigint {
  const { digits, dropped } = significant(allDigits);
  const value = BigInt(radix === 16 ? `0x${digits}` : digits);
  if (value === 0n) return 0n;
  const scale = exponent + (dropped - fractional) * (radix === 16 ? 4 : 1);
  // The place of the leading digit decides far-off numbers, so that no exponent makes a power that is worth its name.
  const leading = scale + digits.length * (radix === 16 ? 4 : 1);
  if (leading > FAR) return infinityBits(format);
  if (leading < -FAR) return 0n;
  const power = (radix === 16 ? 2n : 10n) ** BigInt(Math.abs(scale));
  return scale >= 0 ? round(value * power, 1n, format) : round(value, power, format);
}

/** Beyond the range of f64 on both sides, as a power of ten and of two: 2^1024 < 10^309, 2^-1075 > 10^-324. */
const FAR = 1200;

/**
 * Digits that can matter: half-way between two f64 there are numbers of up to 767 significant decimal digits. Of what
 * follows it only matters whether all of it is zero, so that one more digit says it all.
 */
const SIGNIFICANT = 800;

/** Leading zeros off, and what cannot matter of the tail: `dropped` is the number of digits taken off the end. */
function significant(allDigits: string): { digits: string; dropped: number } {
  const trimmed = withoutLeadingZeros(allDigits);
  if (trimmed.length <= SIGNIFICANT + 1) return { digits: trimmed, dropped: 0 };
  const rest = /[^0]/.test(trimmed.slice(SIGNIFICANT)) ? "1" : "0";
  return { digits: trimmed.slice(0, SIGNIFICANT) + rest, dropped: trimmed.length - SIGNIFICANT - 1 };
}

function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+(?=.)/, "");
}

function infinityBits({ width, precision }: Format): bigint {
  return ((1n << (width - precision)) - 1n) << (precision - 1n);
}

/** The positive number numerator / denominator, to the nearest, ties to even. */
function round(numerator: bigint, denominator: bigint, { precision, least }: Format): bigint {
  // 2^(estimate - 1) < numerator / denominator < 2^(estimate + 1)
  const estimate = bitLength(numerator) - bitLength(denominator);
  const fits = (place: bigint) =>
    place >= 0n
      ? numerator >> place < denominator << precision
      : numerator << -place < denominator << precision;
  // The last place: with it the quotient has at most `precision` bits, and exactly so many unless it is subnormal.
  let place = estimate - precision;
  if (!fits(place)) place++;
  if (place < least) place = least;
  const [dividend, divisor] =
    place >= 0n ? [numerator, denominator << place] : [numerator << -place, denominator];
  const quotient = dividend / divisor;
  const twice = 2n * (dividend % divisor);
  const up = twice > divisor || (twice === divisor && (quotient & 1n) === 1n);
  // The hidden bit adds one to the exponent of normal numbers, and a carry out of the significand another.
  return ((place - least) << (precision - 1n)) + quotient + (up ? 1n : 0n);
}

function bitLength(value: bigint): bigint {
  const hex = value.toString(16);
  return BigInt(4 * (hex.length - 1) + 32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}
