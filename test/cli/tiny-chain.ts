import {
  encodeHeader,
  encodeRuntimeVersion,
  extrinsicsRoot,
  genesisHash,
  type Header,
} from "../../src/host/chain/index.ts";
import { bytesToHex } from "../../src/host/hex.ts";
import { CODE_KEY, type Entry, State } from "../../src/host/state/index.ts";
import {
  body,
  bytesOf,
  funcType,
  I32,
  I64,
  name,
  OP,
  section,
  signed,
  unsigned,
  vector,
} from "../decoder/assemble.ts";

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

/** Address and length as runtimes pass them. */
function span(at: number, bytes: Uint8Array): number[] {
  return [OP["i64.const"]!, ...signed((BigInt(bytes.length) << 32n) | BigInt(at))];
}

function data(at: number, bytes: Uint8Array): number[] {
  return [0, OP["i32.const"]!, ...signed(at), OP["end"]!, ...unsigned(bytes.length), ...bytes];
}

/** The entry point's two parameters as a span. */
const inputSpan = [
  ...[OP["local.get"]!, 1, OP["i64.extend_i32_u"]!, OP["i64.const"]!, 32, OP["i64.shl"]!],
  ...[OP["local.get"]!, 0, OP["i64.extend_i32_u"]!, OP["i64.or"]!],
];

const ENTRY_POINTS: { readonly [method: string]: number[] } = {
  Core_version: span(VERSION_AT, version),
  // Writes one value, whatever the block: enough for a state root that depends on execution.
  Core_execute_block: [...span(KEY_AT, KEY), ...span(VALUE_AT, VALUE), OP["call"]!, 0, OP["i64.const"]!, 0],
  Test_echo: inputSpan,
  // The value of the key that is the input, as ext_storage_get gives it.
  Test_get: [...inputSpan, OP["call"]!, 1],
  Test_trap: [OP["unreachable"]!],
  Test_spin: [OP["loop"]!, 0x40, OP["br"]!, 0, OP["end"]!, OP["unreachable"]!],
};

/** A runtime of a few bytes that behaves as real ones do. */
export function tinyRuntime(): Uint8Array {
  const methods = Object.keys(ENTRY_POINTS);
  return bytesOf(
    section(1, vector([funcType([I64, I64], []), funcType([I32, I32], [I64]), funcType([I64], [I64])])),
    section(
      2,
      vector([
        [...name("env"), ...name("ext_storage_set_version_1"), 0, 0],
        [...name("env"), ...name("ext_storage_get_version_1"), 0, 2],
      ]),
    ),
    section(3, vector(methods.map(() => [1]))),
    section(5, vector([[0, 1]])),
    section(6, vector([[I32, 0, OP["i32.const"]!, ...signed(4096), OP["end"]!]])),
    section(
      7,
      vector([
        [...name("memory"), 2, 0],
        [...name("__heap_base"), 3, 0],
        ...methods.map((method, i) => [...name(method), 0, i + 2]),
      ]),
    ),
    section(10, vector(Object.values(ENTRY_POINTS).map((code) => body(code)))),
    section(11, vector([data(VERSION_AT, version), data(KEY_AT, KEY), data(VALUE_AT, VALUE)])),
  );
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
