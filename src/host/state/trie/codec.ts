import { ScaleReader } from "../../scale/reader.ts";
import { encodeCompact } from "../../scale/writer.ts";
import { HASH_LENGTH, HashStub, type NodeRef, type NodeValue, TrieNode } from "./node.ts";

/** Encoding of the trie without entries. */
export const EMPTY_TRIE = Uint8Array.of(0);

/** Most nibbles a partial key may have: the bound of the reference implementation. */
export const MAX_PARTIAL = 0xffff;

/**
 * A node variant: its header's top bits, and the largest length that the bits below them express alone.
 * (Polkadot spec, "Trie node header".)
 */
interface Variant {
  readonly bits: number;
  readonly max: number;
  readonly branch: boolean;
  readonly value: "none" | "inline" | "hashed";
}

const LEAF: Variant = { bits: 0b0100_0000, max: 63, branch: false, value: "inline" };
const BRANCH: Variant = { bits: 0b1000_0000, max: 63, branch: true, value: "none" };
const BRANCH_VALUE: Variant = { bits: 0b1100_0000, max: 63, branch: true, value: "inline" };
const LEAF_HASHED: Variant = { bits: 0b0010_0000, max: 31, branch: false, value: "hashed" };
const BRANCH_HASHED: Variant = { bits: 0b0001_0000, max: 15, branch: true, value: "hashed" };

/** A node as its bytes have it: of its children there is only what stands for them. */
export interface NodeFields {
  /** One nibble per byte. */
  readonly partial: Uint8Array;
  readonly value: NodeValue | undefined;
  /**
   * A branch's 16 slots; undefined for a leaf. Fewer than 32 bytes are the child's own encoding, 32 bytes its hash.
   * None are a child that compact proofs leave out, and occur nowhere else.
   */
  readonly references: readonly (Uint8Array | undefined)[] | undefined;
}

function variantOf({ value, references }: NodeFields): Variant {
  if (references === undefined) return value?.hashed ? LEAF_HASHED : LEAF;
  if (value === undefined) return BRANCH;
  return value.hashed ? BRANCH_HASHED : BRANCH_VALUE;
}

/** The variant of a header byte; undefined for `00` (empty trie), `01` (compact proofs' escape) and unused ones. */
function variantAt(first: number): Variant | undefined {
  if (first >> 6 === 0b11) return BRANCH_VALUE;
  if (first >> 6 === 0b10) return BRANCH;
  if (first >> 6 === 0b01) return LEAF;
  if (first >> 5 === 0b001) return LEAF_HASHED;
  return first >> 4 === 0b0001 ? BRANCH_HASHED : undefined;
}

/** What stands for a child in its parent: fewer than 32 bytes of encoding, or a hash of 32. */
function referenceOf(child: NodeRef | undefined): Uint8Array | undefined {
  return child instanceof HashStub ? child.hash : child?.merkle;
}

/** What `encodeNode` finds of a branch's children: one node is encoded at a time. */
const found = new Array<Uint8Array | undefined>(16).fill(undefined);

/** The bytes of a node whose children have their `merkle` values. Linear in their number. */
export function encodeNode({ partial, value, children }: TrieNode): Uint8Array {
  if (children === undefined) return encodeFields({ partial, value, references: undefined });
  for (let i = 0; i < 16; i++) found[i] = referenceOf(children[i]);
  return encodeFields({ partial, value, references: found });
}

