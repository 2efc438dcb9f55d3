import { blake2b } from "@noble/hashes/blake2.js";
import { bytesToHex, type Hex, hexToBytes } from "../hex.ts";
import { ScaleReader } from "../scale/reader.ts";
import { encodeUtf8 } from "../scale/utf8.ts";
import { ScaleWriter } from "../scale/writer.ts";
import type { StateVersion } from "../state/trie/node.ts";

/** A runtime API that a runtime implements. */
export interface RuntimeApi {
  /** Eight bytes in hex. See `runtimeApiId`. */
  readonly id: Hex;
  readonly version: number;
}

export interface RuntimeVersion {
  readonly specName: string;
  readonly implName: string;
  readonly authoringVersion: number;
  readonly specVersion: number;
  readonly implVersion: number;
  readonly apis: readonly RuntimeApi[];
  /** 1 where the runtime is too old to say. */
  readonly transactionVersion: number;
  /** `state_version` in older runtimes. 0 where the runtime is too old to say. */
  readonly systemVersion: number;
}

/** The id of the runtime API trait of this name: its BLAKE2b hash of eight bytes. */
export function runtimeApiId(name: string): Hex {
  return bytesToHex(blake2b(encodeUtf8(name), { dkLen: 8 }));
}

const CORE_API = runtimeApiId("Core");

/** Version of the Core API from which on the field is part of the encoding. */
const TRANSACTION_VERSION_SINCE = 3;
const SYSTEM_VERSION_SINCE = 4;

/**
 * Decodes what `Core_version` returns. The last two fields are required if the runtime's Core API has them, and
 * otherwise read if there are bytes left, as runtimes without a Core API carry them too; what follows is ignored.
 * @throws ScaleError
 */
export function decodeRuntimeVersion(bytes: Uint8Array): RuntimeVersion {
  return decode(bytes, undefined);
}

/**
 * Decodes the custom sections `runtime_version` and `runtime_apis` of a runtime's module, which together say what
 * `Core_version` would: the first has the APIs left out, the second, if present, is the list of them.
 * @throws ScaleError
 */
export function decodeVersionSections(version: Uint8Array, apis: Uint8Array | undefined): RuntimeVersion {
  return decode(version, apis && decodeRuntimeApis(apis));
}

/** Decodes the custom section `runtime_apis`: ids of 8 bytes and u32 versions, nothing else. @throws ScaleError */
export function decodeRuntimeApis(section: Uint8Array): RuntimeApi[] {
  const reader = new ScaleReader(section, "runtime_apis section");
  const apis: RuntimeApi[] = [];
  while (reader.remaining > 0) apis.push(readApi(reader));
  return apis;
}

function decode(bytes: Uint8Array, apisElsewhere: readonly RuntimeApi[] | undefined): RuntimeVersion {
  const reader = new ScaleReader(bytes, "runtime version");
  const specName = reader.string();
  const implName = reader.string();
  const authoringVersion = reader.u32();
  const specVersion = reader.u32();
  const implVersion = reader.u32();
  const apisHere = reader.vec(readApi, 12);
  const apis = apisElsewhere ?? apisHere;
  const core = apis.find(({ id }) => id === CORE_API)?.version ?? 0;
  const has = (since: number) => core >= since || reader.remaining > 0;
  return {
    specName,
    implName,
    authoringVersion,
    specVersion,
    implVersion,
    apis,
    transactionVersion: has(TRANSACTION_VERSION_SINCE) ? reader.u32() : 1,
    systemVersion: has(SYSTEM_VERSION_SINCE) ? reader.u8() : 0,
  };
}

function readApi(reader: ScaleReader): RuntimeApi {
  return { id: bytesToHex(reader.fixed(8)), version: reader.u32() };
}

/** The encoding with all fields, as current hosts give it to runtimes that ask for a version. */
export function encodeRuntimeVersion(version: RuntimeVersion): Uint8Array {
  return new ScaleWriter()
    .string(version.specName)
    .string(version.implName)
    .u32(version.authoringVersion)
    .u32(version.specVersion)
    .u32(version.implVersion)
    .vec(version.apis, (writer, api) => writer.fixed(hexToBytes(api.id)).u32(api.version))
    .u32(version.transactionVersion)
    .u8(version.systemVersion)
    .finish();
}

/** How a runtime of this version has the state trie hold values. */
export function stateTrieVersion({ systemVersion }: Pick<RuntimeVersion, "systemVersion">): StateVersion {
  return systemVersion === 0 ? 0 : 1;
}

/** The version of the trie behind a header's extrinsics root (RFC-42). */
export function extrinsicsTrieVersion({
  systemVersion,
}: Pick<RuntimeVersion, "systemVersion">): StateVersion {
  return systemVersion < 2 ? 0 : 1;
}
