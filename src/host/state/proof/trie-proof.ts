import { compareBytes, equalBytes } from "../../bytes.ts";
import { bytesToHex } from "../../hex.ts";
import { blake2b256, type Hasher } from "../hash.ts";
import { decodeFields, EMPTY_TRIE, encodeFields, type NodeFields } from "../trie/codec.ts";
import { commonNibbles, matchLength, nibbleAt } from "../trie/nibbles.ts";
import { HASH_LENGTH, type NodeValue, type StateVersion } from "../trie/node.ts";
import { nodeValue } from "../trie/trie.ts";
import { ProofError } from "./errors.ts";
import { decodingItem } from "./walk.ts";

/** An entry that a trie is claimed to have; without a value, a key that it is claimed not to have. */
export interface TrieClaim {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/**
 * Verifies what `ext_trie_*_verify_proof` takes (trie.md section 11; reference: trie-db `proof::verify_proof`): the
 * nodes on the paths to the claimed keys in pre-order, without the claimed values and without the hashes of nodes
 * that are there. Unlike other proofs it must hold nothing that the claims do not need.
 * @param version by which long values are represented
 * @throws ProofError
 */
export function verifyTrieProof(
  root: Uint8Array,
  proof: readonly Uint8Array[],
  claims: readonly TrieClaim[],
  version: StateVersion,
  hash: Hasher = blake2b256,
): void {
  if (claims.length === 0) {
    if (proof.length > 0) throw new ProofError("extraneous", "nothing is claimed, yet there are nodes", 0);
    return;
  }
  new TrieProofVerifier(proof, sorted(claims), version, hash).verify(root);
}

function sorted(claims: readonly TrieClaim[]): TrieClaim[] {
  const order = [...claims].sort((a, b) => compareBytes(a.key, b.key));
  const twice = order.find((claim, i) => i > 0 && equalBytes(order[i - 1].key, claim.key));
  if (twice !== undefined) {
    throw new ProofError("duplicate-key", `key ${bytesToHex(twice.key.subarray(0, 64))} is claimed twice`);
  }
  return order;
}

/** A node on the path to a claimed key. */
class OpenNode {
  /** Index of the item that it is, or is in. */
  readonly item: number;
  /** Whether it stood in its parent, and will again. */
  readonly inline: boolean;
  /** How many nibbles lead to the node, */
  readonly start: number;
  /** and how many lead to its value and its children's slots. */
  readonly depth: number;
  /** Undefined: the empty trie. */
  readonly fields: NodeFields | undefined;
  readonly references: (Uint8Array | undefined)[] | undefined;
  value: NodeValue | undefined;
  /** The slot last descended into. */
  slot = 0;

  constructor(bytes: Uint8Array, item: number, inline: boolean, start: number) {
    this.item = item;
    this.inline = inline;
    this.start = start;
    // The reference takes what begins with the header of the empty trie for it, and ignores bytes behind a node.
    this.fields =
      bytes[0] === EMPTY_TRIE[0] ? undefined : decodingItem(() => decodeFields(bytes, "ignore"), item);
    this.depth = start + (this.fields?.partial.length ?? 0);
    this.references = this.fields?.references?.slice();
    this.value = this.fields?.value;
  }

  /** Whether a key that leads to the node goes on with the node's partial key. */
  matches(key: Uint8Array): boolean {
    const { fields } = this;
    return fields !== undefined && matchLength(fields.partial, key, this.start) === fields.partial.length;
  }

  encode(): Uint8Array {
    const { fields, value, references } = this;
    return fields === undefined ? EMPTY_TRIE : encodeFields({ partial: fields.partial, value, references });
  }
}

class TrieProofVerifier {
  readonly #proof: readonly Uint8Array[];
  readonly #claims: readonly TrieClaim[];
  readonly #version: StateVersion;
  readonly #hash: Hasher;
  #item = 0;
  /** The claim to be settled next, and how many nibbles it shares with the one before it. */
  #claim = 0;
  #shared = 0;

