/**
 * BLAKE2b (RFC 7693), unkeyed, of bytes that are all there. Nodes of a trie and keys of storage are a few dozen to some
 * hundred bytes, for which the hash is a function call and one to four compressions: with the sixteen words of its state
 * in local variables, as pairs of int32, and nothing allocated but the digest, it takes a quarter of noble's time, which
 * streams.
 */

/** The initial value, low words first. */
const IV = Int32Array.from([
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a, 0xade682d1,
  0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
]);

/** Where in `M` the words stand that each step of the twelve rounds takes. */
const SIGMA = Uint8Array.from(
  [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ].flatMap((words, round, all) => (round === 9 ? [...words, ...all[0], ...all[1]] : words)),
  (word) => 2 * word,
);

/** The digest's words, and the block at hand: one hash at a time is computed, from its beginning to its end. */
const H = new Int32Array(16);
const M = new Int32Array(32);
const DIGEST_BYTES = new Uint8Array(H.buffer);

const BLOCK = 128;

/** Digests of at most 64 bytes. @param size that of the digest, which is a parameter of the hash and no truncation */
export function blake2b(bytes: Uint8Array, size: number): Uint8Array {
  H.set(IV);
  H[0] ^= 0x0101_0000 ^ size;
  let at = 0;
  for (; bytes.length - at > BLOCK; at += BLOCK) {
    for (let i = 0; i < 32; i++) M[i] = word(bytes, at + 4 * i);
    compress(at + BLOCK, 0);
  }
  // The last block, filled up with zeros; the only one of no bytes.
  const left = bytes.length - at;
  const whole = left >> 2;
  for (let i = 0; i < whole; i++) M[i] = word(bytes, at + 4 * i);
  M.fill(0, whole);
  for (let i = whole * 4; i < left; i++) M[whole] |= bytes[at + i] << (8 * (i & 3));
  compress(bytes.length, -1);
  return DIGEST_BYTES.slice(0, size);
}

/** A little-endian word. */
function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/**
 * Compresses the block in `M` into `H` (RFC 7693, section 3.2). A round is eight steps of one form, G: two additions of a
 * word of the message, four exclusive ors with rotations by 32, 24, 16 and 63. They are written out, as V8 keeps local
 * variables in registers and on the stack, and not what functions share.
 * @param count bytes up to the block's end, its padding not counted @param last -1 for the last block, else 0
 */
