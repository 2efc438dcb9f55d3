export { StateError, type StateErrorKind, WitnessIncomplete } from "./errors.ts";
export { blake2b256, type Hasher, keccak256 } from "./hash.ts";
export { decodeOperations, encodeOperations, type OverlayOperation } from "./operations.ts";
export { ChildOverlay, Overlay, type StorageDiff } from "./overlay.ts";
export * from "./proof/index.ts";
export { type ChildEntries, childRootKey, State, type StorageChanges } from "./state.ts";
export * from "./trie/index.ts";
export type { Removal } from "./trie-overlay.ts";
export {
  CHILD_STORAGE_PREFIX,
  CODE_KEY,
  DEFAULT_CHILD_PREFIX,
  HEAP_PAGES_KEY,
  PENDING_CODE_KEY,
} from "./well-known-keys.ts";
