import { blake2b } from "@noble/hashes/blake2.js";

/** Where random bytes come from. */
export interface Entropy {
  fill(into: Uint8Array): void;
}

const BLOCK = 64;

/**
 * Random bytes that follow from a seed: the BLAKE2b hashes of the numbers 0, 1, 2, … under it as key. How the stream is
 * cut by calls does not matter. Not secret.
 */
export class SeededEntropy implements Entropy {
  readonly #key: Uint8Array;
  readonly #counter = new DataView(new ArrayBuffer(8));
  #count = 0n;
  #block = new Uint8Array(BLOCK);
  #used = BLOCK;

  constructor(seed: bigint | Uint8Array = 0n) {
    this.#key = typeof seed === "bigint" ? numberKey(seed) : blake2b(seed);
  }

  fill(into: Uint8Array): void {
    for (let at = 0; at < into.length; ) {
      if (this.#used === BLOCK) this.#next();
      const part = this.#block.subarray(this.#used, this.#used + into.length - at);
      into.set(part, at);
      at += part.length;
      this.#used += part.length;
    }
  }

  #next(): void {
    this.#counter.setBigUint64(0, this.#count++, true);
    this.#block = blake2b(new Uint8Array(this.#counter.buffer), { key: this.#key });
    this.#used = 0;
  }
}

function numberKey(seed: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, seed), true);
  return blake2b(new Uint8Array(view.buffer));
}
