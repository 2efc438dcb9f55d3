/** Debug information ends, or says something that it cannot: what follows of it is not read. */
export class DwarfError extends Error {
  override readonly name = "DwarfError";
}

/** Of the tenth byte. */
const MAX_FACTOR = 128 ** 9;

/** Reads debug information, which is little-endian in Wasm modules, and may be anything at all. */
export class DwarfReader {
  readonly bytes: Uint8Array;
  pos: number;
  end: number;

  constructor(bytes: Uint8Array, pos = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.pos = pos;
    this.end = end;
  }

  /** The position before the next `length` bytes, which are passed over. */
  skip(length: number): number {
    if (length > this.end - this.pos) throw new DwarfError("unexpected end");
    this.pos += length;
    return this.pos - length;
  }

  u8(): number {
    return this.bytes[this.skip(1)]!;
  }
  i8(): number {
    return (this.u8() << 24) >> 24;
  }
  u16(): number {
    return this.u8() | (this.u8() << 8);
  }
  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  /** Above 2^53 it is not exact, and beyond all that is of use. */
  uleb(): number {
    return this.#leb(false);
  }

  sleb(): number {
    return this.#leb(true);
  }

  #leb(signed: boolean): number {
    let value = 0;
    for (let factor = 1; factor <= MAX_FACTOR; factor *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return signed && byte & 0x40 ? value - factor * 128 : value;
    }
    throw new DwarfError("a number of more than ten bytes");
  }

  /** Passes over a string that ends with a NUL; returns where it begins. */
  string(): number {
    const start = this.pos;
    while (this.u8() !== 0);
    return start;
  }
}
