import { signedLeb, unsignedLeb } from "./leb128.ts";

/** A function that the module imports, and the operators that push its arguments. */
export interface ImportedCall {
  readonly name: string;
  readonly params: readonly number[];
  readonly results: readonly number[];
  readonly args: readonly number[];
}

export const I32 = 0x7f;
export const I64 = 0x7e;
export const i32 = (value: number): number[] => [0x41, ...signedLeb(BigInt(value))];
/** A span. */
export const span = (address: number, length: number): number[] => [
  0x42,
  ...signedLeb((BigInt(length) << 32n) | BigInt(address)),
];

/**
 * A module that imports functions of `env` and exports, under the name of each, one that calls it as often as its
 * parameter says. It exports a memory of one page.
 */
export function callingModule(calls: readonly ImportedCall[]): Uint8Array {
  const vector = (entries: readonly (readonly number[])[]): number[] => [
    ...unsignedLeb(entries.length),
    ...entries.flat(),
  ];
  const section = (id: number, content: readonly number[]): number[] => [
    id,
    ...unsignedLeb(content.length),
    ...content,
  ];
  const name = (text: string): number[] => [
    ...unsignedLeb(text.length),
    ...[...text].map((c) => c.charCodeAt(0)),
  ];
  const types = calls.map(({ params, results }) => [
    0x60,
    params.length,
    ...params,
    results.length,
    ...results,
  ]);
  const bodies = calls.map(({ args, results }, i) => {
    const drop = results.map(() => 0x1a);
    const again = [0x20, 0, ...i32(1), 0x6b, 0x22, 0, 0x0d, 0];
    const code = [0, 0x03, 0x40, ...args, 0x10, ...unsignedLeb(i), ...drop, ...again, 0x0b, 0x0b];
    return [...unsignedLeb(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector([...types, [0x60, 1, I32, 0]])),
    ...section(2, vector(calls.map((call, i) => [...name("env"), ...name(call.name), 0, i]))),
    ...section(3, vector(calls.map(() => [calls.length]))),
    ...section(5, [1, 0, 1]),
    ...section(
      7,
      vector([
        [...name("memory"), 2, 0],
        ...calls.map((call, i) => [...name(call.name), 0, calls.length + i]),
      ]),
    ),
    ...section(10, vector(bodies)),
  ]);
}
