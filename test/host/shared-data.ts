import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's root, whichever directory the tests are built into. */
const ROOT = new URL("../../../", import.meta.url);

/** A JSON fixture of this repository. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`test/fixtures/${name}`, ROOT), "utf8")) as T;
}

function locate(path: string): string {
  return fileURLToPath(new URL(`../shared/chain/${path}`, ROOT));
}

/** Whether the chain data that lies beside the repository in development is there. */
export const HAS_CHAIN_DATA = existsSync(locate(""));

/** Says in a suite's title why it is skipped. */
export const CHAIN_DATA_NOTE = HAS_CHAIN_DATA ? "" : " (skipped: no ../shared/chain)";

export function chainJson<T>(path: string): T {
  return JSON.parse(readFileSync(locate(path), "utf8")) as T;
}

export function chainBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(locate(path)));
}

export function chainText(path: string): string {
  return readFileSync(locate(path), "utf8");
}

export function chainFolder(path: string): string[] {
  return readdirSync(locate(path)).sort();
}
