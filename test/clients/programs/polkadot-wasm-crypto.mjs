// Keys, signatures and hashes of Polkadot: wasm-bindgen's output, i64 arithmetic above all.
import * as wasm from "@polkadot/wasm-crypto";

const seed = new Uint8Array(32).fill(7);
const message = new TextEncoder().encode("hello, world");
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const chainCode = new Uint8Array(32).fill(3);
const [context, extra] = [Uint8Array.of(1), Uint8Array.of(2, 3)];
/** Signatures of sr25519 are different each time; this one was made on an engine's Wasm. */
const SIGNATURE = Buffer.from(
  "762de845bf0b44ec0db0bb4ae7c5dab2b68e319030358b019d4046e246423b005448db10183ae865b3428d2545eee7eb55154ab082fd91a2da48164135f9e585",
  "hex",
);

export async function open() {
  await wasm.waitReady();
  // Not its fallback in asm.js, if it still has one.
  if (wasm.bridge.type !== "wasm") throw new Error(`runs on ${wasm.bridge.type}`);
  const pair = wasm.sr25519KeypairFromSeed(seed);
  const [secret, open] = [pair.slice(0, 64), pair.slice(64)];
  const edwards = wasm.ed25519KeypairFromSeed(seed);
  const phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
  return () => {
    const mine = wasm.sr25519Sign(open, secret, message);
    const vrf = wasm.vrfSign(secret, context, message, extra);
    const signature = wasm.ed25519Sign(edwards.slice(32), edwards.slice(0, 32), message);
    return {
      sr25519: hex(pair),
      derived: hex(wasm.sr25519DeriveKeypairHard(pair, chainCode)),
      softly: hex(wasm.sr25519DerivePublicSoft(open, chainCode)),
      agreed: hex(wasm.sr25519Agree(open, secret)),
      verified: [
        wasm.sr25519Verify(mine, message, open),
        wasm.sr25519Verify(SIGNATURE, message, open),
        wasm.sr25519Verify(SIGNATURE, message.slice(1), open),
        wasm.vrfVerify(open, context, message, extra, vrf),
        wasm.ed25519Verify(signature, message, edwards.slice(32)),
      ],
      ed25519: hex(signature),
      bip39: [
        wasm.bip39Validate(phrase),
        wasm.bip39Validate(phrase.slice(1)),
        hex(wasm.bip39ToEntropy(phrase)),
        hex(wasm.bip39ToMiniSecret(phrase, "secret")),
        wasm.bip39Validate(wasm.bip39Generate(24)),
      ],
      hashes: [
        wasm.blake2b(message, new Uint8Array(), 32),
        wasm.keccak256(message),
        wasm.sha512(message),
        wasm.twox(message, 4),
        wasm.hmacSha256(seed, message),
        wasm.pbkdf2(seed, message, 16),
      ].map(hex),
    };
  };
}
