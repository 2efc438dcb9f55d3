import { readFileSync } from "node:fs";
import type { FeatureSet } from "../decoder/index.ts";
import { resolveFeatures } from "../decoder/index.ts";
import { hexToBytes } from "../host/hex.ts";
import { UsageError } from "./args.ts";

/** An input file cannot be read or is not of a kind that the command takes. Exit code 3. */
export class InputError extends Error {
  override readonly name: string = "InputError";
}

/** @throws InputError if the file cannot be read. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Anything but an answer of the system is a fault of ours.
    if (code === undefined) throw error;
    throw new InputError(`cannot read ${path}: ${SYSTEM_REASONS.get(code) ?? message}`);
  }
}

const SYSTEM_REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "no such file"],
  ["EISDIR", "it is a folder"],
  ["EACCES", "permission denied"],
  ["ERR_FS_FILE_TOO_LARGE", "the file is larger than 2 GiB"],
]);

/** @throws InputError if the file cannot be read or is not JSON. */
export function readJson(path: string): unknown {
  return parseJson(readBytes(path), path);
}

/** @param path names the bytes in errors. @throws InputError */
export function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`);
  }
}

/** Whether a file's content is meant as JSON: it begins with `{` or `[`, white space aside. */
export function looksLikeJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first === 0x7b || first === 0x5b;
}

/** Code is accepted as raw bytes and as text `0x…`, the form JSON-RPC gives it in. @throws HexError */
export function unwrapHexText(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x30 || bytes[1] !== 0x78) return bytes;
  return hexToBytes(new TextDecoder().decode(bytes).trim());
}

/** The gas limit when none is given: minutes of work, so that code without an end does end. */
const DEFAULT_GAS = 10_000_000_000n;

/** `--gas`; undefined means unlimited. @throws UsageError */
export function parseGas(text: string | undefined): bigint | undefined {
  if (text === undefined) return DEFAULT_GAS;
  if (text === "unlimited") return undefined;
  const digits = text.replaceAll(/[_,]/g, "");
  if (!/^\d{1,18}$/.test(digits))
    throw new UsageError(`--gas takes a number of units or "unlimited", not "${text}"`);
  return BigInt(digits);
}

/** `--features`: the name of a set, or names of features separated by commas. @throws UsageError */
export function parseFeatures(text: string | undefined): FeatureSet | undefined {
  if (text === undefined || text === "mvp" || text === "polkadot" || text === "2.0") return text;
  const known = resolveFeatures("2.0");
  const names = text.split(",").filter((name) => name !== "");
  const features = [...known].filter((feature) => names.includes(feature));
  const unknown = names.find((name) => !(known as ReadonlySet<string>).has(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `unknown feature "${unknown}"; there are ${[...known].join(", ")}, and the sets mvp, polkadot, 2.0`,
    );
  }
  return features;
}
