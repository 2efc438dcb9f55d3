import { existsSync, readFileSync } from "node:fs";
import { codeIn, specInput } from "../../src/cli/chain-input.ts";
import { cacheFolder, chainSpecs } from "../../src/cli/demo/chain-specs.ts";
import { POLKADOT_BLOCK_1 } from "../../src/cli/demo/polkadot-block-1.ts";
import { InputError, parseJson } from "../../src/cli/input.ts";
import { type Block, readBlocks, readStateFile, type Storage } from "../../src/host/polkadot/index.ts";
import { CHAIN } from "../paths.ts";

/** Block 1 of Polkadot and the genesis state's entries. */
export interface BlockSubject {
  readonly block: Block;
  readonly storage: Storage;
  readonly code: Uint8Array;
}

/** From the chain data beside the repository, else from the demo's cache; undefined where neither is. */
export async function polkadotBlock(): Promise<BlockSubject | undefined> {
  const storage = (await fromSharedData()) ?? (await fromCache());
  if (storage === undefined) return undefined;
  const [block] = readBlocks(POLKADOT_BLOCK_1) as [Block];
  return { block, storage, code: codeIn(storage)! };
}

export const POLKADOT_BLOCK_NEEDS = "the demo's cache (npm run demo fills it)";

async function fromSharedData(): Promise<Storage | undefined> {
  const file = new URL("blocks/polkadot-1/state.json", CHAIN);
  return existsSync(file) ? readStateFile(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

async function fromCache(): Promise<Storage | undefined> {
  const offline = async (): Promise<never> => {
    throw new InputError("not in the cache, and a benchmark fetches nothing");
  };
  try {
    const specs = await chainSpecs({ cache: cacheFolder(process.env), fetch: offline });
    return specInput(parseJson(specs.read("polkadot"), specs.path), specs.path).storage;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
