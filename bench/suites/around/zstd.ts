import { decompress } from "fzstd";
import { bytesToHex } from "../../../src/host/index.ts";
import { blake2b256, unpackCode } from "../../../src/host/polkadot/index.ts";
import type { Table } from "../../result.ts";
import { type RuntimeSubject, readBytes } from "../../subjects/runtimes.ts";
import { type Pair, pairTable } from "./rows.ts";

/** Bytes before the zstd frame in a code blob. */
const PREFIX = 8;

export async function zstdTable(subjects: readonly RuntimeSubject[]): Promise<Table> {
  const pairs = subjects.map(({ name, file }): Pair => {
    const blob = readBytes(file);
    const frame = blob.subarray(PREFIX);
    const [ours, peer] = [unpackCode(blob), decompress(frame)];
    if (bytesToHex(blake2b256(ours)) !== bytesToHex(blake2b256(peer))) throw new Error(`${name} differs`);
    const size = (bytes: Uint8Array): string => (bytes.length / 1e6).toFixed(2);
    return {
      name: `${name}, ${size(blob)} to ${size(ours)} MB`,
      ours: () => unpackCode(blob),
      peer: () => decompress(frame),
    };
  });
  const note =
    "From a code blob to the module. Beside it fzstd alone, which does the work for both: what is ours is to bound what a " +
    "hostile frame can cost, and to check its checksum.";
  return pairTable({ title: "Decompression", note, peer: "fzstd" }, pairs);
}
