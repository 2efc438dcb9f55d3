import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { getPublicKey, secretFromSeed, sign } from "@scure/sr25519";
import { expect } from "chai";
import fc from "fast-check";
import { concatBytes } from "../../../../src/host/bytes.ts";
import { bytesToHex, hexToBytes } from "../../../../src/host/hex.ts";
import { verifyEd25519 } from "../../../../src/host/polkadot/crypto/ed25519.ts";
import { Transcript } from "../../../../src/host/polkadot/crypto/merlin.ts";
import { recover, verifyEcdsa } from "../../../../src/host/polkadot/crypto/secp256k1.ts";
import { verifySr25519, verifySr25519Preaudit } from "../../../../src/host/polkadot/crypto/sr25519.ts";
import { encodeUtf8 } from "../../../../src/host/scale/index.ts";

const hex = (digits: string) => hexToBytes(digits, "optional");

/** Order of the ristretto group, and of edwards25519's prime subgroup. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let i = 0, rest = value; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}

describe("Merlin transcripts", () => {
  // The published vector of the Merlin crate.
  it("yield the challenge of the reference implementation", () => {
    const transcript = new Transcript("test protocol");
    transcript.append("some label", encodeUtf8("some data"));
    expect(bytesToHex(transcript.challenge("challenge", 32))).to.equal(
      "0xd5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615",
    );
  });
});

describe("sr25519", () => {
  const key = hex("022a075d439622b2f100ac4174bd1af71e64e0913c7a7230924ae4f71b2c2a42");
  const message = hex("99c1340ccd818ba64052d70425bcb7191beda1265514b4723adf3c4a58cca3f0");
  const preaudit = hex(
    "4e9a401fd0b946925c9bdffd5fc1cbb8929f06f0244b6700255f83ab51d8233decd87cf609ff8f3868c1b406a1a0e64a41641b5c9fe25c1d44e450826b6c3503",
  );

  it("takes a real pre-audit signature in version 1 only (Kusama block 3876)", () => {
    expect(verifySr25519Preaudit(preaudit, message, key)).to.equal(true);
    expect(verifySr25519(preaudit, message, key)).to.equal(false);
    expect(verifySr25519Preaudit(flip(preaudit, 9), message, key)).to.equal(false);
    expect(verifySr25519Preaudit(preaudit, flip(message, 0), key)).to.equal(false);
  });

  it("judges a signature with the marker as a modern one, also in version 1", () => {
    const marked = flip(preaudit, 511);
    expect(verifySr25519Preaudit(marked, message, key)).to.equal(false);
  });

  it("agrees with another implementation's signatures", () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(seeds, bytes, fc.nat({ max: 511 }), (seed, data, bit) => {
        const secret = secretFromSeed(seed);
        const signature = sign(secret, data, seed);
        const own = getPublicKey(secret);
        expect(verifySr25519(signature, data, own)).to.equal(true);
        expect(verifySr25519Preaudit(signature, data, own)).to.equal(true);
        expect(verifySr25519(flip(signature, bit), data, own)).to.equal(false);
        expect(verifySr25519(signature, data, key)).to.equal(false);
      }),
      { seed: 25519, numRuns: 12 },
    );
  });

  it("refuses a missing marker, a scalar that is not canonical, and a key that is no point", () => {
    const secret = secretFromSeed(new Uint8Array(32).fill(1));
    const own = getPublicKey(secret);
    const signature = sign(secret, message, new Uint8Array(32));
    expect(verifySr25519(flip(signature, 511), message, own)).to.equal(false);
    const s = signature.slice(32);
    s[31] &= 0x7f;
    const scalar = s.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
    const wide = littleEndian(scalar + L);
    wide[31] |= 0x80;
    expect(verifySr25519(concatBytes(signature.slice(0, 32), wide), message, own)).to.equal(false);
    expect(verifySr25519(signature, message, new Uint8Array(32).fill(0xff))).to.equal(false);
  });

  it("takes the identity as a key, as schnorrkel does: then s = 0 and R = 0 fit any message", () => {
    const signature = new Uint8Array(64);
    signature[63] = 0x80;
    expect(verifySr25519(signature, message, new Uint8Array(32))).to.equal(true);
  });
});

describe("ed25519", () => {
  it("verifies what it signs, and nothing else", () => {
    const secret = new Uint8Array(32).fill(3);
    const key = ed25519.getPublicKey(secret);
    const message = encodeUtf8("block");
    const signature = ed25519.sign(message, secret);
    expect(verifyEd25519(signature, message, key)).to.equal(true);
    for (const bit of [0, 100, 255, 256, 400, 508]) {
      expect(verifyEd25519(flip(signature, bit), message, key)).to.equal(false);
    }
    expect(verifyEd25519(signature, message, new Uint8Array(32).fill(2))).to.equal(false);
  });

  it("follows ZIP-215: points of small order pass, a scalar at the group order does not", () => {
    expect(verifyEd25519(new Uint8Array(64), encodeUtf8("anything"), new Uint8Array(32))).to.equal(true);
    for (const point of ED25519_TORSION_SUBGROUP) {
      const signature = concatBytes(hex(point), new Uint8Array(32));
      expect(verifyEd25519(signature, encodeUtf8("anything"), hex(point))).to.equal(true);
    }
    const wide = concatBytes(new Uint8Array(32), littleEndian(L));
    expect(verifyEd25519(wide, encodeUtf8("anything"), new Uint8Array(32))).to.equal(false);
    // y = 1 + p: the identity in a form that is not canonical.
    const identity = littleEndian(2n ** 255n - 18n);
    const lax = concatBytes(identity, new Uint8Array(32));
    expect(verifyEd25519(lax, encodeUtf8("anything"), identity)).to.equal(true);
  });
});

describe("secp256k1", () => {
  const N = secp256k1.Point.Fn.ORDER;
  const digest = hex("772593f877ac0f00ee3274a5446a949b84f3f57834a95e40e2e155cf278fbf79");
  const signature = hex(
    "9d8650715320f23765c6306503669f69bf684b188dea73b1e247dd1dd166513b1c13daa387c35f24ac918d2fa772b73cffd20204a8875e48a1b11bb3229deb7f00",
  );
  const uncompressed =
    "0xa6f614975b4951bc4eb91de0549933091cf6a6823b646054414457ba5cdcc00b281b8bee7eaddbd0d9b0b8ed4aa6eac1e7de36faa5f0ddbf09420c6b1e9f3d48";

  function keyOf(recovered: ReturnType<typeof recover>): string {
    return "key" in recovered ? bytesToHex(recovered.key) : recovered.error;
  }
  function withParts(r: bigint, s: bigint, v: number): Uint8Array {
    return concatBytes(littleEndian(r).reverse(), littleEndian(s).reverse(), Uint8Array.of(v));
  }

  it("recovers the keys of real vectors (host-functions.md section 20)", () => {
    expect(keyOf(recover(signature, digest, "reduce", false))).to.equal(uncompressed);
    expect(keyOf(recover(signature, digest, "refuse", false))).to.equal(uncompressed);
    const other = hex(
      "db25d6a66498b5e81ac3a52ae4025eef7bb36eee31195c60c7ebdb6f0bac4177baf32e73719fe3e5fdce1059e9e16bb85bad0a0c4e34c4b0e680fb7a132cc4f701",
    );
    const hash = hex("ed7e8c0e0df2b087a11c847e5d6d29e7971f34109959cb3dad4653de8291193a");
    expect(keyOf(recover(other, hash, "reduce", true))).to.equal(
      "0x02d9930a51abd8b1ccf6e430c882f0403cd3c48c61ef76fdf727535d60c02984bc",
    );
  });

  it("takes v from 27 on as from 0 on, and no other", () => {
    const v = (value: number) => Uint8Array.from([...signature.slice(0, 64), value]);
    expect(keyOf(recover(v(27), digest, "refuse", false))).to.equal(uncompressed);
    for (const bad of [4, 26, 31, 255]) {
      expect(keyOf(recover(v(bad), digest, "refuse", false))).to.equal("BadV");
    }
    const key = hex(keyOf(recover(v(0), digest, "refuse", true)).slice(2));
    expect(verifyEcdsa(v(0), digest, key, "refuse")).to.equal(true);
    expect(verifyEcdsa(v(27), digest, key, "refuse")).to.equal(false);
    expect(verifyEcdsa(v(1), digest, key, "refuse")).to.equal(false);
  });

  it("reduces or refuses r and s at or above the order; zero recovers nothing", () => {
    const recovering = (r: bigint, s: bigint, overflow: "reduce" | "refuse") =>
      keyOf(recover(withParts(r, s, 0), digest, overflow, false));
    // A small r that is the x coordinate of a point, so that r + n still fits 32 bytes.
    let r = 1n;
    while (recovering(r, 5n, "refuse") === "BadSignature") r++;
    const key = recovering(r, 5n, "refuse");
    expect(recovering(r + N, 5n, "refuse")).to.equal("BadRS");
    expect(recovering(r, 5n + N, "refuse")).to.equal("BadRS");
    expect(recovering(r + N, 5n + N, "reduce")).to.equal(key);
    for (const overflow of ["reduce", "refuse"] as const) {
      expect(recovering(0n, 5n, overflow)).to.equal("BadSignature");
      expect(recovering(r, 0n, overflow)).to.equal("BadSignature");
    }
    expect(recovering(N, 5n, "reduce")).to.equal("BadSignature");
    // v is judged first.
    expect(keyOf(recover(withParts(N, N, 9), digest, "refuse", false))).to.equal("BadV");
  });

  it("accepts high s", () => {
    const secret = new Uint8Array(32).fill(5);
    const key = secp256k1.getPublicKey(secret);
    const made = secp256k1.sign(digest, secret, { prehash: false, format: "recovered" });
    const low = Uint8Array.from([...made.slice(1), made[0]]);
    expect(verifyEcdsa(low, digest, key, "refuse")).to.equal(true);
    const s = BigInt(bytesToHex(low.slice(32, 64)));
    const high = withParts(BigInt(bytesToHex(low.slice(0, 32))), N - s, low[64] ^ 1);
    expect(verifyEcdsa(high, digest, key, "refuse")).to.equal(true);
  });
});
