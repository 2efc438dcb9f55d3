import { fromLatin1, toLatin1 } from "../bytes.ts";
import type { ScaleReader } from "../scale/reader.ts";
import type { ScaleWriter } from "../scale/writer.ts";

/** An item about a consensus engine, named by four characters (codes 0 to 255): "BABE", "FRNK", "BEEF", "aura", … */
export interface EngineItem {
  readonly type: "preRuntime" | "consensus" | "seal";
  readonly engine: string;
  readonly data: Uint8Array;
}

/** An item of a header's digest (sp-runtime, DigestItem; the ones marked old by the versions that had them). */
export type DigestItem =
  | EngineItem
  | { readonly type: "other"; readonly data: Uint8Array }
  /** Old. Public keys of 32 bytes. */
  | { readonly type: "authoritiesChange"; readonly authorities: readonly Uint8Array[] }
  /** Old. */
  | { readonly type: "changesTrieRoot"; readonly hash: Uint8Array }
  /** Old. Undefined switches changes tries off. */
  | { readonly type: "changesTrieSignal"; readonly configuration: ChangesTrieConfiguration | undefined }
  | { readonly type: "runtimeEnvironmentUpdated" };

export interface ChangesTrieConfiguration {
  readonly digestInterval: number;
  readonly digestLevels: number;
}

/** @throws ScaleError */
export function readDigestItem(reader: ScaleReader): DigestItem {
  const start = reader.offset;
  const variant = reader.u8();
  switch (variant) {
    case 0:
      return { type: "other", data: reader.bytes() };
    case 1:
      return { type: "authoritiesChange", authorities: reader.vec((r) => r.fixed(32), 32) };
    case 2:
      return { type: "changesTrieRoot", hash: reader.fixed(32) };
    case 4:
      return readEngineItem("consensus", reader);
    case 5:
      return readEngineItem("seal", reader);
    case 6:
      return readEngineItem("preRuntime", reader);
    case 7:
      return { type: "changesTrieSignal", configuration: readSignal(reader) };
    case 8:
      return { type: "runtimeEnvironmentUpdated" };
    default:
      throw reader.error("invalid-value", `unknown digest item ${variant}`, start);
  }
}

function readEngineItem(type: EngineItem["type"], reader: ScaleReader): EngineItem {
  return { type, engine: toLatin1(reader.fixed(4)), data: reader.bytes() };
}

function readSignal(reader: ScaleReader): ChangesTrieConfiguration | undefined {
  const start = reader.offset;
  const signal = reader.u8();
  if (signal !== 0) throw reader.error("invalid-value", `unknown changes trie signal ${signal}`, start);
  return reader.option((r) => ({ digestInterval: r.u32(), digestLevels: r.u32() }));
}

export function writeDigestItem(writer: ScaleWriter, item: DigestItem): void {
  switch (item.type) {
    case "other":
      writer.u8(0).bytes(item.data);
      return;
    case "authoritiesChange":
      writer.u8(1).vec(item.authorities, (w, authority) => w.fixed(authority));
      return;
    case "changesTrieRoot":
      writer.u8(2).fixed(item.hash);
      return;
    case "consensus":
      writeEngineItem(writer.u8(4), item);
      return;
    case "seal":
      writeEngineItem(writer.u8(5), item);
      return;
    case "preRuntime":
      writeEngineItem(writer.u8(6), item);
      return;
    case "changesTrieSignal":
      writer.u8(7).u8(0);
      writer.option(item.configuration, (w, { digestInterval, digestLevels }) =>
        w.u32(digestInterval).u32(digestLevels),
      );
      return;
    case "runtimeEnvironmentUpdated":
      writer.u8(8);
  }
}

function writeEngineItem(writer: ScaleWriter, item: EngineItem): void {
  writer.fixed(fromLatin1(item.engine)).bytes(item.data);
}
