const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * Writes a protobuf message (https://protobuf.dev/programming-guides/encoding). Fields with the default value are
 * left out, as proto3 has it.
 */
export class ProtoWriter {
  readonly #bytes: number[] = [];

  /** A field of type uint64 or int64, not negative. */
  uint(field: number, value: bigint | number): this {
    if (BigInt(value) === 0n) return this;
    this.#varint((field << 3) | VARINT);
    this.#varint(value);
    return this;
  }

  /** A repeated field of such numbers, packed. */
  packed(field: number, values: readonly (bigint | number)[]): this {
    if (values.length === 0) return this;
    const inner = new ProtoWriter();
    for (const value of values) inner.#varint(value);
    return this.message(field, inner);
  }

  message(field: number, inner: ProtoWriter): this {
    return this.#delimited(field, inner.#bytes);
  }

  /** An element of a repeated field: the empty string counts. */
  string(field: number, text: string): this {
    return this.#delimited(field, new TextEncoder().encode(text));
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #delimited(field: number, bytes: ArrayLike<number>): this {
    this.#varint((field << 3) | LENGTH_DELIMITED);
    this.#varint(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.#bytes.push(bytes[i]!);
    return this;
  }

  #varint(value: bigint | number): void {
    let high = BigInt(value);
    for (; high > 0x7fff_ffffn; high >>= 7n) this.#bytes.push(Number(high & 0x7fn) | 0x80);
    let rest = Number(high);
    for (; rest > 0x7f; rest >>>= 7) this.#bytes.push((rest & 0x7f) | 0x80);
    this.#bytes.push(rest);
  }
}
