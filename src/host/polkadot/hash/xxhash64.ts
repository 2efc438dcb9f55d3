/**
 * XXH64 (xxHash specification, section "XXH64 algorithm description") on pairs of 32-bit lanes: a third of a
 * runtime's host calls may be twox hashes of a few dozen bytes, for which BigInt is an order of magnitude slower.
 *
 * Arithmetic helpers leave their 64-bit result in `hi` and `lo`.
 */
let hi = 0;
let lo = 0;

const P1H = 0x9e3779b1;
const P1L = 0x85ebca87;
const P2H = 0xc2b2ae3d;
const P2L = 0x27d4eb4f;
const P3H = 0x165667b1;
const P3L = 0x9e3779f9;
const P4H = 0x85ebca77;
const P4L = 0xc2b2ae63;
const P5H = 0x27d4eb2f;
const P5L = 0x165667c5;

function add(ah: number, al: number, bh: number, bl: number): void {
  const sum = (al >>> 0) + (bl >>> 0);
  lo = sum | 0;
  hi = (ah + bh + (sum > 0xffffffff ? 1 : 0)) | 0;
}

/** The low 64 bits of a product. Only low x low needs its high half: by 16-bit limbs, each product below 2^32. */
function mul(ah: number, al: number, bh: number, bl: number): void {
  const a0 = al & 0xffff;
  const a1 = al >>> 16;
  const b0 = bl & 0xffff;
  const b1 = bl >>> 16;
  const p00 = Math.imul(a0, b0) >>> 0;
  const p01 = Math.imul(a0, b1) >>> 0;
  const p10 = Math.imul(a1, b0) >>> 0;
  const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
  lo = (p00 & 0xffff) | (middle << 16);
  hi =
    (Math.imul(a1, b1) +
      (p01 >>> 16) +
      (p10 >>> 16) +
      (middle >>> 16) +
      (Math.imul(al, bh) + Math.imul(ah, bl))) |
    0;
}

/** Rotates `hi:lo` left by `count`, 0 < count < 32. */
function rotate(count: number): void {
  const h = hi;
  hi = (h << count) | (lo >>> (32 - count));
  lo = (lo << count) | (h >>> (32 - count));
}

/** acc' = rotl(acc + input * P2, 31) * P1 */
function round(accHi: number, accLo: number, inHi: number, inLo: number): void {
  mul(inHi, inLo, P2H, P2L);
  add(hi, lo, accHi, accLo);
  rotate(31);
  mul(hi, lo, P1H, P1L);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** Folds one lane of the long-input state into the hash: h' = (h ^ round(0, lane)) * P1 + P4 */
function merge(h: number, l: number, laneHi: number, laneLo: number): void {
  round(0, 0, laneHi, laneLo);
  mul(h ^ hi, l ^ lo, P1H, P1L);
  add(hi, lo, P4H, P4L);
}

/** Stripes of 32 bytes through four lanes; leaves their combination in `hi:lo` and returns the bytes consumed. */
function stripes(bytes: Uint8Array, seed: number): number {
  add(P1H, P1L, P2H, P2L);
  add(hi, lo, 0, seed);
  let h1 = hi;
  let l1 = lo;
  add(P2H, P2L, 0, seed);
  let h2 = hi;
  let l2 = lo;
  let h3 = 0;
  let l3 = seed;
  // seed - P1, as seed + ~P1 + 1
  add(~P1H, ~P1L, 0, 1);
  add(hi, lo, 0, seed);
  let h4 = hi;
  let l4 = lo;
  let at = 0;
  for (; at + 32 <= bytes.length; at += 32) {
    round(h1, l1, word(bytes, at + 4), word(bytes, at));
    h1 = hi;
    l1 = lo;
    round(h2, l2, word(bytes, at + 12), word(bytes, at + 8));
    h2 = hi;
    l2 = lo;
    round(h3, l3, word(bytes, at + 20), word(bytes, at + 16));
    h3 = hi;
    l3 = lo;
    round(h4, l4, word(bytes, at + 28), word(bytes, at + 24));
    h4 = hi;
    l4 = lo;
  }
  hi = h1;
  lo = l1;
  rotate(1);
  let h = hi;
  let l = lo;
  hi = h2;
  lo = l2;
  rotate(7);
  add(hi, lo, h, l);
  h = hi;
  l = lo;
  hi = h3;
  lo = l3;
  rotate(12);
  add(hi, lo, h, l);
  h = hi;
  l = lo;
  hi = h4;
  lo = l4;
  rotate(18);
  add(hi, lo, h, l);
  merge(hi, lo, h1, l1);
  merge(hi, lo, h2, l2);
  merge(hi, lo, h3, l3);
  merge(hi, lo, h4, l4);
  return at;
}

/** The last 0 to 31 bytes, on the hash in `hi:lo`. */
function tail(bytes: Uint8Array, from: number): void {
  let at = from;
  for (; at + 8 <= bytes.length; at += 8) {
    const h = hi;
    const l = lo;
    round(0, 0, word(bytes, at + 4), word(bytes, at));
    hi ^= h;
    lo ^= l;
    rotate(27);
    mul(hi, lo, P1H, P1L);
    add(hi, lo, P4H, P4L);
  }
  if (at + 4 <= bytes.length) {
    const h = hi;
    const l = lo;
    mul(0, word(bytes, at), P1H, P1L);
    hi ^= h;
    lo ^= l;
    rotate(23);
    mul(hi, lo, P2H, P2L);
    add(hi, lo, P3H, P3L);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    const h = hi;
    const l = lo;
    mul(0, bytes[at], P5H, P5L);
    hi ^= h;
    lo ^= l;
    rotate(11);
    mul(hi, lo, P1H, P1L);
  }
}

/** Writes XXH64(`bytes`, `seed`) to `out` at `at`, little-endian, as Substrate does. @param seed below 2^31 */
export function xxhash64(bytes: Uint8Array, seed: number, out: Uint8Array, at: number): void {
  let from = 0;
  if (bytes.length >= 32) from = stripes(bytes, seed);
  else add(P5H, P5L, 0, seed);
  add(hi, lo, 0, bytes.length);
  tail(bytes, from);
  // avalanche: h ^= h >> 33; h *= P2; h ^= h >> 29; h *= P3; h ^= h >> 32
  mul(hi, lo ^ (hi >>> 1), P2H, P2L);
  mul(hi ^ (hi >>> 29), lo ^ ((lo >>> 29) | (hi << 3)), P3H, P3L);
  lo ^= hi;
  for (let i = 0; i < 4; i++) {
    out[at + i] = lo >>> (8 * i);
    out[at + 4 + i] = hi >>> (8 * i);
  }
}

/** Substrate's twox_N: XXH64 under the seeds 0, 1, … joined. @param size 8, 16 or 32 bytes */
export function twox(bytes: Uint8Array, size: 8 | 16 | 32): Uint8Array {
  const out = new Uint8Array(size);
  for (let seed = 0; seed < size / 8; seed++) xxhash64(bytes, seed, out, 8 * seed);
  return out;
}
