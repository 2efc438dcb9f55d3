import { expect } from "chai";
import { decode } from "../../../src/decoder/index.ts";
import { accept } from "../../../src/decoder/validate/validate.ts";
import { BlockBuilder } from "../../../src/host/chain/build.ts";
import { genesisHeader } from "../../../src/host/chain/genesis.ts";
import { verifyBlock } from "../../../src/host/chain/verify.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { decodeEntry, encodeEntry } from "../../../src/host/runtime/code-store.ts";
import { type CodeStore, Runtime, RuntimeError } from "../../../src/host/runtime/index.ts";
import { blake2b256, CODE_KEY, State } from "../../../src/host/state/index.ts";
import { mini, miniRuntime } from "../mini-runtime.ts";

/** The runtime with a custom section of its own, so that it is no other test's. */
function variant(name: number): Uint8Array {
  return Uint8Array.from([...miniRuntime(), 0, 4, 2, 0x76, 0x78, name]);
}

/** Loads others until what was loaded before is forgotten, as a new process would have. */
function forget(): void {
  for (let i = 0; i < 4; i++) Runtime.fromCode(variant(200 + i));
}

class MapStore implements CodeStore {
  readonly entries = new Map<string, Uint8Array>();
  readonly asked: string[] = [];

  get(codeHash: string): Uint8Array | undefined {
    this.asked.push(codeHash);
    return this.entries.get(codeHash);
  }

  put(codeHash: string, entry: Uint8Array): void {
    this.entries.set(codeHash, entry);
  }
}

describe("a code store", () => {
  const state = State.fromEntries([], [], 1);
  const outcome = (runtime: Runtime) => {
    const { output, gasUsed, logs, overlay } = runtime.call("Workload_storage", Uint8Array.of(1, 2), {
      state,
    });
    return { output: bytesToHex(output), gasUsed, logs, diff: overlay.diff(), version: runtime.version() };
  };

  it("is given what was loaded, by the hash of its code, and asked for it by those who have not loaded it", () => {
    const store = new MapStore();
    const code = variant(1);
    const key = bytesToHex(blake2b256(code));
    const first = Runtime.fromCode(code, { codeStore: store });
    expect([...store.entries.keys()]).to.deep.equal([key]);
    expect(Runtime.fromCode(code.slice(), { codeStore: store })).to.equal(first);
    expect(store.asked).to.deep.equal([key]);
    const expected = outcome(first);
    forget();
    const [entry] = store.entries.values();
    const second = Runtime.fromCode(code, { codeStore: store });
    expect(second).not.to.equal(first);
    expect(store.asked).to.deep.equal([key, key]);
    expect(store.entries.get(key)).to.equal(entry);
    expect(outcome(second)).to.deep.equal(expected);
    expect(bytesToHex(second.codeHash)).to.equal(key);
  });

  it("spares validating: what it gives is believed", () => {
    const code = variant(2);
    const { bodies, bytes, features } = Runtime.fromCode(code).module;
    // Its owner could have put anything: here a module whose first function is no code at all.
    const invalid = bytes.slice().fill(0xff, bodies[0]!.start, bodies[0]!.end);
    expect(() => Runtime.fromCode(invalid))
      .to.throw(RuntimeError)
      .with.property("kind", "invalid-module");
    const module = accept(decode(invalid, { features: [...features] }), new Int32Array(bodies.length));
    const store = new MapStore();
    const hash = blake2b256(code);
    store.put(bytesToHex(hash), encodeEntry(hash, module));
    forget();
    expect(Runtime.fromCode(code, { codeStore: store }).module.bytes).to.deep.equal(invalid);
    forget();
  });

  it("is not believed where its entry is damaged, of other code or of other features: that is loaded anew", () => {
    const code = variant(3);
    const hash = blake2b256(code);
    const { module } = Runtime.fromCode(code);
    const entry = encodeEntry(hash, module);
    const { features } = module;
    expect(decodeEntry(entry, hash, features)?.bodies.length).to.equal(module.bodies.length);
    for (let length = 0; length < entry.length; length += 97) {
      expect(decodeEntry(entry.subarray(0, length), hash, features), `${length} bytes`).to.equal(undefined);
    }
    for (let at = 0; at < entry.length; at += 61) {
      const damaged = entry.slice();
      damaged[at]! ^= 0x10;
      expect(decodeEntry(damaged, hash, features), `byte ${at}`).to.equal(undefined);
    }
    expect(decodeEntry(entry, blake2b256(variant(4)), features)).to.equal(undefined);
    expect(decodeEntry(entry, hash, new Set(["mutable-globals"] as const))).to.equal(undefined);
    // Wherever in a larger buffer it lies.
    const shifted = new Uint8Array(entry.length + 3);
    shifted.set(entry, 3);
    expect(decodeEntry(shifted.subarray(3), hash, features)).not.to.equal(undefined);

    forget();
    const store = new MapStore();
    const key = bytesToHex(hash);
    store.entries.set(key, entry.slice(0, -1));
    outcome(Runtime.fromCode(code, { codeStore: store }));
    expect(store.entries.get(key)).to.deep.equal(entry);
  });

  it("is used by the verification of blocks", () => {
    const store = new MapStore();
    const genesis = State.fromEntries([[CODE_KEY, variant(5)]], [], 1);
    const builder = new BlockBuilder({ parent: genesisHeader(genesis), state: genesis });
    builder.push(mini.timestamp(1000n));
    const { header, extrinsics } = builder.finish();
    const roots = [0, 1].map(() => {
      forget();
      return bytesToHex(verifyBlock({ state: genesis, header, extrinsics, codeStore: store }).stateRoot);
    });
    expect(roots[0]).to.equal(roots[1]);
    expect(store.asked.length).to.equal(2);
    expect(store.entries.size).to.equal(1);
  });
});
