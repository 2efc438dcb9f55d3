import { Decompress } from "fzstd";
import { xxhash64 } from "../polkadot/hash/xxhash64.ts";
import { RuntimeError } from "./errors.ts";

/** RFC 8878, section 3.1.1. */
const MAGIC = 0xfd2fb528;
const MAX_BLOCK = 131072;

/** Larger windows than any frame of code needs; the decompressor allocates what is declared. */
const MAX_WINDOW = 2 ** 26;

/**
 * The decompressor moves its whole window for every block. A real frame is some hundred blocks over 2 MiB; one
 * that is made of tiny blocks under a large window would take hours, and is refused.
 */
const MAX_WINDOW_MOVES = 2 ** 33;

/** What the frame's headers say. Nothing has been allocated for it yet. */
interface Frame {
  /** In bytes. */
  readonly window: number;
  /** Bytes of the content, if the frame declares them. */
  readonly contentSize: number | undefined;
  readonly blocks: number;
  /** Offset of the content's checksum, if there is one. */
  readonly checksum: number | undefined;
}

function bad(reason: string): RuntimeError {
  return new RuntimeError("bad-compression", `the code blob is no zstd frame: ${reason}`);
}

function tooLarge(size: number | string, limit: number): RuntimeError {
  return new RuntimeError(
    "code-too-large",
    `the code blob decompresses to ${size} bytes, the limit is ${limit}: possibly a bomb`,
  );
}

/** A little-endian integer of at most 8 bytes; above 2^53 inexact, which is far beyond any limit. */
function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  if (at + length > bytes.length) throw bad("it ends within its header");
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[at + i];
  return value;
}

/** Walks the frame header and the block headers (RFC 8878, sections 3.1.1.1 and 3.1.1.2). */
function survey(bytes: Uint8Array, limit: number): Frame {
  if (littleEndian(bytes, 0, 4) !== MAGIC) throw bad("wrong magic number");
  const descriptor = littleEndian(bytes, 4, 1);
  const singleSegment = (descriptor & 0x20) !== 0;
  if ((descriptor & 0x08) !== 0) throw bad("its header uses a reserved bit");
  if ((descriptor & 0x03) !== 0) throw bad("it wants a dictionary");
  let at = 5;
  let window = 0;
  if (!singleSegment) {
    const exponent = littleEndian(bytes, at, 1);
    const base = 2 ** (10 + (exponent >> 3));
    window = base + (base / 8) * (exponent & 7);
    at += 1;
  }
  const sizeLog = descriptor >> 6;
  const sizeBytes = sizeLog > 0 ? 1 << sizeLog : singleSegment ? 1 : 0;
  let contentSize: number | undefined;
  if (sizeBytes > 0) {
    contentSize = littleEndian(bytes, at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
    if (contentSize > limit) throw tooLarge(contentSize, limit);
    at += sizeBytes;
  }
  if (singleSegment) window = contentSize ?? 0;
  if (window > MAX_WINDOW) throw bad(`a window of ${window} bytes`);

  let blocks = 0;
  for (let last = false; !last; blocks++) {
    const header = littleEndian(bytes, at, 3);
    const size = header >>> 3;
    const type = (header >> 1) & 3;
    last = (header & 1) !== 0;
    if (type === 3) throw bad("a block of the reserved type");
    if (size > MAX_BLOCK) throw bad(`a block of ${size} bytes`);
    at += 3 + (type === 1 ? 1 : size);
    if (at > bytes.length) throw bad("it ends within a block");
  }
  const hasChecksum = (descriptor & 0x04) !== 0;
  const end = hasChecksum ? at + 4 : at;
  if (end !== bytes.length) throw bad(end > bytes.length ? "its checksum is missing" : "bytes follow it");
  return { window, contentSize, blocks, checksum: hasChecksum ? at : undefined };
}

/**
 * Decompresses one zstd frame that fills `bytes`. Output is counted as it is made, so neither a declared size
 * nor a bomb makes it allocate beyond the limit.
 * @throws RuntimeError `bad-compression`, `code-too-large`
 */
export function decompressZstd(bytes: Uint8Array, limit: number): Uint8Array {
  const frame = survey(bytes, limit);
  if (frame.blocks * frame.window > MAX_WINDOW_MOVES) {
    throw bad(`${frame.blocks} blocks under a window of ${frame.window} bytes`);
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((part) => {
    size += part.length;
    if (size > limit) throw tooLarge(`more than ${limit}`, limit);
    parts.push(part);
  });
  try {
    stream.push(bytes, true);
  } catch (error) {
    if (error instanceof RuntimeError) throw error;
    // The decompressor reports corrupt blocks by errors of its own and by those of typed arrays.
    throw bad(error instanceof Error ? error.message : String(error));
  }
  const content = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    content.set(part, at);
    at += part.length;
  }
  if (frame.contentSize !== undefined && frame.contentSize !== size) {
    throw bad(`it declares ${frame.contentSize} bytes and holds ${size}`);
  }
  if (frame.checksum !== undefined && !checksumHolds(content, bytes.subarray(frame.checksum))) {
    throw bad("its checksum does not match");
  }
  return content;
}

/** The low four bytes of XXH64 with seed 0 (RFC 8878, section 3.1.1). */
function checksumHolds(content: Uint8Array, checksum: Uint8Array): boolean {
  const hash = new Uint8Array(8);
  xxhash64(content, 0, hash, 0);
  return checksum.every((byte, i) => byte === hash[i]);
}
