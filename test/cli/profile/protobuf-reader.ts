/** A protobuf message as its fields: numbers for varints, bytes for what has a length. In the order of the message. */
export type Field = readonly [number: number, value: bigint | Uint8Array];

/** Reads a message by the encoding's rules alone: nothing in common with what wrote it. */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    if ((key & 7) === 0) fields.push([key >> 3, varint()]);
    else if ((key & 7) === 2) {
      const length = Number(varint());
      fields.push([key >> 3, bytes.subarray(at, at + length)]);
      at += length;
    } else throw new Error(`wire type ${key & 7}`);
  }
  return fields;
}

/** All values of one field. */
export function all(fields: readonly Field[], number: number): (bigint | Uint8Array)[] {
  return fields.filter((field) => field[0] === number).map((field) => field[1]);
}

export function messages(fields: readonly Field[], number: number): Field[][] {
  return all(fields, number).map((value) => readFields(value as Uint8Array));
}

/** A packed field's numbers. */
export function numbers(fields: readonly Field[], number: number): number[] {
  return all(fields, number).flatMap((value) => {
    const bytes = value as Uint8Array;
    // Packed varints are the keys of a message of nothing else, so to say: read them one by one.
    const found: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      let result = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++]!;
        result += (byte & 0x7f) * scale;
        if (byte < 0x80) break;
      }
      found.push(result);
    }
    return found;
  });
}

export function uint(fields: readonly Field[], number: number): number {
  return Number(all(fields, number)[0] ?? 0n);
}
