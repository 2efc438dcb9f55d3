import { FreeingBumpAllocator } from "../polkadot/allocator.ts";
import { LOG_LEVELS, type LogRecord, type PolkadotHost, type TransactionIndexing } from "../polkadot/host.ts";
import type { ScaleReader, ScaleWriter } from "../scale/index.ts";

// What a host holds beside the overlay and the memory, as part of a snapshot. The form is our own: SCALE, since
// its reader is strict already.

export function writeHost(writer: ScaleWriter, host: PolkadotHost): void {
  writer.u32(host.hostCalls);
  writer.vec(host.logs, (w, { level, target, message }) => {
    w.u8(LOG_LEVELS.indexOf(level)).string(target).string(message);
  });
  writer.option(host.panicMessage, (w, message) => w.string(message));
  writer.vec(host.transactionIndex, writeTransaction);
  writer.option(host.batch, (w, good) => w.bool(good));
  writer.option(host.lastRoot, (w, root) => w.bytes(root));
  writer.option(host.lastCursor, (w, cursor) => w.bytes(cursor));
  writer.option(host.input, (w, input) => w.bytes(input));
  writer.vec(host.offchainIndex, (w, { key, value }) => {
    w.bytes(key).option(value, (inner, bytes) => inner.bytes(bytes));
  });
  writer.vec(host.indexMarks, (w, mark) => w.u32(mark));
  writeAllocator(writer, host);
}

/** @throws ScaleError */
export function readHost(reader: ScaleReader, host: PolkadotHost): void {
  host.hostCalls = reader.u32();
  host.logs.push(...reader.vec(readLog));
  host.panicMessage = reader.option((r) => r.string());
  host.transactionIndex.push(...reader.vec(readTransaction));
  host.batch = reader.option((r) => r.bool());
  host.lastRoot = reader.option((r) => r.bytes());
  host.lastCursor = reader.option((r) => r.bytes());
  host.input = reader.option((r) => r.bytes());
  const index = reader.vec((r) => ({ key: r.bytes(), value: r.option((inner) => inner.bytes()) }), 2);
  const marks = reader.vec((r) => r.u32(), 4);
  if (marks.some((mark) => mark > index.length))
    throw reader.error("invalid-value", "a mark beyond the index");
  host.loadIndex(index, marks);
  readAllocator(reader, host);
}

function readLog(reader: ScaleReader): LogRecord {
  const level = LOG_LEVELS[reader.u8()];
  if (level === undefined) throw reader.error("invalid-value", "unknown log level");
  return { level, target: reader.string(), message: reader.string() };
}

function writeTransaction(writer: ScaleWriter, entry: TransactionIndexing): void {
  writer.bool(entry.kind === "index").u32(entry.extrinsic);
  writer.u32(entry.kind === "index" ? entry.size : 0).bytes(entry.hash);
}

function readTransaction(reader: ScaleReader): TransactionIndexing {
  const isIndex = reader.bool();
  const extrinsic = reader.u32();
  const size = reader.u32();
  const hash = reader.bytes();
  return isIndex ? { kind: "index", extrinsic, size, hash } : { kind: "renew", extrinsic, hash };
}

/** A runtime's own allocator has all its state in the memory; the host's has these numbers beside it. */
function writeAllocator(writer: ScaleWriter, { allocator }: PolkadotHost): void {
  const state = allocator instanceof FreeingBumpAllocator ? allocator.save() : undefined;
  writer.option(state, (w, saved) => {
    w.u64(BigInt(saved.bumper)).vec(saved.freeLists, (inner, link) => inner.u32(link));
    w.bool(saved.poisoned).u64(BigInt(saved.lastSize));
    w.u64(BigInt(saved.bytesAllocated))
      .u64(BigInt(saved.bytesAllocatedPeak))
      .u64(BigInt(saved.bytesAllocatedSum));
  });
}

function readAllocator(reader: ScaleReader, { allocator }: PolkadotHost): void {
  const state = reader.option((r) => ({
    bumper: Number(r.u64()),
    freeLists: r.vec((inner) => inner.u32(), 4),
    poisoned: r.bool(),
    lastSize: Number(r.u64()),
    bytesAllocated: Number(r.u64()),
    bytesAllocatedPeak: Number(r.u64()),
    bytesAllocatedSum: Number(r.u64()),
  }));
  if ((state !== undefined) !== allocator instanceof FreeingBumpAllocator) {
    throw reader.error("invalid-value", "the heap belongs to another allocator");
  }
  if (state !== undefined && allocator instanceof FreeingBumpAllocator) allocator.load(state);
}
