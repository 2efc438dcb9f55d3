import { POLKADOT_BLOCK_1 } from "../../../src/cli/demo/polkadot-block-1.ts";
import { HeaderCodec, RuntimeVersionCodec } from "../../../src/host/chain/codec.ts";
import { bytesToHex } from "../../../src/host/index.ts";
import {
  decodeHeader,
  decodeRuntimeVersion,
  encodeHeader,
  encodeRuntimeVersion,
  type RuntimeVersion,
  readBlocks,
  runtimeApiId,
} from "../../../src/host/polkadot/index.ts";
import type { Table } from "../../result.ts";
import { type Pair, pairTable } from "./rows.ts";

/** Encodings in one run. */
const TIMES = 100;

/** As long as a relay chain's. */
const VERSION: RuntimeVersion = {
  specName: "polkadot",
  implName: "parity-polkadot",
  authoringVersion: 0,
  specVersion: 9400,
  implVersion: 0,
  apis: Array.from({ length: 19 }, (_, i) => ({ id: runtimeApiId(`Api${i}`), version: i % 5 })),
  transactionVersion: 20,
  systemVersion: 0,
};

export async function scaleTable(): Promise<Table> {
  const [{ header }] = readBlocks(POLKADOT_BLOCK_1) as [ReturnType<typeof readBlocks>[number]];
  const headerBytes = encodeHeader(header);
  // Its Core API would have to be among the APIs for the last fields to be required; they are read all the same.
  const versionBytes = encodeRuntimeVersion(VERSION);
  const pairs = [
    roundTrip(
      "header",
      headerBytes,
      (bytes) => encodeHeader(decodeHeader(bytes)),
      () => new HeaderCodec(header).toU8a(),
    ),
    roundTrip(
      "runtime version",
      versionBytes,
      (bytes) => encodeRuntimeVersion(decodeRuntimeVersion(bytes)),
      () => new RuntimeVersionCodec(VERSION).toU8a(),
    ),
  ];
  const note =
    "Decoded and encoded again, 100 times. Beside it the classes of `@polkadot/types-codec`, which decode leniently and " +
    "keep an object for each field.";
  return pairTable({ title: "SCALE", note, peer: "types-codec" }, pairs);
}

function roundTrip(
  name: string,
  bytes: Uint8Array,
  ours: (bytes: Uint8Array) => Uint8Array,
  peer: () => Uint8Array,
): Pair {
  for (const encoded of [ours(bytes), peer()]) {
    if (bytesToHex(encoded) !== bytesToHex(bytes)) throw new Error(`the ${name} comes out differently`);
  }
  const repeated = (run: () => unknown) => () => {
    for (let i = 0; i < TIMES; i++) run();
  };
  return { name, ours: repeated(() => ours(bytes)), peer: repeated(peer) };
}
