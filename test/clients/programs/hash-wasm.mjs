// Hashes and password functions, each a small hand-tuned module.
import {
  argon2id,
  bcrypt,
  blake2b,
  blake3,
  crc32,
  createSHA256,
  keccak,
  md5,
  pbkdf2,
  sha3,
  sha256,
  sm3,
  whirlpool,
  xxhash64,
} from "hash-wasm";

const text = "The quick brown fox jumps over the lazy dog";
const salt = new Uint8Array(16).fill(1);

export async function open() {
  return async () => {
    const hashes = [md5, sha256, sha3, keccak, blake2b, blake3, sm3, whirlpool, xxhash64, crc32];
    return {
      hashes: await Promise.all(hashes.map((hash) => hash(text))),
      long: await sha256(new Uint8Array(100_000).fill(5)),
      argon2id: await argon2id({
        password: text,
        salt,
        parallelism: 1,
        iterations: 1,
        memorySize: 64,
        hashLength: 32,
        outputType: "hex",
      }),
      bcrypt: await bcrypt({ password: text, salt, costFactor: 4, outputType: "encoded" }),
      pbkdf2: await pbkdf2({
        password: text,
        salt,
        iterations: 10,
        hashLength: 32,
        hashFunction: createSHA256(),
        outputType: "hex",
      }),
    };
  };
}
