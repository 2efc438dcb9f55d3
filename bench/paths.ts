/** The repository's root: the built files lie one folder deeper than the sources, whatever that folder's name. */
export const ROOT = new URL("../../", import.meta.url);
/** Where results are saved and looked for. */
export const RESULTS = new URL("bench/results/", ROOT);
/** Chain data beside the repository, where there is any. */
export const CHAIN = new URL("../shared/chain/", ROOT);
/** What `npm run bench:peers` fetches and builds; no part of the repository. */
export const BUILT_PEERS = new URL(".cache/bench/", ROOT);
