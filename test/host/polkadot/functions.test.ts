import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { concatBytes } from "../../../src/host/bytes.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { blake2 } from "../../../src/host/polkadot/hash/index.ts";
import type { Keystore } from "../../../src/host/polkadot/keystore.ts";
import type { OffchainHost } from "../../../src/host/polkadot/offchain-host.ts";
import { encodeUtf8 as bytes, ScaleWriter } from "../../../src/host/scale/index.ts";
import { blake2b256, keccak256, orderedTrieRoot, trieRoot } from "../../../src/host/state/index.ts";
import { naiveTrieProof } from "../state/proof/naive-trie-proof.ts";
import { Harness } from "./harness.ts";

const ecdsaSecret = new Uint8Array(32).fill(9);
const ecdsaKey = secp256k1.getPublicKey(ecdsaSecret);
function ecdsaSign(digest: Uint8Array): Uint8Array {
  const made = secp256k1.sign(digest, ecdsaSecret, { prehash: false, format: "recovered" });
  return Uint8Array.from([...made.slice(1), made[0]]);
}

describe("crypto functions", () => {
  const message = bytes("message");
  const digest = blake2(message, 32);
  const good = ecdsaSign(digest);
  const overflowing = concatBytes(new Uint8Array(64).fill(0xff), Uint8Array.of(0));

  it("verify and recover ECDSA", () => {
    const h = new Harness();
    for (const version of [1, 2]) {
      expect(h.int(`ext_crypto_ecdsa_verify_version_${version}`, good, message, ecdsaKey)).to.equal(1);
      expect(h.int(`ext_crypto_ecdsa_verify_version_${version}`, good, bytes("other"), ecdsaKey)).to.equal(0);
      const key = h.span(`ext_crypto_secp256k1_ecdsa_recover_compressed_version_${version}`, good, digest);
      expect(key).to.deep.equal(concatBytes(Uint8Array.of(0), ecdsaKey));
    }
    expect(h.int("ext_crypto_ecdsa_verify_prehashed_version_1", good, digest, ecdsaKey)).to.equal(1);
    const recover = "ext_crypto_secp256k1_ecdsa_recover_version_";
    expect(h.span(`${recover}2`, overflowing, digest)).to.deep.equal(Uint8Array.of(1, 0));
    const badV = Uint8Array.from([...good.slice(0, 64), 9]);
    expect(h.span(`${recover}1`, badV, digest)).to.deep.equal(Uint8Array.of(1, 1));
    expect(h.span(`${recover}1`, new Uint8Array(65), digest)).to.deep.equal(Uint8Array.of(1, 2));
    expect(h.span(`${recover}1`, good, digest).length).to.equal(65);
    const into = h.filling(2, `${recover}3`, good, digest, new Uint8Array(64));
    expect(into.lanes[0]).to.equal(0);
    expect(concatBytes(Uint8Array.of(4), into.out)).to.deep.equal(secp256k1.getPublicKey(ecdsaSecret, false));
    const compressed = "ext_crypto_secp256k1_ecdsa_recover_compressed_version_3";
    expect(h.filling(2, compressed, good, digest, new Uint8Array(33)).out).to.deep.equal(ecdsaKey);
    expect(h.int(compressed, overflowing, digest, new Uint8Array(33))).to.equal(-1);
    expect(h.int(compressed, badV, digest, new Uint8Array(33))).to.equal(-2);
    expect(h.int(compressed, new Uint8Array(65), digest, new Uint8Array(33))).to.equal(-3);
  });

  it("open, judge and close batches", () => {
    const h = new Harness();
    const anything = [new Uint8Array(64), message, new Uint8Array(32)] as const; // ZIP-215 takes it
    const bad = [new Uint8Array(64).fill(1), message, new Uint8Array(32)] as const;
    expect(h.trap("ext_crypto_finish_batch_verify_version_1")).to.equal("no-batch");
    h.lanes("ext_crypto_start_batch_verify_version_1");
    expect(h.trap("ext_crypto_start_batch_verify_version_1")).to.equal("batch-open");
    expect(h.int("ext_crypto_finish_batch_verify_version_1")).to.equal(1);
    h.lanes("ext_crypto_start_batch_verify_version_1");
    expect(h.int("ext_crypto_ed25519_batch_verify_version_1", ...anything)).to.equal(1);
    expect(h.int("ext_crypto_ed25519_batch_verify_version_1", ...bad)).to.equal(0);
    expect(h.int("ext_crypto_ecdsa_batch_verify_version_1", good, message, ecdsaKey)).to.equal(1);
    expect(h.int("ext_crypto_finish_batch_verify_version_1")).to.equal(0);
    expect(h.int("ext_crypto_sr25519_batch_verify_version_1", ...bad)).to.equal(0);
    h.lanes("ext_crypto_start_batch_verify_version_1");
    expect(h.int("ext_crypto_finish_batch_verify_version_1")).to.equal(1);
  });

  it("need a keystore for keys", () => {
    const h = new Harness();
    expect(h.trap("ext_crypto_sr25519_public_keys_version_1", bytes("babe"))).to.equal(
      "keystore-unavailable",
    );
    expect(h.trap("ext_crypto_ed25519_generate_version_1", bytes("gran"), Uint8Array.of(0))).to.equal(
      "keystore-unavailable",
    );
    expect(h.trap("ext_crypto_ecdsa_sign_version_1", bytes("beef"), ecdsaKey, message)).to.equal(
      "keystore-unavailable",
    );
  });

  it("use the keystore they are given", () => {
    const asked: unknown[] = [];
    const keystore: Keystore = {
      publicKeys: (scheme, id) => {
        asked.push([scheme, String.fromCharCode(...id)]);
        return [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
      },
      generate: (scheme, _, seed) => {
        asked.push([scheme, seed]);
        return scheme === "ecdsa" ? ecdsaKey : new Uint8Array(32).fill(3);
      },
      sign: (scheme, _, key, data) =>
        scheme === "ecdsa"
          ? ecdsaSign(blake2(data, 32))
          : key[0] === 1
            ? new Uint8Array(64).fill(4)
            : undefined,
      signPrehashed: (_, key, hash) => (key[0] === ecdsaKey[0] ? ecdsaSign(hash) : undefined),
    };
    const h = new Harness([], { keystore });
    const key = new Uint8Array(32).fill(1);
    const other = new Uint8Array(32);
    const keys = h.span("ext_crypto_sr25519_public_keys_version_1", bytes("babe"));
    expect(keys).to.deep.equal(concatBytes(Uint8Array.of(8), key, new Uint8Array(32).fill(2)));
    expect(h.int("ext_crypto_sr25519_public_keys_version_2", bytes("babe"), new Uint8Array(10))).to.equal(65);
    const seed = new ScaleWriter().u8(1).bytes(bytes("//Alice")).finish();
    expect(h.pointer("ext_crypto_ed25519_generate_version_1", 32, bytes("gran"), seed)[0]).to.equal(3);
    expect(
      h.pointer("ext_crypto_ecdsa_generate_version_1", 33, bytes("beef"), Uint8Array.of(0)),
    ).to.deep.equal(ecdsaKey);
    const generated = h.filling(2, "ext_crypto_ed25519_generate_version_2", bytes("gran"), seed, other);
    expect(generated.out[31]).to.equal(3);
    const notText = Uint8Array.of(1, 4, 0xff);
    expect(h.trap("ext_crypto_ed25519_generate_version_1", bytes("gran"), notText)).to.equal("invalid-utf8");
    const signed = h.span("ext_crypto_sr25519_sign_version_1", bytes("babe"), key, message);
    expect(signed).to.deep.equal(concatBytes(Uint8Array.of(1), new Uint8Array(64).fill(4)));
    expect(h.span("ext_crypto_sr25519_sign_version_1", bytes("babe"), other, message)).to.deep.equal(
      Uint8Array.of(0),
    );
    const sign2 = "ext_crypto_sr25519_sign_version_2";
    expect(h.int(sign2, bytes("babe"), other, message, new Uint8Array(64))).to.equal(-1);
    expect(h.filling(3, sign2, bytes("babe"), key, message, new Uint8Array(64)).out[5]).to.equal(4);
    const prehashed = h.span("ext_crypto_ecdsa_sign_prehashed_version_1", bytes("beef"), ecdsaKey, digest);
    expect(prehashed).to.deep.equal(concatBytes(Uint8Array.of(1), good));
    const into = h.filling(
      3,
      "ext_crypto_ecdsa_sign_prehashed_version_2",
      bytes("beef"),
      ecdsaKey,
      digest,
      new Uint8Array(65),
    );
    expect(into.out).to.deep.equal(good);
    expect(asked.slice(0, 3)).to.deep.equal([
      ["sr25519", "babe"],
      ["sr25519", "babe"],
      ["ed25519", "//Alice"],
    ]);
  });
});

describe("hashing functions", () => {
  it("return a buffer in version 1 and fill one in version 2", () => {
    const h = new Harness();
    const sizes = { keccak_256: 32, keccak_512: 64, sha2_256: 32, blake2_128: 16, blake2_256: 32 };
    const all = { ...sizes, twox_64: 8, twox_128: 16, twox_256: 32 };
    for (const [name, size] of Object.entries(all)) {
      const returned = h.pointer(`ext_hashing_${name}_version_1`, size, bytes("System"));
      const filled = h.filling(1, `ext_hashing_${name}_version_2`, bytes("System"), new Uint8Array(size));
      expect(filled.out).to.deep.equal(returned, name);
      expect(h.allocations).to.deep.equal([]);
    }
    expect(bytesToHex(h.pointer("ext_hashing_twox_128_version_1", 16, bytes("System")))).to.equal(
      "0x26aa394eea5630e07c48ae0c9558cef7",
    );
  });

  it("trap for data outside of memory", () => {
    const h = new Harness();
    expect(h.trap("ext_hashing_twox_64_version_1", (1n << 32n) + 131072n)).to.equal("segfault");
    expect(h.trap("ext_hashing_twox_64_version_1", 131073n)).to.equal("segfault");
    expect(h.pointer("ext_hashing_twox_64_version_1", 8, 131072n).length).to.equal(8);
    expect(h.trap("ext_hashing_twox_64_version_2", 0n, 131065)).to.equal("segfault");
  });
});

describe("trie functions", () => {
  const pairs: [Uint8Array, Uint8Array][] = [
    [bytes("b"), new Uint8Array(40).fill(1)],
    [bytes("a"), bytes("x")],
    [bytes("b"), new Uint8Array(41).fill(2)],
  ];
  const encodedPairs = new ScaleWriter().vec(pairs, (w, [k, v]) => w.bytes(k).bytes(v)).finish();
  const values = [bytes("one"), new Uint8Array(50).fill(7)];
  const encodedValues = new ScaleWriter().vec(values, (w, v) => w.bytes(v)).finish();

  it("give roots of pairs, the last of one key counting, and of lists", () => {
    const h = new Harness();
    for (const [name, hash] of [
      ["blake2_256", undefined],
      ["keccak_256", keccak256],
    ] as const) {
      for (const version of [0, 1] as const) {
        const root = trieRoot(pairs.slice(1), version, hash);
        const ordered = orderedTrieRoot(values, version, hash);
        const P = `ext_trie_${name}`;
        expect(h.pointer(`${P}_root_version_2`, 32, encodedPairs, version)).to.deep.equal(root);
        expect(h.pointer(`${P}_ordered_root_version_2`, 32, encodedValues, version)).to.deep.equal(ordered);
        const out = new Uint8Array(32);
        expect(h.filling(2, `${P}_root_version_3`, encodedPairs, version, out).out).to.deep.equal(root);
        expect(h.filling(2, `${P}_ordered_root_version_3`, encodedValues, version, out).out).to.deep.equal(
          ordered,
        );
        if (version === 1) continue;
        expect(h.pointer(`${P}_root_version_1`, 32, encodedPairs)).to.deep.equal(root);
        expect(h.pointer(`${P}_ordered_root_version_1`, 32, encodedValues)).to.deep.equal(ordered);
      }
    }
  });

  it("verify proofs of tries, and take nothing else for one", () => {
    const h = new Harness();
    const long = new Uint8Array(40).fill(3);
    for (const [name, hash] of [
      ["blake2_256", blake2b256],
      ["keccak_256", keccak256],
    ] as const) {
      for (const version of [0, 1] as const) {
        const map = new Map([
          ["6162", { bytes: bytes("value"), hashed: false }],
          ["6163", { bytes: long, hashed: version === 1 }],
        ]);
        const { root, proof } = naiveTrieProof(map, ["6163"], hash);
        const encoded = new ScaleWriter().vec(proof, (w, node) => w.bytes(node)).finish();
        const verify = (proven: Uint8Array, key: string, value: Uint8Array) =>
          h.int(`ext_trie_${name}_verify_proof_version_2`, root, proven, bytes(key), value, version);
        expect(verify(encoded, "ac", long)).to.equal(1);
        expect(verify(encoded, "ac", bytes("other"))).to.equal(0);
        expect(verify(encoded, "ab", bytes("value"))).to.equal(0);
        expect(verify(Uint8Array.of(0), "ac", long)).to.equal(0);
        const first = h.int(`ext_trie_${name}_verify_proof_version_1`, root, encoded, bytes("ac"), long);
        expect(first).to.equal(version === 0 ? 1 : 0);
        expect(h.allocations).to.deep.equal([]);
      }
    }
    const P = "ext_trie_blake2_256_verify_proof_version_";
    const root = new Uint8Array(32);
    expect(h.trap(`${P}1`, root, Uint8Array.of(4, 8), bytes("k"), bytes("v"))).to.equal("invalid-argument");
    expect(h.trap(`${P}2`, root, Uint8Array.of(0), bytes("k"), bytes("v"), 2)).to.equal("invalid-argument");
  });

  it("trap for what is no list, however long it claims to be", () => {
    const h = new Harness();
    const claims = Uint8Array.of(0xfe, 0xff, 0xff, 0xff);
    expect(h.trap("ext_trie_blake2_256_root_version_1", claims)).to.equal("invalid-argument");
    expect(h.trap("ext_trie_blake2_256_ordered_root_version_1", claims)).to.equal("invalid-argument");
    expect(h.trap("ext_trie_blake2_256_root_version_2", Uint8Array.of(0), 2)).to.equal("invalid-argument");
  });
});

describe("logging, misc and tracing functions", () => {
  it("record what is logged and printed", () => {
    const h = new Harness();
    h.lanes("ext_logging_log_version_1", 3, bytes("target"), bytes("grüße"));
    h.lanes("ext_misc_print_num_version_1", (1n << 64n) - 1n);
    h.lanes("ext_misc_print_utf8_version_1", bytes("text"));
    h.lanes("ext_misc_print_utf8_version_1", Uint8Array.of(0xff));
    h.lanes("ext_misc_print_hex_version_1", Uint8Array.of(1, 0xab));
    h.lanes("ext_logging_log_version_1", 1, bytes("t"), Uint8Array.of(0xff));
    expect(h.host.logs).to.deep.equal([
      { level: "debug", target: "target", message: "grüße" },
      { level: "info", target: "runtime", message: "18446744073709551615" },
      { level: "info", target: "runtime", message: "text" },
      { level: "info", target: "runtime", message: "0x01ab" },
    ]);
    expect(h.host.panicMessage).to.equal(undefined);
    expect(h.int("ext_logging_max_level_version_1")).to.equal(0);
    expect(h.trap("ext_logging_log_version_1", 5, bytes("t"), bytes("m"))).to.equal("invalid-argument");
    expect(h.trap("ext_logging_log_version_1", 1, Uint8Array.of(0xff), bytes("m"))).to.equal("invalid-utf8");
    h.lanes("ext_logging_log_version_1", 0, bytes("runtime"), bytes("panicked at x"));
    expect(h.host.panicMessage).to.equal("panicked at x");
    expect(h.trap("ext_panic_handler_abort_on_panic_version_1", bytes("boom"))).to.equal("panic");
    expect(h.host.panicMessage).to.equal("boom");
  });

  it("trace nothing", () => {
    const h = new Harness();
    expect(h.int("ext_wasm_tracing_enabled_version_1", bytes("m"))).to.equal(0);
    expect(h.long("ext_wasm_tracing_enter_span_version_1", bytes("m"))).to.equal(0n);
    h.lanes("ext_wasm_tracing_event_version_1", bytes("m"));
    h.lanes("ext_wasm_tracing_exit_version_1", 7n);
    expect(h.long("ext_storage_proof_size_storage_proof_size_version_1")).to.equal(-1n);
  });

  it("tell the version of other code, or that it has none", () => {
    const h = new Harness([], {
      runtimeVersionOf: (code) => (code.length > 1 ? bytes("version") : undefined),
    });
    expect(h.span("ext_misc_runtime_version_version_1", bytes("code"))).to.deep.equal(
      concatBytes(Uint8Array.of(1, 28), bytes("version")),
    );
    expect(h.span("ext_misc_runtime_version_version_1", bytes("c"))).to.deep.equal(Uint8Array.of(0));
    const filled = h.filling(1, "ext_misc_runtime_version_version_2", bytes("code"), new Uint8Array(7));
    expect([filled.lanes[0], String.fromCharCode(...filled.out)]).to.deep.equal([7, "version"]);
    expect(h.long("ext_misc_runtime_version_version_2", bytes("c"), new Uint8Array(7))).to.equal(-1n);
  });
});

describe("memory functions", () => {
  it("give and take back heap, and trap for what was not given", () => {
    const h = new Harness();
    const first = h.int("ext_allocator_malloc_version_1", 9);
    expect(first).to.equal(32768 + 8);
    h.lanes("ext_allocator_free_version_1", first);
    expect(h.int("ext_allocator_malloc_version_1", 16)).to.equal(first);
    expect(h.trap("ext_allocator_free_version_1", 4)).to.equal("allocator");
    expect(h.trap("ext_allocator_malloc_version_1", 1)).to.equal("allocator");
  });

  it("trap for a guest without a heap", () => {
    const h = new Harness();
    h.host.allocator = undefined;
    expect(h.trap("ext_allocator_malloc_version_1", 1)).to.equal("no-allocator");
    expect(h.trap("ext_allocator_free_version_1", 8)).to.equal("no-allocator");
    expect(h.trap("ext_hashing_twox_64_version_1", bytes("x"))).to.equal("no-allocator");
  });

  it("hand out the input once", () => {
    const h = new Harness([], { input: bytes("input") });
    expect(h.trap("ext_input_read_version_1", new Uint8Array(4))).to.equal("buffer-too-small");
    const { out } = h.filling(0, "ext_input_read_version_1", new Uint8Array(6));
    expect(String.fromCharCode(...out)).to.equal("input\0");
    expect(h.trap("ext_input_read_version_1", new Uint8Array(6))).to.equal("no-input");
  });
});

describe("functions that speak to the node", () => {
  it("are recorded where they index", () => {
    const h = new Harness();
    h.lanes("ext_offchain_index_set_version_1", bytes("k"), bytes("v"));
    h.lanes("ext_offchain_index_clear_version_1", bytes("k"));
    const hash = new Uint8Array(32).fill(5);
    h.lanes("ext_transaction_index_index_version_1", 1, 100, hash);
    h.lanes("ext_transaction_index_renew_version_1", 2, hash);
    expect(h.host.offchainIndex).to.deep.equal([
      { key: bytes("k"), value: bytes("v") },
      { key: bytes("k"), value: undefined },
    ]);
    expect(h.host.transactionIndex).to.deep.equal([
      { kind: "index", extrinsic: 1, size: 100, hash },
      { kind: "renew", extrinsic: 2, hash },
    ]);
  });

  it("are for offchain workers only where they reach outside", () => {
    for (const context of ["block", "call", "pvf"] as const) {
      const h = new Harness([], { context });
      expect(h.trap("ext_offchain_timestamp_version_1")).to.equal("offchain-only");
      expect(h.trap("ext_offchain_random_seed_version_1")).to.equal("offchain-only");
      expect(h.trap("ext_offchain_local_storage_get_version_1", 0, bytes("k"))).to.equal("offchain-only");
    }
    const h = new Harness([], { context: "offchain" });
    expect(h.trap("ext_offchain_timestamp_version_1")).to.equal("offchain-unavailable");
    expect(h.trap("ext_offchain_http_response_headers_version_1", 1)).to.equal("offchain-unavailable");
  });

  it("use the services an offchain worker is given", () => {
    const database = new Map<string, Uint8Array>();
    const slept: bigint[] = [];
    const offchain: OffchainHost = {
      isValidator: () => true,
      submitTransaction: (extrinsic) => extrinsic.length < 5,
      networkState: () => ({ peerId: Uint8Array.of(1, 2), addresses: [bytes("here")] }),
      timestamp: () => 1_700_000_000_123n,
      sleepUntil: (deadline) => slept.push(deadline),
      randomSeed: () => new Uint8Array(32).fill(6),
      get: (key) => database.get(bytesToHex(key)),
      set: (key, value) => database.set(bytesToHex(key), value),
      clear: (key) => database.delete(bytesToHex(key)),
    };
    const h = new Harness([], { context: "offchain", offchain });
    const P = "ext_offchain_";
    expect(h.int(`${P}is_validator_version_1`)).to.equal(1);
    expect(h.span(`${P}submit_transaction_version_1`, bytes("tx"))).to.deep.equal(Uint8Array.of(0));
    expect(h.span(`${P}submit_transaction_version_1`, bytes("too long"))).to.deep.equal(Uint8Array.of(1));
    expect(h.int(`${P}submit_transaction_version_2`, bytes("too long"))).to.equal(-1);
    expect(bytesToHex(h.span(`${P}network_state_version_1`))).to.equal("0x000801020410686572" + "65");
    expect(h.int(`${P}network_peer_id_version_1`, new Uint8Array(38))).to.equal(-1); // this one is too short
    expect(h.long(`${P}timestamp_version_1`)).to.equal(1_700_000_000_123n);
    h.lanes(`${P}sleep_until_version_1`, 5n);
    expect(slept).to.deep.equal([5n]);
    expect(h.pointer(`${P}random_seed_version_1`, 32)[9]).to.equal(6);
    expect(h.filling(0, `${P}random_seed_version_2`, new Uint8Array(32)).out[9]).to.equal(6);
    const some = (value: string) => new ScaleWriter().u8(1).bytes(bytes(value)).finish();
    const none = Uint8Array.of(0);
    const S = `${P}local_storage_`;
    expect(h.span(`${S}get_version_1`, 0, bytes("k"))).to.deep.equal(none);
    const compareAndSet = (old: Uint8Array, value: string) =>
      h.int(`${S}compare_and_set_version_1`, 0, bytes("k"), old, bytes(value));
    expect(compareAndSet(some("x"), "1")).to.equal(0);
    expect(compareAndSet(none, "1")).to.equal(1);
    expect(compareAndSet(none, "2")).to.equal(0);
    expect(compareAndSet(some("1"), "2")).to.equal(1);
    expect(h.span(`${S}get_version_1`, 0, bytes("k"))).to.deep.equal(some("2"));
    const read = h.filling(2, `${S}read_version_1`, 0, bytes("k"), new Uint8Array(2), 0);
    expect([read.lanes[0], read.out[0]]).to.deep.equal([1, 0x32]);
    h.lanes(`${S}set_version_1`, 0, bytes("k"), bytes("3"));
    h.lanes(`${S}clear_version_1`, 0, bytes("k"));
    expect(database.size).to.equal(0);
    expect(h.trap(`${S}get_version_1`, 1, bytes("k"))).to.equal("invalid-argument");
  });
});

describe("services that a node may have or not", () => {
  const node = (more: Partial<OffchainHost>): Harness => {
    const offchain = { networkState: () => undefined, ...more } as OffchainHost;
    return new Harness([], { context: "offchain", offchain });
  };
  const PEER_ID = "ext_offchain_network_peer_id_version_1";
  const AUTHORIZE = "ext_offchain_set_authorized_nodes_version_1";

  it("tell the peer's id where there is one", () => {
    const peerId = new Uint8Array(38).fill(5);
    const known = node({ networkState: () => ({ peerId, addresses: [] }) });
    const { lanes, out } = known.filling(0, PEER_ID, new Uint8Array(38));
    expect(lanes[0]).to.equal(0);
    expect(out).to.deep.equal(peerId);
    expect(node({}).int(PEER_ID, new Uint8Array(38))).to.equal(-1);
  });

  it("take the nodes that may connect", () => {
    const asked: unknown[] = [];
    const nodes = new ScaleWriter().vec([bytes("one"), bytes("two")], (w, name) => w.bytes(name)).finish();
    node({ setAuthorizedNodes: (list, only) => asked.push(list, only) }).lanes(AUTHORIZE, nodes, 1);
    expect(asked).to.deep.equal([[bytes("one"), bytes("two")], true]);
    expect(node({}).trap(AUTHORIZE, nodes, 1)).to.equal("offchain-unavailable");
  });
});

describe("a keystore or service that answers amiss", () => {
  it("traps instead of writing past its buffer", () => {
    const keystore: Keystore = {
      publicKeys: () => [new Uint8Array(31)],
      generate: () => new Uint8Array(40),
      sign: () => hexToBytes("0x00"),
      signPrehashed: () => undefined,
    };
    const h = new Harness([], { keystore });
    expect(h.trap("ext_crypto_ed25519_public_keys_version_1", bytes("gran"))).to.equal("keystore-fault");
    expect(h.trap("ext_crypto_ed25519_generate_version_1", bytes("gran"), Uint8Array.of(0))).to.equal(
      "keystore-fault",
    );
    expect(
      h.trap("ext_crypto_ed25519_sign_version_1", bytes("gran"), new Uint8Array(32), bytes("m")),
    ).to.equal("keystore-fault");
  });
});
