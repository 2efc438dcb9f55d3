import { compareBytes } from "../../bytes.ts";
import type { ScaleReader } from "../../scale/reader.ts";
import { decodeUtf8, encodeUtf8 } from "../../scale/utf8.ts";
import { ScaleWriter } from "../../scale/writer.ts";

/** What a block's author tells the runtime, by identifiers of eight characters: "timstap0", "parachn0", … */
export type InherentData = ReadonlyMap<string, Uint8Array>;

/** The time in milliseconds, for the timestamp inherent. */
export function timestampData(now: bigint): [id: string, data: Uint8Array] {
  return ["timstap0", new ScaleWriter().u64(now).finish()];
}

/** The slot, which old BABE runtimes want beside the digest. */
export function babeSlotData(slot: bigint): [id: string, data: Uint8Array] {
  return ["babeslot", new ScaleWriter().u64(slot).finish()];
}

/** SCALE `InherentData`: a map in the order of its identifiers. @throws TypeError for one that is not 8 bytes */
export function encodeInherentData(data: InherentData): Uint8Array {
  const entries = [...data].map(([id, bytes]) => ({ id: encodeUtf8(id), bytes }));
  const wrong = entries.find(({ id }) => id.length !== 8);
  if (wrong !== undefined) throw new TypeError(`an inherent identifier has 8 bytes, not ${wrong.id.length}`);
  entries.sort((a, b) => compareBytes(a.id, b.id));
  return new ScaleWriter().vec(entries, (w, { id, bytes }) => w.fixed(id).bytes(bytes)).finish();
}

/** @throws ScaleError */
export function readInherentData(reader: ScaleReader): InherentData {
  return new Map(
    reader.vec((r): [string, Uint8Array] => {
      const start = r.offset;
      const id = decodeUtf8(r.fixed(8));
      if (id === undefined) throw r.error("invalid-value", "inherent identifier is not UTF-8", start);
      return [id, r.bytes()];
    }, 9),
  );
}
