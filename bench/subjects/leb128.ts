export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

export function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = Number(value & 0x7fn);
    value >>= 7n;
    if (value === (byte & 0x40 ? -1n : 0n)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
