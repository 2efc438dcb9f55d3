import { equalBytes } from "../../bytes.ts";
import { bytesToHex } from "../../hex.ts";
import { blake2b256, type Hasher } from "../hash.ts";
import { decodeFields, EMPTY_TRIE, encodeFields, type NodeFields } from "../trie/codec.ts";
import { HASH_LENGTH, type NodeValue } from "../trie/node.ts";
import type { NodeSource } from "../trie/source.ts";
import { ProofError } from "./errors.ts";
import { NodeSet } from "./node-set.ts";
import { decodingItem, presentChildRoots, VisitLimit } from "./walk.ts";

/**
 * Compact proofs (trie.md section 10; reference: sp-trie `trie_codec`): the nodes of a storage proof in pre-order,
 * each without the hashes of children that are in the proof too, for these can be computed. The main trie comes
 * first, the child tries of which there is anything follow in order of their names.
 */

/** Begins the item of a node whose value is the next item. No node's own encoding begins so. */
const ESCAPE = 1;

/** Stands for a child that the proof has: nothing. */
const OMITTED = new Uint8Array(0);
const NO_VALUE: NodeValue = { hashed: false, bytes: OMITTED };

export interface DecodedProof {
  /** Root of the main trie. */
  readonly root: Uint8Array;
  /** Nodes and detached values: a storage proof. One that several tries share may come several times. */
  readonly nodes: readonly Uint8Array[];
}

/**
 * Makes a storage proof of a compact one. Time and size are linear in it.
 * @param root what the main trie's root must be, if that is known
 * @throws ProofError
 */
export function decodeCompactProof(
  items: readonly Uint8Array[],
  root?: Uint8Array,
  hash: Hasher = blake2b256,
): DecodedProof {
  const decoder = new CompactDecoder(items, hash);
  const top = decoder.trie();
  if (root !== undefined && !equalBytes(top, root)) {
    throw new ProofError("root-mismatch", `the proof is of root ${bytesToHex(top)}, not ${bytesToHex(root)}`);
  }
  let pending: Uint8Array | undefined;
  for (const expected of presentChildRoots(top, new NodeSet(decoder.nodes, hash))) {
    if (pending === undefined && !decoder.isAtEnd) pending = decoder.trie();
    // Of a child trie there may be nothing in the proof but the root that the main trie holds.
    if (pending !== undefined && equalBytes(pending, expected)) pending = undefined;
  }
  if (pending !== undefined) {
    throw new ProofError(
      "extraneous-child",
      `the main trie holds no child trie of root ${bytesToHex(pending)}`,
    );
  }
  if (!decoder.isAtEnd) throw new ProofError("extraneous", "items follow the last trie", decoder.at);
  return { root: top, nodes: decoder.nodes };
}

/** A node whose children that were left out come in the items that follow. */
class OpenNode {
  readonly fields: NodeFields;
  readonly #references: (Uint8Array | undefined)[] | undefined;
  #slot = 0;

  constructor(fields: NodeFields) {
    this.fields = fields;
    this.#references = fields.references?.slice();
  }

