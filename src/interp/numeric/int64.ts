/**
 * 64-bit integer operators on two lanes that are too long for the hot loop. Results go to `I[d]` (low) and
 * `I[d + 1]` (high). Spec: Numerics, Integer Operations.
 */

const TWO_32 = 4294967296;

/** Quotient and remainder of the last `divide`, as four int32 words. */
const result = { quotientLow: 0, quotientHigh: 0, remainderLow: 0, remainderHigh: 0 };

/** Unsigned division of a by b, which is not 0. */
function divide(al: number, ah: number, bl: number, bh: number): void {
  // Doubles are exact up to 2^53, which covers nearly every division that real programs do.
  if (ah >>> 0 < 0x200000 && bh >>> 0 < 0x200000) {
    const a = (ah >>> 0) * TWO_32 + (al >>> 0);
    const b = (bh >>> 0) * TWO_32 + (bl >>> 0);
    const q = Math.floor(a / b);
    const r = a - q * b;
    // a / b may round up to the next integer; then the remainder is negative.
    setResult(r < 0 ? q - 1 : q, r < 0 ? r + b : r);
    return;
  }
  divideLong(al, ah, bl, bh);
}

function setResult(q: number, r: number): void {
  result.quotientLow = q | 0;
  result.quotientHigh = (q / TWO_32) | 0;
  result.remainderLow = r | 0;
  result.remainderHigh = (r / TWO_32) | 0;
}

/** Division of what is too large for doubles, by their quotients all the same: no BigInt, which allocates. */
function divideLong(al: number, ah: number, bl: number, bh: number): void {
  if (bh === 0) divideByWord(al, ah, bl >>> 0);
  else divideByLong(al, ah, bl, bh);
}

/** Digit by digit: the high word, then twice 16 bits, so that every dividend stays below 2^48. */
function divideByWord(al: number, ah: number, b: number): void {
  const a = ah >>> 0;
  const high = Math.floor(a / b);
  let rest = (a - high * b) * 65536 + (al >>> 16);
  const middle = Math.floor(rest / b);
  rest = (rest - middle * b) * 65536 + (al & 0xffff);
  const low = Math.floor(rest / b);
  result.quotientLow = (middle * 65536 + low) | 0;
  result.quotientHigh = high | 0;
  result.remainderLow = (rest - low * b) | 0;
  result.remainderHigh = 0;
}

/**
 * The quotient is below 2^32, so that of the doubles, all off by at most some 2^-52 of themselves, is off by at most 1.
 * The remainder that it leaves, computed modulo 2^64, tells: it is then beyond 0 or the divisor by less than 2^14.
 */
function divideByLong(al: number, ah: number, bl: number, bh: number): void {
  if (bh < 0) {
    // From 2^63 on both could round to one double, but the quotient is 0 or 1.
    const isOne = ah >>> 0 > bh >>> 0 || (ah === bh && al >>> 0 >= bl >>> 0);
    const borrow = al >>> 0 < bl >>> 0 ? 1 : 0;
    setWords(isOne ? 1 : 0, isOne ? (al - bl) | 0 : al, isOne ? (ah - bh - borrow) | 0 : ah);
    return;
  }
  const a = (ah >>> 0) * TWO_32 + (al >>> 0);
  const b = bh * TWO_32 + (bl >>> 0);
  const q = Math.min(Math.floor(a / b), TWO_32 - 1);
  // The low word of q * bl, and the high one as in `i64.mul`.
  const low = Math.imul(q, bl);
  const high = (((q * (bl >>> 0) - (low >>> 0)) / TWO_32 + 0.5) | 0) + Math.imul(q, bh);
  const rl = (al - low) | 0;
  const rh = (ah - high - (al >>> 0 < low >>> 0 ? 1 : 0)) | 0;
  if (rh === -1) {
    const sum = (rl + bl) | 0;
    setWords(q - 1, sum, (rh + bh + (sum >>> 0 < bl >>> 0 ? 1 : 0)) | 0);
  } else if (rh >>> 0 > bh || (rh === bh && rl >>> 0 >= bl >>> 0)) {
    setWords(q + 1, (rl - bl) | 0, (rh - bh - (rl >>> 0 < bl >>> 0 ? 1 : 0)) | 0);
  } else {
    setWords(q, rl, rh);
  }
}

