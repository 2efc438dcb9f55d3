import { SnapshotError } from "./errors.ts";

/** Appends to a growing buffer; all numbers little-endian. */
export class SnapshotWriter {
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private size = 0;

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.size++] = value;
  }
  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.size, value, true);
    this.size += 4;
  }
  u64(value: bigint): void {
    this.reserve(8);
    this.view.setBigUint64(this.size, value, true);
    this.size += 8;
  }
  fixed(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }
  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.u32(items.length);
    for (const item of items) write(item);
  }
  finish(): Uint8Array {
    return this.bytes.slice(0, this.size);
  }

  private reserve(count: number): void {
    if (this.size + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.size + count));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Reads what `SnapshotWriter` wrote. Every method throws SnapshotError past the end. */
export class SnapshotReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }
  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }
  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }
  fixed(length: number): Uint8Array {
    const at = this.take(length);
    return this.bytes.slice(at, at + length);
  }
  /** @param minimum bytes that every item takes at least, so that a count can be refused before anything is made */
  list<T>(minimum: number, read: (index: number) => T): T[] {
    const count = this.u32();
    if (count * minimum > this.bytes.length - this.at) throw this.error("unexpected end");
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read(i));
    return items;
  }
  /** An index below `count`. */
  index(count: number, what: string): number {
    const index = this.u32();
    if (index >= count) throw this.error(`there is no ${what} ${index}`);
    return index;
  }
  end(): void {
    if (this.at !== this.bytes.length) throw this.error("bytes after the end");
  }
  error(reason: string): SnapshotError {
    return new SnapshotError("malformed", `${reason} (at byte ${this.at})`);
  }

  private take(count: number): number {
    const { at } = this;
    if (at + count > this.bytes.length) throw this.error("unexpected end");
    this.at = at + count;
    return at;
  }
}