function compress(count: number, last: number): void {
  let l0 = H[0];
  let h0 = H[1];
  let l1 = H[2];
  let h1 = H[3];
  let l2 = H[4];
  let h2 = H[5];
  let l3 = H[6];
  let h3 = H[7];
  let l4 = H[8];
  let h4 = H[9];
  let l5 = H[10];
  let h5 = H[11];
  let l6 = H[12];
  let h6 = H[13];
  let l7 = H[14];
  let h7 = H[15];
  let l8 = IV[0];
  let h8 = IV[1];
  let l9 = IV[2];
  let h9 = IV[3];
  let l10 = IV[4];
  let h10 = IV[5];
  let l11 = IV[6];
  let h11 = IV[7];
  let l12 = IV[8] ^ count;
  let h12 = IV[9] ^ (count / 0x1_0000_0000);
  let l13 = IV[10];
  let h13 = IV[11];
  let l14 = IV[12];
  let h14 = IV[13];
  let l15 = IV[14];
  let h15 = IV[15];
  l14 ^= last;
  h14 ^= last;
  let sum = 0;
  let x = 0;
  let y = 0;
  let at = 0;
  for (let s = 0; s < 192; s += 16) {
    // G(0, 4, 8, 12)
    at = SIGMA[s + 0];
    sum = (l0 >>> 0) + (l4 >>> 0) + (M[at] >>> 0);
    h0 = (h0 + h4 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l0 = sum | 0;
    x = l12 ^ l0;
    l12 = h12 ^ h0;
    h12 = x;
    sum = (l8 >>> 0) + (l12 >>> 0);
    h8 = (h8 + h12 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l8 = sum | 0;
    x = l4 ^ l8;
    y = h4 ^ h8;
    l4 = (x >>> 24) | (y << 8);
    h4 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 1];
    sum = (l0 >>> 0) + (l4 >>> 0) + (M[at] >>> 0);
    h0 = (h0 + h4 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l0 = sum | 0;
    x = l12 ^ l0;
    y = h12 ^ h0;
    l12 = (x >>> 16) | (y << 16);
    h12 = (y >>> 16) | (x << 16);
    sum = (l8 >>> 0) + (l12 >>> 0);
    h8 = (h8 + h12 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l8 = sum | 0;
    x = l4 ^ l8;
    y = h4 ^ h8;
    l4 = (y >>> 31) | (x << 1);
    h4 = (x >>> 31) | (y << 1);
    // G(1, 5, 9, 13)
    at = SIGMA[s + 2];
    sum = (l1 >>> 0) + (l5 >>> 0) + (M[at] >>> 0);
    h1 = (h1 + h5 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l1 = sum | 0;
    x = l13 ^ l1;
    l13 = h13 ^ h1;
    h13 = x;
    sum = (l9 >>> 0) + (l13 >>> 0);
    h9 = (h9 + h13 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l9 = sum | 0;
    x = l5 ^ l9;
    y = h5 ^ h9;
    l5 = (x >>> 24) | (y << 8);
    h5 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 3];
    sum = (l1 >>> 0) + (l5 >>> 0) + (M[at] >>> 0);
    h1 = (h1 + h5 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l1 = sum | 0;
    x = l13 ^ l1;
    y = h13 ^ h1;
    l13 = (x >>> 16) | (y << 16);
    h13 = (y >>> 16) | (x << 16);
    sum = (l9 >>> 0) + (l13 >>> 0);
    h9 = (h9 + h13 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l9 = sum | 0;
    x = l5 ^ l9;
    y = h5 ^ h9;
    l5 = (y >>> 31) | (x << 1);
    h5 = (x >>> 31) | (y << 1);
    // G(2, 6, 10, 14)
    at = SIGMA[s + 4];
    sum = (l2 >>> 0) + (l6 >>> 0) + (M[at] >>> 0);
    h2 = (h2 + h6 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l2 = sum | 0;
    x = l14 ^ l2;
    l14 = h14 ^ h2;
    h14 = x;
    sum = (l10 >>> 0) + (l14 >>> 0);
    h10 = (h10 + h14 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l10 = sum | 0;
    x = l6 ^ l10;
    y = h6 ^ h10;
    l6 = (x >>> 24) | (y << 8);
    h6 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 5];
    sum = (l2 >>> 0) + (l6 >>> 0) + (M[at] >>> 0);
    h2 = (h2 + h6 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l2 = sum | 0;
    x = l14 ^ l2;
    y = h14 ^ h2;
    l14 = (x >>> 16) | (y << 16);
    h14 = (y >>> 16) | (x << 16);
    sum = (l10 >>> 0) + (l14 >>> 0);
    h10 = (h10 + h14 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l10 = sum | 0;
    x = l6 ^ l10;
    y = h6 ^ h10;
    l6 = (y >>> 31) | (x << 1);
    h6 = (x >>> 31) | (y << 1);
    // G(3, 7, 11, 15)
    at = SIGMA[s + 6];
    sum = (l3 >>> 0) + (l7 >>> 0) + (M[at] >>> 0);
    h3 = (h3 + h7 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l3 = sum | 0;
    x = l15 ^ l3;
    l15 = h15 ^ h3;
    h15 = x;
    sum = (l11 >>> 0) + (l15 >>> 0);
    h11 = (h11 + h15 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l11 = sum | 0;
    x = l7 ^ l11;
    y = h7 ^ h11;
    l7 = (x >>> 24) | (y << 8);
    h7 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 7];
    sum = (l3 >>> 0) + (l7 >>> 0) + (M[at] >>> 0);
    h3 = (h3 + h7 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l3 = sum | 0;
    x = l15 ^ l3;
    y = h15 ^ h3;
    l15 = (x >>> 16) | (y << 16);
    h15 = (y >>> 16) | (x << 16);
    sum = (l11 >>> 0) + (l15 >>> 0);
    h11 = (h11 + h15 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l11 = sum | 0;
    x = l7 ^ l11;
    y = h7 ^ h11;
    l7 = (y >>> 31) | (x << 1);
    h7 = (x >>> 31) | (y << 1);
    // G(0, 5, 10, 15)
    at = SIGMA[s + 8];
    sum = (l0 >>> 0) + (l5 >>> 0) + (M[at] >>> 0);
    h0 = (h0 + h5 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l0 = sum | 0;
    x = l15 ^ l0;
    l15 = h15 ^ h0;
    h15 = x;
    sum = (l10 >>> 0) + (l15 >>> 0);
    h10 = (h10 + h15 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l10 = sum | 0;
    x = l5 ^ l10;
    y = h5 ^ h10;
    l5 = (x >>> 24) | (y << 8);
    h5 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 9];
    sum = (l0 >>> 0) + (l5 >>> 0) + (M[at] >>> 0);
    h0 = (h0 + h5 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l0 = sum | 0;
    x = l15 ^ l0;
    y = h15 ^ h0;
    l15 = (x >>> 16) | (y << 16);
    h15 = (y >>> 16) | (x << 16);
    sum = (l10 >>> 0) + (l15 >>> 0);
    h10 = (h10 + h15 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l10 = sum | 0;
    x = l5 ^ l10;
    y = h5 ^ h10;
    l5 = (y >>> 31) | (x << 1);
    h5 = (x >>> 31) | (y << 1);
    // G(1, 6, 11, 12)
    at = SIGMA[s + 10];
    sum = (l1 >>> 0) + (l6 >>> 0) + (M[at] >>> 0);
    h1 = (h1 + h6 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l1 = sum | 0;
    x = l12 ^ l1;
    l12 = h12 ^ h1;
    h12 = x;
    sum = (l11 >>> 0) + (l12 >>> 0);
    h11 = (h11 + h12 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l11 = sum | 0;
    x = l6 ^ l11;
    y = h6 ^ h11;
    l6 = (x >>> 24) | (y << 8);
    h6 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 11];
    sum = (l1 >>> 0) + (l6 >>> 0) + (M[at] >>> 0);
    h1 = (h1 + h6 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l1 = sum | 0;
    x = l12 ^ l1;
    y = h12 ^ h1;
    l12 = (x >>> 16) | (y << 16);
    h12 = (y >>> 16) | (x << 16);
    sum = (l11 >>> 0) + (l12 >>> 0);
    h11 = (h11 + h12 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l11 = sum | 0;
    x = l6 ^ l11;
    y = h6 ^ h11;
    l6 = (y >>> 31) | (x << 1);
    h6 = (x >>> 31) | (y << 1);
    // G(2, 7, 8, 13)
    at = SIGMA[s + 12];
    sum = (l2 >>> 0) + (l7 >>> 0) + (M[at] >>> 0);
    h2 = (h2 + h7 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l2 = sum | 0;
    x = l13 ^ l2;
    l13 = h13 ^ h2;
    h13 = x;
    sum = (l8 >>> 0) + (l13 >>> 0);
    h8 = (h8 + h13 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l8 = sum | 0;
    x = l7 ^ l8;
    y = h7 ^ h8;
    l7 = (x >>> 24) | (y << 8);
    h7 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 13];
    sum = (l2 >>> 0) + (l7 >>> 0) + (M[at] >>> 0);
    h2 = (h2 + h7 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l2 = sum | 0;
    x = l13 ^ l2;
    y = h13 ^ h2;
    l13 = (x >>> 16) | (y << 16);
    h13 = (y >>> 16) | (x << 16);
    sum = (l8 >>> 0) + (l13 >>> 0);
    h8 = (h8 + h13 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l8 = sum | 0;
    x = l7 ^ l8;
    y = h7 ^ h8;
    l7 = (y >>> 31) | (x << 1);
    h7 = (x >>> 31) | (y << 1);
    // G(3, 4, 9, 14)
    at = SIGMA[s + 14];
    sum = (l3 >>> 0) + (l4 >>> 0) + (M[at] >>> 0);
    h3 = (h3 + h4 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l3 = sum | 0;
    x = l14 ^ l3;
    l14 = h14 ^ h3;
    h14 = x;
    sum = (l9 >>> 0) + (l14 >>> 0);
    h9 = (h9 + h14 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l9 = sum | 0;
    x = l4 ^ l9;
    y = h4 ^ h9;
    l4 = (x >>> 24) | (y << 8);
    h4 = (y >>> 24) | (x << 8);
    at = SIGMA[s + 15];
    sum = (l3 >>> 0) + (l4 >>> 0) + (M[at] >>> 0);
    h3 = (h3 + h4 + M[at + 1] + ((sum / 0x1_0000_0000) | 0)) | 0;
    l3 = sum | 0;
    x = l14 ^ l3;
    y = h14 ^ h3;
    l14 = (x >>> 16) | (y << 16);
    h14 = (y >>> 16) | (x << 16);
    sum = (l9 >>> 0) + (l14 >>> 0);
    h9 = (h9 + h14 + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    l9 = sum | 0;
    x = l4 ^ l9;
    y = h4 ^ h9;
    l4 = (y >>> 31) | (x << 1);
    h4 = (x >>> 31) | (y << 1);
  }
  H[0] ^= l0 ^ l8;
  H[1] ^= h0 ^ h8;
  H[2] ^= l1 ^ l9;
  H[3] ^= h1 ^ h9;
  H[4] ^= l2 ^ l10;
  H[5] ^= h2 ^ h10;
  H[6] ^= l3 ^ l11;
  H[7] ^= h3 ^ h11;
  H[8] ^= l4 ^ l12;
  H[9] ^= h4 ^ h12;
  H[10] ^= l5 ^ l13;
  H[11] ^= h5 ^ h13;
  H[12] ^= l6 ^ l14;
  H[13] ^= h6 ^ h14;
  H[14] ^= l7 ^ l15;
  H[15] ^= h7 ^ h15;
}
