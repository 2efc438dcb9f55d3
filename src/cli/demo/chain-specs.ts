import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { InputError } from "../input.ts";
import { npmPack } from "./npm-pack.ts";
import { tarEntries } from "./tar.ts";

/** The relay chains whose genesis the package carries. */
export type SpecName = "polkadot" | "kusama" | "westend";

/** The package with the raw chain specifications, and the hash of its tarball as the registry states it. */
export const PACKAGE = "@substrate/connect@0.3.18";
const INTEGRITY =
  "sha512-FHRp212723mogIeTRKZn4sEFtyC3TUtJzsz9w7aaYol2VrGgFtr+eIRVjAoo9Qs67T1e5WQo8SiTI2ewCSV0hQ==";
const FILE = "substrate-connect-0.3.18.tgz";
const FOLDER = "package/dist/specs";

/** Bound on what the tarball may unpack to; the pinned one has 12 MB. */
const MAX_UNPACKED = 64_000_000;

export interface ChainSpecs {
  /** The tarball in the cache. */
  readonly path: string;
  /** Whether it had to be fetched just now. */
  readonly fetched: boolean;
  /** The JSON text of one specification. @throws InputError if the package has none of that name. */
  read(name: SpecName): Uint8Array;
}

export interface ChainSpecsOptions {
  /** Where the tarball is kept. Default: `cacheFolder(process.env)`. */
  readonly cache?: string;
  /** Puts the package's tarball into a folder. Default: by npm. */
  readonly fetch?: Fetch;
}

type Fetch = (spec: string, folder: string) => Promise<void>;

/** `$LOCKSTEP_CACHE`, else `.cache/lockstep` in the working directory. */
export function cacheFolder(env: { readonly [name: string]: string | undefined }): string {
  return env["LOCKSTEP_CACHE"] || join(".cache", "lockstep");
}

/**
 * The chain specifications, from the cache or, the first time, from the package registry. The tarball is checked
 * against its pinned hash each time it is used, so the cache need not be trusted.
 *
 * @throws InputError if it is not in the cache and cannot be fetched, or is not the pinned one.
 */
export async function chainSpecs(options: ChainSpecsOptions = {}): Promise<ChainSpecs> {
  const cache = options.cache ?? cacheFolder(process.env);
  const path = join(cache, FILE);
  const cached = readIfThere(path);
  if (cached !== undefined && integrityOf(cached) === INTEGRITY) return open(path, cached, false);
  return open(path, await fetchInto(cache, options.fetch ?? npmPack), true);
}

async function fetchInto(cache: string, fetch: Fetch): Promise<Uint8Array> {
  mkdirSync(cache, { recursive: true });
  // A folder of its own, so that a broken or parallel run never leaves half a file under the final name.
  const folder = mkdtempSync(join(cache, "fetch-"));
  try {
    await fetchOrExplain(fetch, folder);
    const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
    if (name === undefined) throw new InputError(`no tarball came for ${PACKAGE}`);
    const tarball = readFileSync(join(folder, name));
    const integrity = integrityOf(tarball);
    if (integrity !== INTEGRITY) {
      throw new InputError(`the tarball of ${PACKAGE} is not the pinned one: its hash is ${integrity}`);
    }
    renameSync(join(folder, name), join(cache, FILE));
    return tarball;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without the network nothing can be done, but the user should know that it is needed only once. */
async function fetchOrExplain(fetch: Fetch, folder: string): Promise<void> {
  try {
    await fetch(PACKAGE, folder);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const hint = "The chain specifications are fetched once; after that no network is needed.";
    throw new InputError(`${error.message}\n${hint}`, { cause: error });
  }
}

function open(path: string, tarball: Uint8Array, fetched: boolean): ChainSpecs {
  const archive = gunzipSync(tarball, { maxOutputLength: MAX_UNPACKED });
  return {
    path,
    fetched,
    read(name) {
      for (const entry of tarEntries(archive)) {
        if (entry.name === `${FOLDER}/${name}.json`) return entry.bytes;
      }
      throw new InputError(`${path} has no ${FOLDER}/${name}.json`);
    },
  };
}

/** Subresource-integrity form, as npm writes it. */
function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
