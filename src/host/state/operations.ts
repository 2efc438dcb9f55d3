import { ScaleReader, ScaleWriter } from "../scale/index.ts";

/** One change asked of an overlay; `child` names the trie, undefined for the main one. */
export type OverlayOperation =
  | { readonly kind: "start" | "commit" | "rollback" }
  | {
      readonly kind: "set" | "append";
      readonly child: Uint8Array | undefined;
      readonly key: Uint8Array;
      readonly value: Uint8Array;
    }
  | { readonly kind: "clear"; readonly child: Uint8Array | undefined; readonly key: Uint8Array }
  | {
      readonly kind: "clear-prefix";
      readonly child: Uint8Array | undefined;
      readonly prefix: Uint8Array;
      readonly limit: number | undefined;
      readonly cursor: Uint8Array | undefined;
    };

const KINDS = ["start", "commit", "rollback", "set", "append", "clear", "clear-prefix"] as const;

/** SCALE, in a form of our own: operations are only ever read back by us, in snapshots. */
export function encodeOperations(operations: readonly OverlayOperation[]): Uint8Array {
  const writer = new ScaleWriter();
  writer.vec(operations, (_, operation) => {
    writer.u8(KINDS.indexOf(operation.kind));
    if (!("child" in operation)) return;
    writer.option(operation.child, (_w, name) => writer.bytes(name));
    switch (operation.kind) {
      case "set":
      case "append":
        writer.bytes(operation.key);
        writer.bytes(operation.value);
        return;
      case "clear":
        writer.bytes(operation.key);
        return;
      case "clear-prefix":
        writer.bytes(operation.prefix);
        writer.option(operation.limit, (_w, limit) => writer.u32(limit));
        writer.option(operation.cursor, (_w, cursor) => writer.bytes(cursor));
    }
  });
  return writer.finish();
}

/** @throws ScaleError */
export function decodeOperations(bytes: Uint8Array): OverlayOperation[] {
  const reader = new ScaleReader(bytes, "overlay operations");
  const operations = reader.vec(() => readOperation(reader));
  reader.end();
  return operations;
}

function readOperation(reader: ScaleReader): OverlayOperation {
  const kind = KINDS[reader.u8()];
  switch (kind) {
    case "start":
    case "commit":
    case "rollback":
      return { kind };
    case undefined:
      throw reader.error("invalid-value", "unknown operation");
  }
  const child = reader.option(() => reader.bytes());
  switch (kind) {
    case "set":
    case "append":
      return { kind, child, key: reader.bytes(), value: reader.bytes() };
    case "clear":
      return { kind, child, key: reader.bytes() };
    case "clear-prefix": {
      const prefix = reader.bytes();
      const limit = reader.option(() => reader.u32());
      return { kind, child, prefix, limit, cursor: reader.option(() => reader.bytes()) };
    }
  }
}
