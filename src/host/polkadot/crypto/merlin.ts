import { keccakP } from "@noble/hashes/sha3.js";

/** STROBE-128's rate minus its two framing bytes (STROBE 1.0.2, section 5). */
const RATE = 166;

const FLAG_I = 1;
const FLAG_A = 2;
const FLAG_C = 4;
const FLAG_M = 16;

function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * A Merlin transcript (merlin.cool) over the part of STROBE-128 it needs: a duplex on Keccak-f[1600] that
 * absorbs labelled messages and yields labelled challenges. Schnorrkel signatures are defined over it.
 *
 * Written here because the available packages need TextEncoder, which strict engines lack, and know only one of
 * the two transcripts that Substrate's signatures use.
 */
export class Transcript {
  readonly #state = new Uint8Array(200);
  readonly #words = new Uint32Array(this.#state.buffer);
  #at = 0;
  #begin = 0;

  constructor(label: string) {
    this.#state.set([1, RATE + 2, 1, 0, 1, 96]);
    this.#state.set(ascii("STROBEv1.0.2"), 6);
    this.#permute();
    this.#operation(FLAG_M | FLAG_A);
    this.#absorb(ascii("Merlin v1.0"));
    this.append("dom-sep", ascii(label));
  }

  append(label: string, message: Uint8Array): void {
    this.#frame(label, message.length);
    this.#operation(FLAG_A);
    this.#absorb(message);
  }

  challenge(label: string, length: number): Uint8Array {
    this.#frame(label, length);
    this.#operation(FLAG_I | FLAG_A | FLAG_C);
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      bytes[i] = this.#state[this.#at];
      this.#state[this.#at] = 0;
      this.#advance();
    }
    return bytes;
  }

  /** What Merlin says of a message before it: one meta operation with the label and the length as u32. */
  #frame(label: string, length: number): void {
    this.#operation(FLAG_M | FLAG_A);
    this.#absorb(ascii(label));
    this.#absorb(Uint8Array.of(length, length >>> 8, length >>> 16, length >>> 24));
  }

  #operation(flags: number): void {
    const previous = this.#begin;
    this.#begin = this.#at + 1;
    this.#absorb(Uint8Array.of(previous, flags));
    if ((flags & FLAG_C) !== 0 && this.#at !== 0) this.#run();
  }

  #absorb(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#state[this.#at] ^= byte;
      this.#advance();
    }
  }

  #advance(): void {
    this.#at++;
    if (this.#at === RATE) this.#run();
  }

  #run(): void {
    this.#state[this.#at] ^= this.#begin;
    this.#state[this.#at + 1] ^= 0x04;
    this.#state[RATE + 1] ^= 0x80;
    this.#permute();
    this.#at = 0;
    this.#begin = 0;
  }

  #permute(): void {
    keccakP(this.#words);
  }
}

/** ASCII bytes of a transcript constant. */
export const transcriptBytes = ascii;
