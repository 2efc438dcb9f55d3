import { bytesToHex } from "../hex.ts";

/**
 * What is wrong with a state or with a use of it.
 * - `key-too-long`: a key exceeds the 65,535 nibbles that the node codec can express (reference: NIBBLE_SIZE_BOUND).
 * - `unsorted-keys`: entries that must come in strictly ascending order do not.
 * - `odd-key`: a value stands at a path of an odd number of nibbles, which no key has.
 * - `invalid-node`: bytes that a trusted hash vouches for are not a trie node.
 * - `invalid-child-root`: the entry of a child trie's root is not 32 bytes.
 * - `child-root-mismatch`: a child trie given in full does not have the root that the main trie holds for it.
 * - `root-mismatch`: a state does not have the root it was said to have.
 * - `no-transaction`: commit or rollback without an open transaction.
 * - `open-transaction`: the state was committed with transactions still open.
 */
export type StateErrorKind =
  | "key-too-long"
  | "unsorted-keys"
  | "odd-key"
  | "invalid-node"
  | "invalid-child-root"
  | "child-root-mismatch"
  | "root-mismatch"
  | "no-transaction"
  | "open-transaction";

export class StateError extends Error {
  override readonly name = "StateError";
  readonly kind: StateErrorKind;
  /** The key concerned, where there is one. */
  readonly key: Uint8Array | undefined;

  constructor(kind: StateErrorKind, reason: string, key?: Uint8Array) {
    super(key === undefined ? reason : `${reason} (key ${shorten(bytesToHex(key.subarray(0, 65)))})`);
    this.kind = kind;
    this.key = key;
  }
}

/** Hostile keys are long; a message is for reading. */
function shorten(hex: string): string {
  return hex.length > 130 ? `${hex.slice(0, 130)}…` : hex;
}

/**
 * A partial state lacks a trie node or a detached value that an operation needs. It says nothing about whether
 * the key exists: a verifier must stop, never take it for absence.
 */
export class WitnessIncomplete extends Error {
  override readonly name = "WitnessIncomplete";
  /** Hash of the missing node or value. */
  readonly hash: Uint8Array;
  /** The key whose path or value needed it. */
  readonly key: Uint8Array;

  constructor(hash: Uint8Array, key: Uint8Array) {
    super(`witness lacks ${bytesToHex(hash)}, needed for key ${shorten(bytesToHex(key.subarray(0, 65)))}`);
    this.hash = hash;
    this.key = key;
  }
}