  /** Whether a child is missing; it is the one that `fill` then gives. */
  get isWaiting(): boolean {
    const references = this.#references;
    if (references === undefined) return false;
    while (this.#slot < 16 && references[this.#slot]?.length !== 0) this.#slot++;
    return this.#slot < 16;
  }

  fill(hash: Uint8Array): void {
    this.#references![this.#slot] = hash;
  }

  encode(): Uint8Array {
    return encodeFields({ ...this.fields, references: this.#references });
  }
}

class CompactDecoder {
  readonly nodes: Uint8Array[] = [];
  readonly #items: readonly Uint8Array[];
  readonly #hash: Hasher;
  /** Index of the item that is next. */
  at = 0;

  constructor(items: readonly Uint8Array[], hash: Hasher) {
    this.#items = items;
    this.#hash = hash;
  }

  get isAtEnd(): boolean {
    return this.at === this.#items.length;
  }

  /** Reads the items of one trie and returns its root. */
  trie(): Uint8Array {
    const path: OpenNode[] = [];
    for (;;) {
      const fields = this.#node(path.length === 0);
      if (fields === undefined) return this.#keep(EMPTY_TRIE);
      let node = new OpenNode(fields);
      // A node that waits for no child is done, and is the child that the one above it waited for.
      while (!node.isWaiting) {
        const hash = this.#keep(node.encode());
        const parent = path.pop();
        if (parent === undefined) return hash;
        parent.fill(hash);
        node = parent;
      }
      path.push(node);
    }
  }

  /** The next item's node, its value put in; undefined for the empty trie, which only a whole trie can be. */
  #node(isRoot: boolean): NodeFields | undefined {
    const index = this.at;
    const item = this.#next();
    if (isRoot && equalBytes(item, EMPTY_TRIE)) return undefined;
    if (item[0] !== ESCAPE) return decodingItem(() => decodeFields(item), index);
    const fields = decodingItem(() => decodeFields(item.subarray(1)), index);
    const { value } = fields;
    if (value === undefined || value.hashed || value.bytes.length > 0) {
      throw new ProofError(
        "invalid-node",
        "a node whose value follows has a value of its own, or none",
        index,
      );
    }
    const bytes = this.#next();
    return { ...fields, value: { hashed: true, hash: this.#keep(bytes), bytes: undefined } };
  }

  #next(): Uint8Array {
    const item = this.#items[this.at];
    if (item === undefined) throw new ProofError("incomplete", "the proof ends within a trie", this.at);
    this.at++;
    return item;
  }

  #keep(item: Uint8Array): Uint8Array {
    this.nodes.push(item);
    return this.#hash(item);
  }
}

/**
 * Makes a compact proof of a storage proof. Items that no trie of the state refers to are left out; one that
 * occurs in several places comes several times, as the format wants it.
 * @param nodes in any order
 * @throws ProofError
 */
export function encodeCompactProof(
  root: Uint8Array,
  nodes: Iterable<Uint8Array>,
  hash: Hasher = blake2b256,
): Uint8Array[] {
  const source = new NodeSet(nodes, hash);
  if (equalBytes(root, hash(EMPTY_TRIE))) return [EMPTY_TRIE];
  if (source.get(root) === undefined) {
    throw new ProofError("incomplete", `the proof lacks the root's node, ${bytesToHex(root)}`);
  }
  const encoder = new CompactEncoder(source);
  encoder.trie(root);
  for (const child of presentChildRoots(root, source)) {
    if (source.get(child) !== undefined) encoder.trie(child);
  }
  return encoder.items;
}

/** What a node adds to a proof, wherever it occurs. */
interface CompactNode {
  readonly items: readonly Uint8Array[];
  /** Hashes of children that follow, the last one first. */
  readonly children: readonly Uint8Array[];
}

class CompactEncoder {
  readonly items: Uint8Array[] = [];
  readonly #source: NodeSource;
  readonly #limit = new VisitLimit();
  readonly #done = new Map<Uint8Array, CompactNode>();

  constructor(source: NodeSource) {
    this.#source = source;
  }

  /** Adds the items of one trie, whose root's node there is. */
  trie(root: Uint8Array): void {
    const stack = [root];
    for (let hash = stack.pop(); hash !== undefined; hash = stack.pop()) {
      this.#limit.visit();
      const node = this.#compact(this.#source.get(hash)!);
      this.items.push(...node.items);
      stack.push(...node.children);
    }
  }

  /** @param bytes the item of the set, the same object each time. */
  #compact(bytes: Uint8Array): CompactNode {
    let node = this.#done.get(bytes);
    if (node === undefined) {
      node = this.#encode(decodingItem(() => decodeFields(bytes)));
      this.#done.set(bytes, node);
    }
    return node;
  }

  #encode({ partial, value, references }: NodeFields): CompactNode {
    const children: Uint8Array[] = [];
    const shortened = references?.map((reference) => {
      if (reference?.length !== HASH_LENGTH || this.#source.get(reference) === undefined) return reference;
      children.unshift(reference);
      return OMITTED;
    });
    const detached = value?.hashed ? this.#source.get(value.hash) : undefined;
    if (detached === undefined) {
      return { items: [encodeFields({ partial, value, references: shortened })], children };
    }
    const fields = encodeFields({ partial, value: NO_VALUE, references: shortened });
    const escaped = new Uint8Array(1 + fields.length);
    escaped[0] = ESCAPE;
    escaped.set(fields, 1);
    return { items: [escaped, detached], children };
  }
}
