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

/** Schoolbook division by single bits, from the dividend's leading one on: no BigInt, which allocates. */
function divideLong(al: number, ah: number, bl: number, bh: number): void {
  let ql = 0;
  let qh = 0;
  let rl = 0;
  let rh = 0;
  for (let i = 63 - (ah !== 0 ? Math.clz32(ah) : 32 + Math.clz32(al)); i >= 0; i--) {
    const carry = rh >>> 31;
    rh = (rh << 1) | (rl >>> 31);
    rl = (rl << 1) | (((i >= 32 ? ah : al) >>> (i & 31)) & 1);
    if (carry === 1 || rh >>> 0 > bh >>> 0 || (rh === bh && rl >>> 0 >= bl >>> 0)) {
      rh = (rh - bh - (rl >>> 0 < bl >>> 0 ? 1 : 0)) | 0;
      rl = (rl - bl) | 0;
      if (i >= 32) qh |= 1 << (i - 32);
      else ql |= 1 << i;
    }
  }
  result.quotientLow = ql;
  result.quotientHigh = qh;
  result.remainderLow = rl;
  result.remainderHigh = rh;
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
