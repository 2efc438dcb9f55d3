import { bytesToHex } from "../hex.ts";

/** Longer byte strings are cut in logs: a runtime blob passes through host calls whole. */
const SHOWN_BYTES = 64;

/** Hex for logs; beyond `shown` bytes only the beginning and the length. */
export function formatBytes(bytes: Uint8Array, shown = SHOWN_BYTES): string {
  return bytes.length <= shown
    ? bytesToHex(bytes)
    : `${bytesToHex(bytes.subarray(0, shown))}…(${bytes.length} bytes)`;
}

export function formatText(value: string): string {
  return JSON.stringify(value);
}
