import { expect } from "chai";
import {
  buildState,
  encodeHeader,
  genesisHash,
  genesisHeader,
  readBlocks,
  readStateFile,
} from "../../../src/host/chain/index.ts";
import { counting } from "../../../src/host/decorate.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { MemoryKeystore, type OffchainHost } from "../../../src/host/polkadot/index.ts";
import { apiVersion, Runtime, RuntimeCalls, RuntimeTrap } from "../../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes, ScaleReader, ScaleWriter } from "../../../src/host/scale/index.ts";
import { CODE_KEY, type State } from "../../../src/host/state/index.ts";
import { CHAIN_DATA_NOTE, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

const CHAINS = ["polkadot-1", "kusama-1", "westend-1-32", "paseo-1001002-synthetic-1"] as const;

function load(chain: string): { readonly state: State; readonly runtime: Runtime } {
  const state = buildState(readStateFile(chainJson(`blocks/${chain}/state.json`)), 0);
  return { state, runtime: Runtime.fromCode(state.get(CODE_KEY)!) };
}

/** Services of a node that is a validator, at a time long past, with a database. */
class Services implements OffchainHost {
  readonly database = new Map<string, Uint8Array>();
  isValidator = () => true;
  submitTransaction = () => true;
  networkState = () => ({ peerId: new Uint8Array(38), addresses: [] });
  timestamp = () => 1_600_000_000_000n;
  sleepUntil = () => {};
  randomSeed = () => new Uint8Array(32).fill(9);
  get = (key: Uint8Array) => this.database.get(bytesToHex(key));
  set = (key: Uint8Array, value: Uint8Array) => {
    this.database.set(bytesToHex(key), value);
  };
  clear = (key: Uint8Array) => {
    this.database.delete(bytesToHex(key));
  };
}

describe(`real runtimes with a node's services${CHAIN_DATA_NOTE}`, function () {
  this.timeout(60_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  it("make session keys of a seed, and keep them in the keystore", () => {
    const ALICE = {
      ed25519: "0x88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee",
      sr25519: "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
    };
    for (const chain of CHAINS) {
      const { state, runtime } = load(chain);
      const keystore = new MemoryKeystore();
      const seed = new ScaleWriter().option(bytes("//Alice"), (w, uri) => w.bytes(uri)).finish();
      const { output } = runtime.call("SessionKeys_generate_session_keys", seed, { state, keystore });
      const keys = new ScaleReader(output, "keys").bytes();
      expect(bytesToHex(keys.slice(0, 32)), chain).to.equal(ALICE.ed25519);
      expect(bytesToHex(keys.slice(32, 64)), chain).to.equal(ALICE.sr25519);
      expect(keystore.publicKeys("ed25519", bytes("gran")).map((key) => bytesToHex(key))).to.deep.equal([
        ALICE.ed25519,
      ]);
      expect(keystore.publicKeys("sr25519", bytes("babe")).map((key) => bytesToHex(key))).to.deep.equal([
        ALICE.sr25519,
      ]);
      expect(() => runtime.call("SessionKeys_generate_session_keys", seed, { state }))
        .to.throw(RuntimeTrap)
        .with.nested.property("trap.code", "keystore-unavailable");
    }
  });

  it("run their offchain workers, and only as such", () => {
    const used = new Map<string, number>();
    for (const chain of CHAINS) {
      const { state, runtime } = load(chain);
      const header = { ...genesisHeader(state), number: 1 };
      const version = apiVersion(runtime.version(), "OffchainWorkerApi")!;
      const input = version >= 2 ? encodeHeader(header) : new ScaleWriter().u32(1).finish();
      const offchain = new Services();
      const keystore = new MemoryKeystore();
      const worker = (context: "offchain" | "call") =>
        runtime.call("OffchainWorkerApi_offchain_worker", input, {
          state,
          context,
          offchain,
          keystore,
          decorate: counting(used),
        });
      expect(worker("offchain").output.length, chain).to.equal(0);
      expect(() => worker("call"))
        .to.throw(RuntimeTrap)
        .with.nested.property("trap.code", "offchain-only");
    }
    for (const name of [
      "is_validator",
      "timestamp",
      "local_storage_get",
      "local_storage_set",
      "local_storage_compare_and_set",
    ]) {
      expect(used.has(`ext_offchain_${name}_version_1`), name).to.equal(true);
    }
  });

  it("judge transactions, in a block begun for them where they are of 2019 and 2020", () => {
    for (const chain of CHAINS) {
      const { state, runtime } = load(chain);
      const [block] = readBlocks(chainJson(`blocks/${chain}/blocks.json`));
      let calls = 0;
      const api = new RuntimeCalls(runtime, { state }, () => calls++);
      const at = { number: 0, hash: genesisHash(state) };
      // An inherent is nothing for the pool.
      const result = api.validateTransaction({ extrinsic: block!.extrinsics[0]!, at });
      expect(result.valid, chain).to.equal(false);
      expect(calls).to.equal(chain.startsWith("paseo") ? 1 : 2);
    }
  });
});
