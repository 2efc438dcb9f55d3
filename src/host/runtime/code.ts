import { startsWith } from "../bytes.ts";
import { RuntimeError } from "./errors.ts";
import { decompressZstd } from "./zstd.ts";

/** Bytes of code after decompression (polkadot-sdk: CODE_BLOB_BOMB_LIMIT). */
export const CODE_SIZE_LIMIT = 52_428_800;

/** Eight bytes before a zstd frame: of any blob, and of Wasm code (RFC-135). */
const COMPRESSED = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05);
const COMPRESSED_WASM = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x07);
const COMPRESSED_POLKAVM = Uint8Array.of(0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x08);
const POLKAVM = Uint8Array.of(0x50, 0x56, 0x4d, 0x00);
const WASM = Uint8Array.of(0x00, 0x61, 0x73, 0x6d);

/**
 * The Wasm module in a code blob, which may be compressed (runtime-calls.md section 1).
 * @throws RuntimeError `bad-compression`, `code-too-large`, `unsupported-code`
 */
export function unpackCode(blob: Uint8Array): Uint8Array {
  if (startsWith(blob, COMPRESSED_POLKAVM)) throw unsupported("a compressed PolkaVM program");
  const compressed = startsWith(blob, COMPRESSED) || startsWith(blob, COMPRESSED_WASM);
  const code = compressed ? decompressZstd(blob.subarray(COMPRESSED.length), CODE_SIZE_LIMIT) : blob;
  if (code.length > CODE_SIZE_LIMIT) {
    throw new RuntimeError("code-too-large", `code of ${code.length} bytes, the limit is ${CODE_SIZE_LIMIT}`);
  }
  if (startsWith(code, POLKAVM)) throw unsupported("a PolkaVM program");
  if (!startsWith(code, WASM)) throw unsupported("neither a Wasm module nor a compressed one");
  return code;
}

function unsupported(what: string): RuntimeError {
  return new RuntimeError("unsupported-code", `the code blob is ${what}`);
}
