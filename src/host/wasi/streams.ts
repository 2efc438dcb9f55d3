import { decodeUtf8, encodeUtf8 } from "../scale/utf8.ts";

/** Where a program reads its standard input from. */
export interface Input {
  /** Fills the beginning of `into` and returns how many bytes; 0 at the end. May wait. */
  read(into: Uint8Array): number;
}

/** Where a program's standard output or error goes. */
export interface Output {
  /** `bytes` is a view of the guest's memory: copy what is kept. */
  write(bytes: Uint8Array): void;
}

/** Input that is known beforehand, and then ends. */
export function recordedInput(content: Uint8Array | string): Input {
  let left = typeof content === "string" ? encodeUtf8(content) : content;
  return {
    read(into) {
      const part = left.subarray(0, into.length);
      into.set(part);
      left = left.subarray(part.length);
      return part.length;
    },
  };
}

/** An input that hands what it reads to `record` too, so that the run can be repeated with `recordedInput`. */
export function recording(input: Input, record: (bytes: Uint8Array) => void): Input {
  return {
    read(into) {
      const length = input.read(into);
      if (length > 0) record(into.slice(0, length));
      return length;
    },
  };
}

/** Output that is kept. */
export class Captured implements Output {
  #chunks: Uint8Array[] = [];
  #length = 0;

  write(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
    this.#length += bytes.length;
  }

  get bytes(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [all];
    return all;
  }

  /** As UTF-8; what is none becomes U+FFFD. */
  get text(): string {
    return decodeLossily(this.bytes);
  }
}

/** Output that goes nowhere. */
export const discarded: Output = { write: () => {} };

/** UTF-8 with U+FFFD for every byte that belongs to no character. */
export function decodeLossily(bytes: Uint8Array): string {
  const whole = decodeUtf8(bytes);
  if (whole !== undefined) return whole;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const character = decodeUtf8(bytes.subarray(at, at + length));
    text += character ?? "\ufffd";
    at += character === undefined ? 1 : length;
  }
  return text;
}
