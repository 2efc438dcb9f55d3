import { blake2b256 } from "../state/hash.ts";
import { EMPTY_TRIE } from "../state/trie/codec.ts";
import { blockHash, type Header } from "./header.ts";

/** The header of block 0, which follows from the genesis state alone. */
export function genesisHeader(state: { readonly root: Uint8Array }): Header {
  return {
    parentHash: new Uint8Array(32),
    number: 0,
    stateRoot: state.root,
    extrinsicsRoot: blake2b256(EMPTY_TRIE),
    digest: [],
  };
}

/** The hash that names the chain. */
export function genesisHash(state: { readonly root: Uint8Array }): Uint8Array {
  return blockHash(genesisHeader(state));
}
