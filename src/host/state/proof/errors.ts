/**
 * What is wrong with a proof that is more than a set of nodes.
 * - `incomplete`: it ends, or lacks the root's node, before what it has to show is there.
 * - `invalid-node`: an item that has to be a node is none, or not in the form this proof requires.
 * - `root-mismatch`: it proves another root. - `extraneous`: it has items that nothing asks for.
 * - `invalid-child-root`: the entry of a child trie's root is not 32 bytes.
 * - `extraneous-child`: it has a child trie whose root the main trie does not hold.
 * - `value-mismatch`: a claimed entry is not in the trie. - `extraneous-value`: a value to be left out is there.
 * - `extraneous-hash`: a hash to be left out is there. - `duplicate-key`: a key is claimed twice.
 * - `too-large`: nodes are shared so often that walking them would not end in reasonable time.
 */
export type ProofErrorKind =
  | "incomplete"
  | "invalid-node"
  | "root-mismatch"
  | "extraneous"
  | "invalid-child-root"
  | "extraneous-child"
  | "value-mismatch"
  | "extraneous-value"
  | "extraneous-hash"
  | "duplicate-key"
  | "too-large";

/** A proof does not prove what it should. Always the input's fault. */
export class ProofError extends Error {
  override readonly name = "ProofError";
  readonly kind: ProofErrorKind;
  /** Index of the offending item in the proof, where there is one. */
  readonly item: number | undefined;

  constructor(kind: ProofErrorKind, reason: string, item?: number) {
    super(item === undefined ? reason : `${reason} (item ${item})`);
    this.kind = kind;
    this.item = item;
  }
}
