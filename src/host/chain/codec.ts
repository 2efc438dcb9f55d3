import {
  Bytes,
  Compact,
  Enum,
  Null,
  Option,
  Struct,
  Text,
  Tuple,
  U8,
  U8aFixed,
  U32,
  Vec,
} from "@polkadot/types-codec";
import { CodecRegistry } from "../scale/registry.ts";
import { encodeHeader, type Header } from "./header.ts";
import { encodeRuntimeVersion, type RuntimeVersion } from "./runtime-version.ts";

/**
 * Headers and runtime versions as classes of `@polkadot/types-codec`, with `toHuman`, `toJSON`, `toHex`, `toU8a` and
 * the rest that tools of the ecosystem expect. They are made from values that were decoded strictly before.
 */

const registry = new CodecRegistry();

const EngineId = U8aFixed.with(32);
const Engine = Tuple.with([EngineId, Bytes]);

/** The position is the variant's byte; 3 is not in use. */
const DigestItem = Enum.with({
  Other: Bytes,
  AuthoritiesChange: Vec.with(U8aFixed.with(256)),
  ChangesTrieRoot: U8aFixed.with(256),
  Unused: Null,
  Consensus: Engine,
  Seal: Engine,
  PreRuntime: Engine,
  ChangesTrieSignal: Enum.with({ NewConfiguration: Option.with(Tuple.with([U32, U32])) }),
  RuntimeEnvironmentUpdated: Null,
});

export class HeaderCodec extends Struct {
  constructor(header: Header) {
    super(
      registry,
      {
        parentHash: U8aFixed.with(256),
        number: Compact.with(U32),
        stateRoot: U8aFixed.with(256),
        extrinsicsRoot: U8aFixed.with(256),
        digest: Struct.with({ logs: Vec.with(DigestItem) }),
      },
      encodeHeader(header),
    );
  }
}

export class RuntimeVersionCodec extends Struct {
  constructor(version: RuntimeVersion) {
    super(
      registry,
      {
        specName: Text,
        implName: Text,
        authoringVersion: U32,
        specVersion: U32,
        implVersion: U32,
        apis: Vec.with(Tuple.with([U8aFixed.with(64), U32])),
        transactionVersion: U32,
        systemVersion: U8,
      },
      encodeRuntimeVersion(version),
    );
  }
}