/** The bytes of a node. */
export function encodeFields(node: NodeFields): Uint8Array {
  const { bits, max } = variantOf(node);
  const { partial, value, references } = node;
  const excess = partial.length - max;
  const headerLength = excess < 0 ? 1 : 2 + Math.floor(excess / 255);
  const prefix = value !== undefined && !value.hashed ? encodeCompact(value.bytes.length) : undefined;
  const payload = value === undefined ? undefined : value.hashed ? value.hash : value.bytes;

  let length = headerLength + ((partial.length + 1) >> 1) + (prefix?.length ?? 0) + (payload?.length ?? 0);
  let bitmap = 0;
  if (references !== undefined) {
    length += 2;
    for (let i = 0; i < 16; i++) {
      const reference = references[i];
      if (reference === undefined) continue;
      bitmap |= 1 << i;
      length += 1 + reference.length;
    }
  }

  const bytes = new Uint8Array(length);
  let at = headerLength;
  if (excess < 0) bytes[0] = bits | partial.length;
  else {
    bytes[0] = bits | max;
    bytes.fill(0xff, 1, headerLength - 1);
    bytes[headerLength - 1] = excess % 255;
  }
  let nibble = 0;
  if (partial.length & 1) bytes[at++] = partial[nibble++];
  for (; nibble < partial.length; nibble += 2) bytes[at++] = (partial[nibble] << 4) | partial[nibble + 1];
  if (references !== undefined) {
    bytes[at++] = bitmap & 0xff;
    bytes[at++] = bitmap >> 8;
  }
  if (prefix !== undefined) {
    bytes.set(prefix, at);
    at += prefix.length;
  }
  if (payload !== undefined) {
    bytes.set(payload, at);
    at += payload.length;
  }
  if (references !== undefined) {
    for (let i = 0; i < 16; i++) {
      const reference = references[i];
      if (reference === undefined) continue;
      // A reference has at most 32 bytes, so its compact length is one byte.
      bytes[at++] = reference.length << 2;
      // `set` would take longer for so few.
      for (let j = 0; j < reference.length; j++) bytes[at++] = reference[j];
    }
  }
  return bytes;
}

/**
 * Decodes one node, using up all bytes. Inline children come out as nodes with their bytes as `merkle`, hashed
 * ones as stubs; the node's own `merkle` is left for the caller, who knows its hash.
 * @throws ScaleError
 */
export function decodeNode(bytes: Uint8Array): TrieNode {
  const { partial, value, references } = decodeFields(bytes);
  return new TrieNode(partial, value, references?.map(childOf));
}

/** Recursion through inline children ends by itself: each level is shorter than 32 bytes and than the one above. */
function childOf(reference: Uint8Array | undefined): NodeRef | undefined {
  if (reference === undefined) return undefined;
  if (reference.length === HASH_LENGTH) return new HashStub(reference);
  const child = decodeNode(reference);
  child.merkle = reference;
  return child;
}

/**
 * Decodes one node without looking into inline children.
 * @param rest what to do about bytes behind the node
 * @throws ScaleError
 */
export function decodeFields(bytes: Uint8Array, rest: "refuse" | "ignore" = "refuse"): NodeFields {
  const reader = new ScaleReader(bytes, "trie node");
  const first = reader.u8();
  const variant = variantAt(first);
  if (variant === undefined) throw reader.error("invalid-value", `unknown node header ${first}`, 0);

  const partial = readPartial(reader, readLength(reader, first & variant.max, variant.max));
  const bitmap = variant.branch ? reader.u16() : 0;
  if (variant.branch && bitmap === 0) throw reader.error("invalid-value", "branch without children");

  let value: NodeValue | undefined;
  if (variant.value === "inline") value = { hashed: false, bytes: reader.bytes() };
  if (variant.value === "hashed") value = { hashed: true, hash: reader.fixed(HASH_LENGTH), bytes: undefined };

  let references: (Uint8Array | undefined)[] | undefined;
  if (variant.branch) {
    references = Array.from({ length: 16 }, (_, i) =>
      bitmap & (1 << i) ? readReference(reader) : undefined,
    );
  }
  if (rest === "refuse") reader.end();
  return { partial, value, references };
}

function readLength(reader: ScaleReader, low: number, max: number): number {
  if (low < max) return low;
  let length = low;
  for (;;) {
    const more = reader.u8();
    length += more;
    if (length > MAX_PARTIAL)
      throw reader.error("out-of-range", `partial key exceeds ${MAX_PARTIAL} nibbles`);
    if (more < 255) return length;
  }
}

function readPartial(reader: ScaleReader, length: number): Uint8Array {
  const start = reader.offset;
  const packed = reader.fixed((length + 1) >> 1);
  const partial = new Uint8Array(length);
  let nibble = 0;
  let at = 0;
  if (length & 1) {
    if (packed[0] > 15) throw reader.error("invalid-value", "padding of the partial key is not zero", start);
    partial[nibble++] = packed[at++];
  }
  for (; at < packed.length; at++) {
    partial[nibble++] = packed[at] >> 4;
    partial[nibble++] = packed[at] & 15;
  }
  return partial;
}

function readReference(reader: ScaleReader): Uint8Array {
  const start = reader.offset;
  const reference = reader.bytes();
  if (reference.length > HASH_LENGTH) {
    throw reader.error("invalid-value", `child reference of ${reference.length} bytes`, start);
  }
  return reference;
}
