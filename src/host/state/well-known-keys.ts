import { fromLatin1 } from "../bytes.ts";

/** The runtime's code. */
export const CODE_KEY = fromLatin1(":code");
/** The code that applies from the next block on (RFC-123). */
export const PENDING_CODE_KEY = fromLatin1(":pending_code");
/** Number of heap pages, u64. */
export const HEAP_PAGES_KEY = fromLatin1(":heappages");
/** What runtimes cannot write through the main trie's functions. */
export const CHILD_STORAGE_PREFIX = fromLatin1(":child_storage:");
/** The main trie holds the root of child trie N at this prefix followed by N. */
export const DEFAULT_CHILD_PREFIX = fromLatin1(":child_storage:default:");
