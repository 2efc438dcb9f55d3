/**
 * How fast modules are decoded and validated, in MB (10^6 bytes) of binary per second, after warming up, best of
 * the rounds. Run the built file: `node dist/bench/decode.js [FILE…]`. Without files it takes the runtimes beside
 * the repository where they are, else a module made here.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { decompress } from "fzstd";
import { decode, type Module, validate } from "../src/decoder/index.ts";

const RUNTIMES = "../shared/chain/runtimes";
/** What a compressed runtime starts with, before its zstd frame. */
const COMPRESSED = [0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05];
const WARM_UP = 3;
const ROUNDS = 8;

interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function read(path: string): Subject {
  const bytes = new Uint8Array(readFileSync(path));
  const compressed = COMPRESSED.every((byte, i) => bytes[i] === byte);
  return { name: basename(path), bytes: compressed ? decompress(bytes.subarray(COMPRESSED.length)) : bytes };
}

function subjects(): Subject[] {
  const files = process.argv.slice(2);
  if (files.length > 0) return files.map(read);
  if (!existsSync(RUNTIMES)) return [{ name: "generated", bytes: generate(4_000) }];
  const names = readdirSync(RUNTIMES).filter((name) => name.endsWith(".wasm"));
  return names.map((name) => read(join(RUNTIMES, name)));
}

/** A module of `count` functions, each with a loop over memory, arithmetic and calls. */
function generate(count: number): Uint8Array {
  const code: number[] = [0x01, 0x03, 0x7f, 0x02, 0x40, 0x03, 0x40];
  for (let i = 0; i < 40; i++) {
    code.push(0x20, 0x00, 0x41, i & 0x3f, 0x6a, 0x22, 0x01, 0x28, 0x02, 0x10, 0x20, 0x02, 0x73, 0x21, 0x03);
    code.push(0x20, 0x01, 0x20, 0x03, 0x36, 0x02, 0x80, 0x08, 0x20, 0x03, 0x45, 0x0d, 0x01);
  }
  code.push(0x20, 0x00, 0x10, 0x00, 0x04, 0x40, 0x0c, 0x01, 0x0b, 0x0b, 0x0b, 0x20, 0x03, 0x0b);
  const vector = (entries: number[][]): number[] => [...unsigned(entries.length), ...entries.flat()];
  const section = (id: number, content: number[]): number[] => [id, ...unsigned(content.length), ...content];
  const indices = Array.from({ length: count }, () => [0]);
  const bodies = Array.from({ length: count }, () => [...unsigned(code.length), ...code]);
  return Uint8Array.from(
    [
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, vector([[0x60, 0x01, 0x7f, 0x01, 0x7f]])),
      ...section(3, vector(indices)),
      ...section(5, vector([[0x00, 0x01]])),
    ].concat(section(10, vector(bodies))),
  );
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

/** Milliseconds of one run each of decoding and validating. */
function measure(bytes: Uint8Array): { decoding: number; validating: number; module: Module } {
  const start = performance.now();
  const module = decode(bytes);
  const middle = performance.now();
  validate(module);
  return { decoding: middle - start, validating: performance.now() - middle, module };
}

const rate = (bytes: Uint8Array, ms: number): string =>
  `${(bytes.length / ms / 1000).toFixed(0)} MB/s`.padStart(12);

console.log(
  `${"module".padEnd(48)}${"MB".padStart(7)}${"functions".padStart(10)}      decode    validate        both       first`,
);
for (const { name, bytes } of subjects()) {
  const first = measure(bytes);
  for (let i = 0; i < WARM_UP; i++) measure(bytes);
  let decoding = Number.POSITIVE_INFINITY;
  let validating = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ROUNDS; i++) {
    const run = measure(bytes);
    decoding = Math.min(decoding, run.decoding);
    validating = Math.min(validating, run.validating);
  }
  const columns = [decoding, validating, decoding + validating, first.decoding + first.validating];
  const size = (bytes.length / 1e6).toFixed(2).padStart(7);
  const functions = String(first.module.functions.length).padStart(10);
  console.log(name.padEnd(48) + size + functions + columns.map((ms) => rate(bytes, ms)).join(""));
}
