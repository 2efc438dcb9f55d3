import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import { blake2, keccak, twox } from "../../../src/host/polkadot/hash/index.ts";
import { hostApi } from "../../../src/host/polkadot/index.ts";
import { MemoryKeystore } from "../../../src/host/polkadot/memory-keystore.ts";
import { encodeUtf8 as bytes } from "../../../src/host/scale/index.ts";
import { orderedTrieRoot, State } from "../../../src/host/state/index.ts";
import { Harness } from "./harness.ts";

/** An address and a length in two arguments: the harness puts the bytes at the address. */
const pair = (data: Uint8Array) => [data, data.length] as const;

describe("functions without versions", () => {
  it("hash into the caller's buffer", () => {
    const h = new Harness();
    const data = bytes("System");
    const hashes: [string, Uint8Array][] = [
      ["twox_64", twox(data, 8)],
      ["twox_128", twox(data, 16)],
      ["twox_256", twox(data, 32)],
      ["blake2_128", blake2(data, 16)],
      ["blake2_256", blake2(data, 32)],
      ["keccak_256", keccak(data, 32)],
    ];
    for (const [name, digest] of hashes) {
      const { out } = h.filling(2, `ext_${name}`, ...pair(data), new Uint8Array(digest.length));
      expect(bytesToHex(out), name).to.equal(bytesToHex(digest));
    }
  });

  it("keep storage", () => {
    const h = new Harness([[bytes("old"), bytes("value")]]);
    h.lanes("ext_set_storage", ...pair(bytes("key")), ...pair(bytes("new value")));
    expect(h.int("ext_exists_storage", ...pair(bytes("key")))).to.equal(1);
    const into = (out: Uint8Array, offset: number) =>
      h.filling(2, "ext_get_storage_into", ...pair(bytes("key")), out, out.length, offset);
    const read = into(new Uint8Array(4), 4);
    expect([read.lanes[0], String.fromCharCode(...read.out)]).to.deep.equal([9, "valu"]);
    expect(into(new Uint8Array(4), 100).lanes[0]).to.equal(9);
    expect(h.int("ext_get_storage_into", ...pair(bytes("none")), ...pair(new Uint8Array(1)), 0)).to.equal(-1);

    const got = h.filling(2, "ext_get_allocated_storage", ...pair(bytes("old")), new Uint8Array(4));
    expect([...got.out]).to.deep.equal([5, 0, 0, 0]);
    expect(h.allocations).to.deep.equal([5]);
    expect(h.memory.bytes.slice(got.lanes[0], got.lanes[0]! + 5)).to.deep.equal(bytes("value"));
    const none = h.filling(2, "ext_get_allocated_storage", ...pair(bytes("none")), new Uint8Array(4));
    expect([none.lanes[0], ...none.out]).to.deep.equal([0, 255, 255, 255, 255]);
    expect(h.allocations).to.deep.equal([]);

    const root = h.filling(0, "ext_storage_root", new Uint8Array(32)).out;
    const entries: [Uint8Array, Uint8Array][] = [
      [bytes("key"), bytes("new value")],
      [bytes("old"), bytes("value")],
    ];
    expect(root).to.deep.equal(State.fromEntries(entries).root);
    expect(h.int("ext_storage_changes_root", ...pair(new Uint8Array(32)), new Uint8Array(32))).to.equal(0);
    h.lanes("ext_clear_prefix", ...pair(bytes("o")));
    h.lanes("ext_clear_storage", ...pair(bytes("key")));
    expect(h.int("ext_exists_storage", ...pair(bytes("key")))).to.equal(0);
    expect(h.int("ext_exists_storage", ...pair(bytes("old")))).to.equal(0);
  });

  it("give the root of a list whose items lie one after the other", () => {
    const h = new Harness();
    const lengths = new Uint8Array(new Uint32Array([3, 0, 5]).buffer);
    const given = [bytes("onethree"), lengths, 3] as const;
    const values = [bytes("one"), bytes(""), bytes("three")];
    const { out } = h.filling(3, "ext_blake2_256_enumerated_trie_root", ...given, new Uint8Array(32));
    expect(out).to.deep.equal(orderedTrieRoot(values, 0));
    const long = new Uint8Array(new Uint32Array([-1 >>> 0, -1 >>> 0]).buffer);
    const outside = [bytes("x"), long, 2, new Uint8Array(32)] as const;
    expect(h.trap("ext_blake2_256_enumerated_trie_root", ...outside)).to.equal("segfault");
  });

  it("verify and recover signatures, 0 being good", () => {
    const h = new Harness();
    const secret = new Uint8Array(32).fill(5);
    const key = ed25519.getPublicKey(secret);
    const signature = ed25519.sign(bytes("message"), secret);
    expect(h.int("ext_ed25519_verify", ...pair(bytes("message")), signature, key)).to.equal(0);
    expect(h.int("ext_ed25519_verify", ...pair(bytes("massage")), signature, key)).to.equal(1);
    expect(h.int("ext_sr25519_verify", ...pair(bytes("message")), signature, key)).to.equal(1);
    const digest = blake2(bytes("message"), 32);
    const made = secp256k1.sign(digest, secret, { prehash: false, format: "recovered" });
    const ecdsa = Uint8Array.from([...made.slice(1), made[0]!]);
    const full = h.filling(2, "ext_secp256k1_ecdsa_recover", digest, ecdsa, new Uint8Array(64));
    expect(full.lanes[0]).to.equal(0);
    expect([4, ...full.out]).to.deep.equal([...secp256k1.getPublicKey(secret, false)]);
    const short = h.filling(2, "ext_secp256k1_ecdsa_recover_compressed", digest, ecdsa, new Uint8Array(33));
    expect(short.out).to.deep.equal(secp256k1.getPublicKey(secret));
    const badV = Uint8Array.from([...ecdsa.slice(0, 64), 9]);
    expect(h.int("ext_secp256k1_ecdsa_recover", digest, badV, new Uint8Array(64))).to.equal(2);
    expect(h.int("ext_secp256k1_ecdsa_recover", digest, new Uint8Array(65), new Uint8Array(64))).to.equal(3);
  });

  it("allocate, print and log", () => {
    const h = new Harness();
    const address = h.int("ext_malloc", 9);
    h.lanes("ext_free", address);
    expect(h.int("ext_malloc", 16)).to.equal(address);
    h.lanes("ext_print_utf8", ...pair(bytes("text")));
    h.lanes("ext_print_utf8", ...pair(Uint8Array.of(0xff)));
    h.lanes("ext_print_hex", ...pair(Uint8Array.of(1, 2)));
    h.lanes("ext_print_num", 7n);
    h.lanes("ext_log", 1, ...pair(bytes("target")), ...pair(bytes("message")));
    expect(h.host.logs.map(({ level, target, message }) => `${level} ${target} ${message}`)).to.deep.equal([
      "info runtime text",
      "info runtime 0x0102",
      "info runtime 7",
      "warn target message",
    ]);
  });

  it("of storage are not for parachain validation", () => {
    const h = new Harness([], { context: "pvf" });
    expect(h.trap("ext_set_storage", ...pair(bytes("k")), ...pair(bytes("v")))).to.equal("storage-in-pvf");
    expect(h.filling(2, "ext_twox_64", ...pair(bytes("x")), new Uint8Array(8)).out).to.deep.equal(
      twox(bytes("x"), 8),
    );
  });
});

