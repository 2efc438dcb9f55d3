import {
  encodeHeader,
  encodeRuntimeVersion,
  extrinsicsRoot,
  genesisHash,
  type Header,
} from "../../src/host/chain/index.ts";
import { bytesToHex } from "../../src/host/hex.ts";
import { CODE_KEY, type Entry, State } from "../../src/host/state/index.ts";
import type { Bytes } from "../decoder/assemble.ts";
import { call, endless, guest, I64, i64, inputSpan, op, span } from "../host/runtime/guest.ts";

const VERSION_AT = 1024;
const KEY_AT = 2048;
const VALUE_AT = 2064;

export const KEY = new TextEncoder().encode("tiny:count");
export const VALUE = Uint8Array.of(7, 7);

const version = encodeRuntimeVersion({
  specName: "tiny",
  implName: "test",
  authoringVersion: 1,
  specVersion: 3,
  implVersion: 1,
  apis: [],
  transactionVersion: 1,
  systemVersion: 0,
});

const ENTRY_POINTS: { readonly [method: string]: Bytes } = {
  Core_version: span(VERSION_AT, version.length),
  // Writes one value, whatever the block: enough for a state root that depends on execution.
  Core_execute_block: [...span(KEY_AT, KEY.length), ...span(VALUE_AT, VALUE.length), ...call(0), ...i64(0n)],
  Test_echo: inputSpan,
  // The value of the key that is the input, as ext_storage_get gives it.
  Test_get: [...inputSpan, ...call(1)],
  Test_trap: op("unreachable"),
  Test_spin: endless,
};

/** A runtime of a few bytes that behaves as real ones do. */
export function tinyRuntime(): Uint8Array {
  return guest({
    memory: "exported",
    imports: [
      ["ext_storage_set_version_1", [I64, I64], []],
      ["ext_storage_get_version_1", [I64], [I64]],
    ],
    functions: Object.entries(ENTRY_POINTS).map(([name, code]) => ({ name, code })),
    data: [
      [VERSION_AT, version],
      [KEY_AT, KEY],
      [VALUE_AT, VALUE],
    ],
  });
}

export interface TinyBlock {
  readonly header: string;
  readonly extrinsics: readonly string[];
}

/** A chain with that runtime: its genesis as files hold it, and two blocks. @param more entries of the genesis */
export function tinyChain(more: readonly Entry[] = []) {
  const code = tinyRuntime();
  const entries: readonly Entry[] = [[CODE_KEY, code], ...more];
  const genesis = State.fromEntries(entries);
  const after = State.fromEntries([...entries, [KEY, VALUE]]);
  const extrinsics = [Uint8Array.of(4 << 2, 1, 2, 3, 4)];
  const first: Header = {
    parentHash: genesisHash(genesis),
    number: 1,
    stateRoot: after.root,
    extrinsicsRoot: extrinsicsRoot(extrinsics, 0),
    digest: [],
  };
  const block = (header: Header): TinyBlock => ({
    header: bytesToHex(encodeHeader(header)),
    extrinsics: extrinsics.map(bytesToHex),
  });
  const top = Object.fromEntries(entries.map(([key, value]) => [bytesToHex(key), bytesToHex(value)]));
  return {
    code,
    first,
    block,
    stateRoot: bytesToHex(after.root),
    genesisRoot: bytesToHex(genesis.root),
    genesisHash: bytesToHex(genesisHash(genesis)),
    state: top,
    spec: { name: "Tiny", id: "tiny", genesis: { raw: { top, childrenDefault: {} } } },
  };
}
