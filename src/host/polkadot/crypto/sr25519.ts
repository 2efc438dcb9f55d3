import { ristretto255 } from "@noble/curves/ed25519.js";
import { Transcript, transcriptBytes } from "./merlin.ts";

const { Point } = ristretto255;
const ORDER = Point.Fn.ORDER;
const SIGNING_CONTEXT = transcriptBytes("substrate");
const SCHNORR_SIG = transcriptBytes("Schnorr-sig");

/** A signature's two halves: the compressed point R, and the scalar s below the group order. */
interface Signature {
  readonly r: Uint8Array;
  readonly s: bigint;
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

/** Splits a signature whose top bit is taken for granted; undefined if s is not canonical. */
function split(signature: Uint8Array): Signature | undefined {
  const half = signature.slice(32);
  half[31] &= 0x7f;
  const s = littleEndian(half);
  return s < ORDER ? { r: signature.subarray(0, 32), s } : undefined;
}

function hasMarker(signature: Uint8Array): boolean {
  return (signature[63] & 0x80) !== 0;
}

/** Today's schnorrkel transcript for the signing context "substrate". */
function challenge(message: Uint8Array, key: Uint8Array, r: Uint8Array): bigint {
  const transcript = new Transcript("SigningContext");
  transcript.append("", SIGNING_CONTEXT);
  transcript.append("sign-bytes", message);
  transcript.append("proto-name", SCHNORR_SIG);
  transcript.append("sign:pk", key);
  transcript.append("sign:R", r);
  return littleEndian(transcript.challenge("sign:c", 64)) % ORDER;
}

/** The transcript of schnorrkel 0.1.1, before its audit. */
function preauditChallenge(message: Uint8Array, key: Uint8Array, r: Uint8Array): bigint {
  const transcript = new Transcript("substrate");
  transcript.append("sign-bytes", message);
  transcript.append("proto-name", SCHNORR_SIG);
  transcript.append("pk", key);
  transcript.append("no", r);
  return littleEndian(transcript.challenge("", 64)) % ORDER;
}

/**
 * s·B − k·A, compressed, equals R: comparing encodings, R itself need not decode. The identity is a valid public
 * key for schnorrkel. False if `key` is no canonical ristretto encoding.
 */
function holds(signature: Signature, key: Uint8Array, k: bigint): boolean {
  let point: InstanceType<typeof Point>;
  try {
    point = Point.fromBytes(key);
  } catch {
    return false; // noble throws a plain Error for bytes that encode no point
  }
  // multiplyUnsafe also takes the scalar 0; nothing here is secret.
  const expected = Point.BASE.multiplyUnsafe(signature.s).add(point.negate().multiplyUnsafe(k));
  const bytes = expected.toBytes();
  return bytes.every((byte, i) => byte === signature.r[i]);
}

/**
 * Schnorrkel's `verify`: the marker bit must be set.
 * @param signature 64 bytes @param key 32 bytes
 */
export function verifySr25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (!hasMarker(signature)) return false;
  const parsed = split(signature);
  return parsed !== undefined && holds(parsed, key, challenge(message, key, parsed.r));
}

/**
 * Schnorrkel's `verify_simple_preaudit_deprecated`: a signature that parses as a modern one is judged as such,
 * any other by the transcript in use before the audit (host-functions.md section 3.2).
 */
export function verifySr25519Preaudit(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  const parsed = split(signature);
  if (parsed === undefined) return false;
  const k = hasMarker(signature)
    ? challenge(message, key, parsed.r)
    : preauditChallenge(message, key, parsed.r);
  return holds(parsed, key, k);
}