function setWords(quotientLow: number, remainderLow: number, remainderHigh: number): void {
  result.quotientLow = quotientLow | 0;
  result.quotientHigh = 0;
  result.remainderLow = remainderLow;
  result.remainderHigh = remainderHigh;
}

export function divideUnsigned(I: Int32Array, d: number, a: number, b: number): void {
  divide(I[a]!, I[a + 1]!, I[b]!, I[b + 1]!);
  I[d] = result.quotientLow;
  I[d + 1] = result.quotientHigh;
}

export function remainderUnsigned(I: Int32Array, d: number, a: number, b: number): void {
  divide(I[a]!, I[a + 1]!, I[b]!, I[b + 1]!);
  I[d] = result.remainderLow;
  I[d + 1] = result.remainderHigh;
}

/** Truncating; the caller has excluded division by 0 and -2^63 / -1. */
export function divideSigned(I: Int32Array, d: number, a: number, b: number): void {
  const isNegative = (I[a + 1]! ^ I[b + 1]!) < 0;
  divideMagnitudes(I, a, b);
  write(I, d, result.quotientLow, result.quotientHigh, isNegative);
}

/** The remainder has the dividend's sign. */
export function remainderSigned(I: Int32Array, d: number, a: number, b: number): void {
  const isNegative = I[a + 1]! < 0;
  divideMagnitudes(I, a, b);
  write(I, d, result.remainderLow, result.remainderHigh, isNegative);
}

function divideMagnitudes(I: Int32Array, a: number, b: number): void {
  let al = I[a]!;
  let ah = I[a + 1]!;
  let bl = I[b]!;
  let bh = I[b + 1]!;
  if (ah < 0) {
    al = -al | 0;
    ah = (~ah + (al === 0 ? 1 : 0)) | 0;
  }
  if (bh < 0) {
    bl = -bl | 0;
    bh = (~bh + (bl === 0 ? 1 : 0)) | 0;
  }
  divide(al, ah, bl, bh);
}

function write(I: Int32Array, d: number, low: number, high: number, negate: boolean): void {
  const l = negate ? -low | 0 : low;
  I[d] = l;
  I[d + 1] = negate ? (~high + (l === 0 ? 1 : 0)) | 0 : high;
}

export function countLeadingZeros(I: Int32Array, d: number, a: number): void {
  const high = I[a + 1]!;
  I[d] = high !== 0 ? Math.clz32(high) : 32 + Math.clz32(I[a]!);
  I[d + 1] = 0;
}

export function countTrailingZeros(I: Int32Array, d: number, a: number): void {
  const low = I[a]!;
  const high = I[a + 1]!;
  const word = low !== 0 ? low : high;
  const zeros = word === 0 ? 32 : 31 - Math.clz32(word & -word);
  I[d] = low !== 0 ? zeros : 32 + zeros;
  I[d + 1] = 0;
}

export function countOnes32(x: number): number {
  let n = x - ((x >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function countOnes(I: Int32Array, d: number, a: number): void {
  const ones = countOnes32(I[a]!) + countOnes32(I[a + 1]!);
  I[d] = ones;
  I[d + 1] = 0;
}

/** Rotation to the right by the count in `I[b]`, modulo 64. */
export function rotateRight(I: Int32Array, d: number, a: number, b: number): void {
  const n = I[b]!;
  const swap = (n & 32) !== 0;
  const low = swap ? I[a + 1]! : I[a]!;
  const high = swap ? I[a]! : I[a + 1]!;
  const m = n & 31;
  // `<< 1 << (31 - m)` is a shift by 32 - m that is right for 0.
  I[d] = (low >>> m) | ((high << 1) << (31 - m));
  I[d + 1] = (high >>> m) | ((low << 1) << (31 - m));
}
