import { HDKD, secretFromSeed, sign, verify } from "@scure/sr25519";
import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { verifyEd25519 } from "../../../src/host/polkadot/crypto/ed25519.ts";
import { verifyEcdsa } from "../../../src/host/polkadot/crypto/secp256k1.ts";
import { verifySr25519, verifySr25519Preaudit } from "../../../src/host/polkadot/crypto/sr25519.ts";
import { deriveHard, expandSeed, signSr25519 } from "../../../src/host/polkadot/crypto/sr25519-keys.ts";
import { seedOfUri } from "../../../src/host/polkadot/key-uri.ts";
import { MemoryKeystore } from "../../../src/host/polkadot/memory-keystore.ts";
import { encodeUtf8 as bytes, ScaleWriter } from "../../../src/host/scale/index.ts";
import { blake2b256 } from "../../../src/host/state/index.ts";
import { Trap } from "../../../src/interp/index.ts";
import { Harness } from "./harness.ts";

const BABE = bytes("babe");
const GRAN = bytes("gran");

function trapOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(Trap);
    return (error as Trap).code;
  }
  throw new Error("it did not trap");
}

describe("sr25519 keys", () => {
  it("sign what another implementation verifies, and agree with it on keys", () => {
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seeds, fc.uint8Array(), (seed, message) => {
        const secret = expandSeed(seed);
        const other = secretFromSeed(seed);
        const signature = signSr25519(secret, message);
        expect(verify(message, signature, secret.publicKey)).to.equal(true);
        expect(verifySr25519(signature, message, secret.publicKey)).to.equal(true);
        expect(verifySr25519Preaudit(sign(other, message), message, secret.publicKey)).to.equal(true);
        expect(signSr25519(secret, message)).to.deep.equal(signature);
        expect(signSr25519(secret, Uint8Array.of(...message, 0)).slice(0, 32)).not.to.deep.equal(
          signature.slice(0, 32),
        );
        const derived = HDKD.secretHard(other, seed);
        expect(sign(derived, message, new Uint8Array(32)).length).to.equal(64);
        const own = expandSeed(deriveHard(secret, seed));
        expect(verify(message, sign(derived, message), own.publicKey)).to.equal(true);
      }),
      { seed: 20261121, numRuns: 10 },
    );
  });
});

describe("secret URIs", () => {
  const key = (uri: string, scheme: "ed25519" | "sr25519" | "ecdsa") =>
    bytesToHex(new MemoryKeystore().add(scheme, BABE, seedOfUri(uri, scheme)));

  it("name the well-known development keys", () => {
    expect(key("//Alice", "sr25519")).to.equal(
      "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
    );
    expect(key("//Bob", "sr25519")).to.equal(
      "0x8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48",
    );
    expect(key("//Alice//stash", "sr25519")).to.equal(
      "0xbe5ddb1579b72e84524fc29e78609e3caf42e85aa118ebfe0b0ad404b5bdd25f",
    );
    expect(key("//Alice", "ed25519")).to.equal(
      "0x88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee",
    );
    expect(key("//Alice", "ecdsa")).to.equal(
      "0x020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1",
    );
    const phrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";
    expect(key(`${phrase}//Alice`, "sr25519")).to.equal(key("//Alice", "sr25519"));
  });

  it("may be a seed in hex, with numbered junctions", () => {
    const seed = `0x${"0b".repeat(32)}`;
    expect(bytesToHex(seedOfUri(seed, "ed25519"))).to.equal(seed);
    const code = new Uint8Array(32);
    code[0] = 7;
    expect(seedOfUri(`${seed}//7`, "sr25519")).to.deep.equal(deriveHard(expandSeed(hexToBytes(seed)), code));
    const long = blake2b256(new ScaleWriter().string("x".repeat(40)).finish());
    expect(seedOfUri(`${seed}//${"x".repeat(40)}`, "sr25519")).to.deep.equal(
      deriveHard(expandSeed(hexToBytes(seed)), long),
    );
  });

  it("of other kinds are refused, without telling the secret", () => {
    const bad = [
      "some words nobody wrote down",
      "0x1234",
      "//Alice/soft",
      "/soft",
      "//Alice///password",
      "//",
      "////",
    ];
    for (const uri of [...bad, "//x".repeat(33)]) {
      expect(
        trapOf(() => seedOfUri(uri, "sr25519")),
        uri,
      ).to.equal("invalid-seed");
    }
    try {
      seedOfUri("0xsecret", "ed25519");
    } catch (error) {
      expect((error as Trap).message)
        .not.to.contain("secret//")
        .and.not.to.contain("0xsecret");
    }
  });
});

describe("a keystore in memory", () => {
  it("makes, lists and signs with keys of all schemes, through the host API", () => {
    let drawn = 0;
    const keystore = new MemoryKeystore(() => new Uint8Array(32).fill(++drawn));
    const h = new Harness([], { context: "call", keystore });
    const message = bytes("message");
    const none = Uint8Array.of(0);
    const verifiers = {
      ed25519: verifyEd25519,
      sr25519: verifySr25519,
      ecdsa: (signature: Uint8Array, data: Uint8Array, key: Uint8Array) =>
        verifyEcdsa(signature, blake2b256(data), key, "refuse"),
    };
    for (const [scheme, check] of Object.entries(verifiers)) {
      const size = scheme === "ecdsa" ? 33 : 32;
      const P = `ext_crypto_${scheme}_`;
      const key = h.pointer(`${P}generate_version_1`, size, BABE, none);
      const named = new ScaleWriter().u8(1).bytes(bytes("//Alice")).finish();
      const alice = h.pointer(`${P}generate_version_1`, size, BABE, named);
      expect(h.pointer(`${P}generate_version_1`, size, BABE, named)).to.deep.equal(alice);
      expect([...h.span(`${P}public_keys_version_1`, BABE)]).to.deep.equal([8, ...key, ...alice]);
      expect([...h.span(`${P}public_keys_version_1`, GRAN)]).to.deep.equal([0]);
      const signed = h.span(`${P}sign_version_1`, BABE, alice, message);
      expect(signed[0]).to.equal(1);
      expect(check(signed.slice(1), message, alice), scheme).to.equal(true);
      expect([...h.span(`${P}sign_version_1`, GRAN, alice, message)]).to.deep.equal([0]);
    }
    const [ecdsa] = keystore.publicKeys("ecdsa", BABE);
    const digest = blake2b256(message);
    const prehashed = h.span("ext_crypto_ecdsa_sign_prehashed_version_1", BABE, ecdsa!, digest);
    expect(verifyEcdsa(prehashed.slice(1), digest, ecdsa!, "refuse")).to.equal(true);
    expect(drawn).to.equal(3);
  });

  it("traps where it has no randomness, no text, or no such key", () => {
    const h = new Harness([], { context: "call", keystore: new MemoryKeystore() });
    const generate = (seed: Uint8Array) => h.trap("ext_crypto_ed25519_generate_version_1", BABE, seed);
    expect(generate(Uint8Array.of(0))).to.equal("keystore-fault");
    expect(generate(Uint8Array.of(1, 4, 0xff))).to.equal("invalid-utf8");
    expect(generate(new ScaleWriter().u8(1).bytes(bytes("no seed")).finish())).to.equal("invalid-seed");
    const zero = new ScaleWriter()
      .u8(1)
      .bytes(bytes(`0x${"00".repeat(32)}`))
      .finish();
    expect(h.trap("ext_crypto_ecdsa_generate_version_1", BABE, zero)).to.equal("invalid-seed");
  });
});
