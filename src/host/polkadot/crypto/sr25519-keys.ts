import { ristretto255 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "../../bytes.ts";
import { Transcript, transcriptBytes } from "./merlin.ts";

const { Point } = ristretto255;
const ORDER = Point.Fn.ORDER;

/** A secret key of schnorrkel, expanded from a seed. */
export interface Sr25519Secret {
  readonly scalar: bigint;
  /** What signatures' nonces are derived from. */
  readonly nonce: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/**
 * Expands a 32-byte mini secret key as Substrate does (schnorrkel `ExpansionMode::Ed25519`): the halves of its
 * SHA-512, the first clamped and divided by the cofactor.
 */
export function expandSeed(seed: Uint8Array): Sr25519Secret {
  const digest = sha512(seed);
  const key = digest.slice(0, 32);
  key[0]! &= 248;
  key[31]! &= 63;
  key[31]! |= 64;
  const scalar = littleEndian(key) >> 3n;
  return { scalar, nonce: digest.slice(32), publicKey: Point.BASE.multiply(scalar).toBytes() };
}

/**
 * Signs in the context "substrate". The nonce follows from secret and message, so that equal calls give equal
 * signatures; schnorrkel mixes in randomness. Not in constant time.
 */
export function signSr25519(secret: Sr25519Secret, message: Uint8Array): Uint8Array {
  const witness = new Transcript("signing nonce");
  witness.append("nonce", secret.nonce);
  witness.append("pk", secret.publicKey);
  witness.append("message", message);
  const r = littleEndian(witness.challenge("witness", 64)) % ORDER;
  const commitment = Point.BASE.multiply(r).toBytes();
  const transcript = new Transcript("SigningContext");
  transcript.append("", transcriptBytes("substrate"));
  transcript.append("sign-bytes", message);
  transcript.append("proto-name", transcriptBytes("Schnorr-sig"));
  transcript.append("sign:pk", secret.publicKey);
  transcript.append("sign:R", commitment);
  const k = littleEndian(transcript.challenge("sign:c", 64)) % ORDER;
  const s = scalarBytes((k * secret.scalar + r) % ORDER);
  s[31]! |= 0x80; // the marker of signatures since the audit
  return concatBytes(commitment, s);
}

/** The seed of a hard junction below a secret (schnorrkel `hard_derive_mini_secret_key`). @param code 32 bytes */
export function deriveHard(secret: Sr25519Secret, code: Uint8Array): Uint8Array {
  const transcript = new Transcript("SchnorrRistrettoHDKD");
  transcript.append("sign-bytes", new Uint8Array(0));
  transcript.append("chain-code", code);
  transcript.append("secret-key", scalarBytes(secret.scalar));
  return transcript.challenge("HDKD-hard", 32);
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

function scalarBytes(scalar: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let i = 0, rest = scalar; i < 32; i++, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}
