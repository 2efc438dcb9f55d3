import { unsignedLeb } from "./leb128.ts";

/**
 * A module of `count` functions, each with a loop over memory, arithmetic and calls: for machines that have no real
 * one. Each takes 1,090 bytes or so.
 */
export function generatedModule(count: number): Uint8Array {
  const code: number[] = [0x01, 0x03, 0x7f, 0x02, 0x40, 0x03, 0x40];
  for (let i = 0; i < 40; i++) {
    code.push(0x20, 0x00, 0x41, i & 0x3f, 0x6a, 0x22, 0x01, 0x28, 0x02, 0x10, 0x20, 0x02, 0x73, 0x21, 0x03);
    code.push(0x20, 0x01, 0x20, 0x03, 0x36, 0x02, 0x80, 0x08, 0x20, 0x03, 0x45, 0x0d, 0x01);
  }
  code.push(0x20, 0x00, 0x10, 0x00, 0x04, 0x40, 0x0c, 0x01, 0x0b, 0x0b, 0x0b, 0x20, 0x03, 0x0b);
  const vector = (entries: number[][]): number[] => [...unsignedLeb(entries.length), ...entries.flat()];
  const section = (id: number, content: number[]): number[] => [
    id,
    ...unsignedLeb(content.length),
    ...content,
  ];
  const indices = Array.from({ length: count }, () => [0]);
  const bodies = Array.from({ length: count }, () => [...unsignedLeb(code.length), ...code]);
  return Uint8Array.from(
    [
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, vector([[0x60, 0x01, 0x7f, 0x01, 0x7f]])),
      ...section(3, vector(indices)),
      ...section(5, vector([[0x00, 0x01]])),
    ].concat(section(10, vector(bodies))),
  );
}