  constructor(
    proof: readonly Uint8Array[],
    claims: readonly TrieClaim[],
    version: StateVersion,
    hash: Hasher,
  ) {
    this.#proof = proof;
    this.#claims = claims;
    this.#version = version;
    this.#hash = hash;
  }

  verify(root: Uint8Array): void {
    const path: OpenNode[] = [];
    let node = this.#next(0);
    for (;;) {
      const child = this.#settleClaims(node);
      if (child !== undefined) {
        path.push(node);
        node = child;
        continue;
      }
      const reference = this.#reference(node);
      const parent = path.pop();
      if (parent === undefined) {
        this.#finish(root, reference);
        return;
      }
      parent.references![parent.slot] = reference;
      node = parent;
    }
  }

  #finish(root: Uint8Array, computed: Uint8Array): void {
    if (this.#item < this.#proof.length) {
      throw new ProofError("extraneous", "nodes follow that no claim needs", this.#item);
    }
    if (!equalBytes(computed, root)) {
      const reason = `the proof is of root ${bytesToHex(computed)}, not ${bytesToHex(root)}`;
      throw new ProofError("root-mismatch", reason);
    }
  }

  /** Deals with the claims below a node up to one that needs a child, which is returned. */
  #settleClaims(node: OpenNode): OpenNode | undefined {
    for (; this.#claim < this.#claims.length; this.#advance()) {
      const claim = this.#claims[this.#claim];
      const { key, value } = claim;
      // The claim before led through this node.
      if (this.#shared < node.start) return undefined;
      if (!node.matches(key)) {
        if (value !== undefined) throw mismatch(claim, node);
      } else if (node.depth === key.length * 2) {
        this.#putValue(node, claim);
      } else {
        node.slot = nibbleAt(key, node.depth);
        const reference = node.references?.[node.slot];
        if (reference !== undefined) return this.#child(node, reference);
        if (value !== undefined) throw mismatch(claim, node);
      }
    }
    return undefined;
  }

  #advance(): void {
    const before = this.#claims[this.#claim++];
    const next = this.#claims[this.#claim];
    if (next !== undefined) this.#shared = commonNibbles(before.key, next.key);
  }

  #putValue(node: OpenNode, claim: TrieClaim): void {
    const { value, references, item } = node;
    const isOmitted =
      references === undefined ? value?.hashed === false && value.bytes.length === 0 : value === undefined;
    if (!isOmitted) throw new ProofError("extraneous-value", "a claimed key's value is not left out", item);
    if (claim.value !== undefined) node.value = nodeValue(claim.value, this.#version, this.#hash);
    else if (references === undefined) throw mismatch(claim, node);
  }

  /** The child to which the next claim leads. */
  #child(parent: OpenNode, reference: Uint8Array): OpenNode {
    const start = parent.depth + 1;
    this.#shared = start;
    if (reference.length === 0) return this.#next(start);
    if (reference.length < HASH_LENGTH) return new OpenNode(reference, parent.item, true, start);
    throw new ProofError("extraneous-hash", "the hash of a node on the path is not left out", parent.item);
  }

  #next(start: number): OpenNode {
    const item = this.#proof[this.#item];
    if (item === undefined) throw new ProofError("incomplete", "nodes on the path are missing", this.#item);
    return new OpenNode(item, this.#item++, false, start);
  }

  /** What stands for the node in its parent; of the first node, the root. */
  #reference(node: OpenNode): Uint8Array {
    const bytes = node.encode();
    if (!node.inline) return this.#hash(bytes);
    if (bytes.length <= HASH_LENGTH) return bytes;
    throw new ProofError("invalid-node", `an inline child of ${bytes.length} bytes`, node.item);
  }
}

function mismatch({ key, value }: TrieClaim, node: OpenNode): ProofError {
  const claimed = value === undefined ? "absent" : "present";
  const reason = `key ${bytesToHex(key.subarray(0, 64))} is claimed to be ${claimed}, and is not`;
  return new ProofError("value-mismatch", reason, node.item);
}