describe("functions that no host here has", () => {
  it("of the sandbox trap by name, in every context", () => {
    const sandbox = hostApi().filter(({ chapter }) => chapter === "sandbox");
    expect(sandbox.length).to.equal(9);
    for (const context of ["block", "call", "offchain", "pvf"] as const) {
      const h = new Harness([], { context });
      for (const { name, signature } of sandbox) {
        expect(h.trap(name, ...signature.params.map(() => 0n))).to.equal("sandbox-unsupported");
      }
    }
  });

  it("of the statement store find nothing, and do not trap", () => {
    const h = new Harness();
    const P = "ext_statement_store_";
    const hash = new Uint8Array(32);
    expect(h.int(`${P}submit_statement_version_1`, bytes("statement"))).to.equal(3);
    expect([...h.span(`${P}statements_version_1`)]).to.deep.equal([0]);
    expect([...h.span(`${P}broadcasts_version_1`, Uint8Array.of(0))]).to.deep.equal([0]);
    expect([...h.span(`${P}posted_version_1`, Uint8Array.of(0), hash)]).to.deep.equal([0]);
    expect([...h.span(`${P}posted_clear_version_1`, Uint8Array.of(0), hash)]).to.deep.equal([0]);
    h.lanes(`${P}remove_version_1`, hash);
    h.lanes(`${P}remove_by_version_1`, hash);
    expect(new Harness([], { context: "pvf" }).trap(`${P}remove_version_1`, hash)).to.equal(
      "unavailable-in-pvf",
    );
  });
});

describe("what a context decides", () => {
  const seed = Uint8Array.of(0);

  it("parachain validation has no storage, no keys, no node", () => {
    const h = new Harness([], { context: "pvf", keystore: new MemoryKeystore(() => new Uint8Array(32)) });
    expect(h.trap("ext_storage_get_version_1", bytes("k"))).to.equal("storage-in-pvf");
    expect(h.trap("ext_default_child_storage_get_version_1", bytes("c"), bytes("k"))).to.equal(
      "storage-in-pvf",
    );
    expect(h.trap("ext_crypto_sr25519_generate_version_1", bytes("babe"), seed)).to.equal(
      "keystore-unavailable",
    );
    expect(h.trap("ext_offchain_index_set_version_1", bytes("k"), bytes("v"))).to.equal("unavailable-in-pvf");
    expect(h.trap("ext_storage_proof_size_storage_proof_size_version_1")).to.equal("unavailable-in-pvf");
    expect(h.trap("ext_offchain_timestamp_version_1")).to.equal("offchain-only");
    expect(h.int("ext_logging_max_level_version_1")).to.equal(0);
  });

  it("only calls and offchain workers reach the transaction pool", () => {
    const offchain = { submitTransaction: () => true } as never;
    const submit = (context: "block" | "call" | "offchain") =>
      new Harness([], { context, offchain }).int("ext_offchain_submit_transaction_version_2", bytes("tx"));
    expect([submit("call"), submit("offchain")]).to.deep.equal([0, 0]);
    const h = new Harness([], { context: "block", offchain });
    expect(h.trap("ext_offchain_submit_transaction_version_2", bytes("tx"))).to.equal("offchain-only");
    expect(
      new Harness([], { context: "call" }).trap("ext_offchain_submit_transaction_version_1", bytes("tx")),
    ).to.equal("offchain-unavailable");
  });

  it("the proof's size is told where one is recorded", () => {
    const h = new Harness([], { proofSize: () => 275 });
    expect(h.long("ext_storage_proof_size_storage_proof_size_version_1")).to.equal(275n);
    expect(h.long("ext_storage_proof_size_storage_proof_size_version_2")).to.equal(275n);
    expect(new Harness().long("ext_storage_proof_size_storage_proof_size_version_2")).to.equal(-1n);
  });
});
