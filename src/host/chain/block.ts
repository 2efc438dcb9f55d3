import { ScaleReader } from "../scale/reader.ts";
import { ScaleWriter } from "../scale/writer.ts";
import { type DigestItem, readDigestItem } from "./digest.ts";
import { decodeHeader, encodeHeader, type Header } from "./header.ts";
import { JsonValue } from "./json.ts";

export interface Block {
  /** Seal included, as the block came. */
  readonly header: Header;
  /** Each in its full encoding, compact length first. */
  readonly extrinsics: readonly Uint8Array[];
}

/** The SCALE encoding of a block, which is what `Core_execute_block` takes (with the seal removed). */
export function encodeBlock({ header, extrinsics }: Block): Uint8Array {
  return new ScaleWriter()
    .fixed(encodeHeader(header))
    .vec(extrinsics, (writer, extrinsic) => writer.fixed(extrinsic))
    .finish();
}

/**
 * Reads blocks out of JSON, one or a list. Each is
 * - a JSON-RPC response to `chain_getBlock`, or its result `{block: {header: {…}, extrinsics: ["0x…"]}}`, or
 * - `{header: "0x…", extrinsics: ["0x…"]}` with the SCALE header, seal included. Further members are ignored.
 * @throws ChainFormatError
 */
export function readBlocks(json: unknown): Block[] {
  const document = new JsonValue(json);
  return document.isArray ? document.items().map(readBlock) : [readBlock(document)];
}

function readBlock(json: JsonValue): Block {
  if (json.optional("header") !== undefined) return readParts(json);
  const block = json.optional("block");
  if (block !== undefined) return readParts(block);
  const error = json.optional("error");
  if (error !== undefined) throw json.error("remote", `the node answered with an error${messageOf(error)}`);
  const result = json.optional("result");
  if (result !== undefined) return readParts(result.member("block"));
  // A node answers null when it does not know the block.
  if (json.optional("jsonrpc") !== undefined) throw json.error("remote", "the node answered with no block");
  throw json.error("missing", "neither a block nor an answer to chain_getBlock");
}

function messageOf(error: JsonValue): string {
  const message = error.isObject ? error.optional("message") : undefined;
  return message?.isString ? `: ${message.string().slice(0, 200)}` : "";
}

/**
 * Reads a header out of JSON: SCALE in hex, an answer to `chain_getHeader` or its result, or a block as `readBlocks`
 * takes it.
 * @throws ChainFormatError
 */
export function readJsonHeader(json: unknown): Header {
  const document = new JsonValue(json);
  if (document.isString) return document.scale(decodeHeader);
  if (document.optional("parentHash") !== undefined) return readRpcHeader(document);
  const result = document.optional("result");
  if (result?.optional("parentHash") !== undefined) return readRpcHeader(result);
  return readBlock(document).header;
}

function readParts(json: JsonValue): Block {
  const header = json.member("header");
  return {
    header: header.isString ? header.scale(decodeHeader) : readRpcHeader(header),
    extrinsics: json
      .member("extrinsics")
      .items()
      .map((item) => item.scale(checkExtrinsic)),
  };
}

function readRpcHeader(json: JsonValue): Header {
  return {
    parentHash: json.member("parentHash").hash(),
    number: json.member("number").blockNumber(),
    stateRoot: json.member("stateRoot").hash(),
    extrinsicsRoot: json.member("extrinsicsRoot").hash(),
    digest: json
      .member("digest")
      .member("logs")
      .items()
      .map((item) => item.scale(decodeDigestItem)),
  };
}

function decodeDigestItem(bytes: Uint8Array): DigestItem {
  const reader = new ScaleReader(bytes, "digest item");
  const item = readDigestItem(reader);
  reader.end();
  return item;
}

/** An extrinsic is opaque but for its length, without which a body could be cut up in more than one way. */
function checkExtrinsic(bytes: Uint8Array): Uint8Array {
  const reader = new ScaleReader(bytes, "extrinsic");
  reader.bytes();
  reader.end();
  return bytes;
}
