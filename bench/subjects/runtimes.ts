import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHAIN } from "../paths.ts";

const FOLDER = new URL("runtimes/", CHAIN);

/** A runtime's code blob as it is stored: mostly compressed. */
export interface RuntimeSubject {
  readonly name: string;
  readonly file: string;
}

/** The runtimes beside the repository, by the names their files begin with. */
export function runtimes(): RuntimeSubject[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".wasm"))
    .sort()
    .map((name) => ({
      name: name.replace(/-[0-9a-f]{8}(\.compressed)?\.wasm$/, ""),
      file: fileURLToPath(new URL(name, FOLDER)),
    }));
}

export const RUNTIMES_NEED = "the runtimes in ../shared/chain";

/** Polkadot 9400: a large relay-chain runtime. */
export function polkadot9400(): RuntimeSubject | undefined {
  return runtimes().find(({ name }) => name === "gosemble_polkadot_v9400");
}

export function readBytes(file: string): Uint8Array {
  return new Uint8Array(readFileSync(file));
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 of what a call is known to return. @throws Error if nothing is known of it */
export function expectedHash(subject: RuntimeSubject, method: string): string {
  const text = readFileSync(new URL("EXPECTED.json", FOLDER), "utf8");
  const known = JSON.parse(text) as Record<string, { calls: Record<string, { sha256: string }> }>;
  const name = subject.file.slice(fileURLToPath(FOLDER).length);
  const hash = known[name]?.calls[method]?.sha256;
  if (hash === undefined) throw new Error(`nothing is known of ${method} of ${name}`);
  return hash;
}
