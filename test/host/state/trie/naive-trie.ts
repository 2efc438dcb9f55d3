import { encodeCompact } from "../../../../src/host/scale/index.ts";

/** A value and whether it is represented by its hash. */
export interface NaiveValue {
  readonly bytes: Uint8Array;
  readonly hashed: boolean;
}

export interface NaiveTrie {
  readonly root: string;
  readonly encoding: Uint8Array;
  /** By hash: every node that is hashed, the root, and every detached value. */
  readonly proof: ReadonlyMap<string, Uint8Array>;
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/**
 * The trie of a map from hex keys, built from scratch by recursion over digit strings, as the specification
 * describes the trie rather than as the library keeps it.
 */
export function naiveTrie(
  map: ReadonlyMap<string, NaiveValue>,
  hash: (bytes: Uint8Array) => Uint8Array,
): NaiveTrie {
  const proof = new Map<string, Uint8Array>();
  const keep = (bytes: Uint8Array): Uint8Array => {
    const digest = hash(bytes);
    proof.set(hexOf(digest), bytes);
    return digest;
  };

  function header(top: number, bits: number, length: number): number[] {
    const max = 2 ** bits - 1;
    if (length < max) return [top | length];
    const out = [top | max];
    let rest = length - max;
    for (; rest >= 255; rest -= 255) out.push(255);
    out.push(rest);
    return out;
  }

  function encode(entries: [string, NaiveValue][]): Uint8Array {
    if (entries.length === 0) return Uint8Array.of(0);
    let partial = entries[0][0];
    for (const [key] of entries) {
      while (!key.startsWith(partial)) partial = partial.slice(0, -1);
    }
    const own = entries.find(([key]) => key === partial)?.[1];
    const children = [..."0123456789abcdef"].map((digit) =>
      entries
        .filter(([key]) => key.startsWith(partial + digit))
        .map(([key, value]): [string, NaiveValue] => [key.slice(partial.length + 1), value]),
    );
    const isLeaf = children.every((child) => child.length === 0);
    const n = partial.length;
    const parts: Uint8Array[] = [];
    if (isLeaf) parts.push(Uint8Array.from(own!.hashed ? header(0x20, 5, n) : header(0x40, 6, n)));
    else if (own === undefined) parts.push(Uint8Array.from(header(0x80, 6, n)));
    else parts.push(Uint8Array.from(own.hashed ? header(0x10, 4, n) : header(0xc0, 6, n)));
    parts.push(Buffer.from(n % 2 === 0 ? partial : `0${partial}`, "hex"));
    if (!isLeaf) {
      const bitmap = children.reduce((bits, child, i) => (child.length > 0 ? bits | (1 << i) : bits), 0);
      parts.push(Uint8Array.of(bitmap & 255, bitmap >> 8));
    }
    if (own?.hashed) parts.push(keep(own.bytes));
    else if (own !== undefined) parts.push(encodeCompact(own.bytes.length), own.bytes);
    for (const child of children) {
      if (child.length === 0) continue;
      const encoding = encode(child);
      const reference = encoding.length < 32 ? encoding : keep(encoding);
      parts.push(encodeCompact(reference.length), reference);
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  const encoding = encode([...map]);
  return { root: hexOf(keep(encoding)), encoding, proof };
}
