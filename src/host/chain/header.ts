import { ScaleReader } from "../scale/reader.ts";
import { ScaleWriter } from "../scale/writer.ts";
import { blake2b256 } from "../state/hash.ts";
import type { StateVersion } from "../state/trie/node.ts";
import { orderedTrieRoot } from "../state/trie/roots.ts";
import { type DigestItem, type EngineItem, readDigestItem, writeDigestItem } from "./digest.ts";

/** A block header of a chain with 32-bit block numbers and BLAKE2b-256, as Polkadot's. Hashes are 32 bytes. */
export interface Header {
  readonly parentHash: Uint8Array;
  readonly number: number;
  readonly stateRoot: Uint8Array;
  readonly extrinsicsRoot: Uint8Array;
  readonly digest: readonly DigestItem[];
}

/** Reads a header from the front of something longer, such as a block. @throws ScaleError */
export function readHeader(reader: ScaleReader): Header {
  return {
    parentHash: reader.fixed(32),
    number: reader.compactU32(),
    stateRoot: reader.fixed(32),
    extrinsicsRoot: reader.fixed(32),
    digest: reader.vec(readDigestItem),
  };
}

/** Decodes a header that takes up all bytes; encoding it again gives the same bytes. @throws ScaleError */
export function decodeHeader(bytes: Uint8Array): Header {
  const reader = new ScaleReader(bytes, "header");
  const header = readHeader(reader);
  reader.end();
  return header;
}

export function encodeHeader(header: Header): Uint8Array {
  return new ScaleWriter()
    .fixed(header.parentHash)
    .compact(header.number)
    .fixed(header.stateRoot)
    .fixed(header.extrinsicsRoot)
    .vec(header.digest, writeDigestItem)
    .finish();
}

/** The hash that names the block: of the whole header, seal included. */
export function blockHash(header: Header): Uint8Array {
  return blake2b256(encodeHeader(header));
}

/** The seal: the last digest item, if it is one. */
export function sealOf(header: Header): EngineItem | undefined {
  const last = header.digest[header.digest.length - 1];
  return last?.type === "seal" ? last : undefined;
}

/** The header as its author signed it and as the runtime executes it: without the seal that ends the digest. */
export function withoutSeal(header: Header): Header {
  return sealOf(header) === undefined ? header : { ...header, digest: header.digest.slice(0, -1) };
}

/**
 * Root of the trie over a block's extrinsics, each in its full encoding with its length prefix.
 * @param version 0, or 1 from system version 2 on (RFC-42)
 */
export function extrinsicsRoot(extrinsics: readonly Uint8Array[], version: StateVersion): Uint8Array {
  return orderedTrieRoot(extrinsics, version);
}
