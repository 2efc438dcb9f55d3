export { type DecodedProof, decodeCompactProof, encodeCompactProof } from "./compact.ts";
export { ProofError, type ProofErrorKind } from "./errors.ts";
export { NodeSet } from "./node-set.ts";
export { StateRecorder } from "./recorder.ts";
export { type ProvenEntry, proveRead, type ReadProof, readProof } from "./storage-proof.ts";
export { type TrieClaim, verifyTrieProof } from "./trie-proof.ts";
export { type Witness, witnessState } from "./witness.ts";
