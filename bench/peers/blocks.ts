import { existsSync, readFileSync } from "node:fs";
import { codeIn } from "../../src/cli/chain-input.ts";
import { hexToBytes } from "../../src/host/index.ts";
import { decodeHeader, Runtime, readStateFile, stateTrieVersion } from "../../src/host/polkadot/index.ts";
import { CHAIN } from "../paths.ts";
import { type BlockSubject, polkadotBlock } from "../subjects/polkadot-block.ts";

/** A block on the state of its parent, by a name for people. */
export interface NamedBlock extends BlockSubject {
  readonly name: string;
  readonly version: 0 | 1;
}

/** Names for people by the folders of chain data, and of one block in all. */
const FOLDERS = {
  "Kusama 1": "kusama-1",
  "Westend 1": "westend-1-32",
  "Paseo 1": "paseo-1001002-synthetic-1",
};

/** Block 1 of Polkadot, and those of other chains where the chain data is. */
export async function firstBlocks(): Promise<NamedBlock[]> {
  const polkadot = await polkadotBlock();
  const found = Object.entries(FOLDERS).flatMap(([name, folder]) => {
    const subject = fromChainData(folder);
    return subject === undefined ? [] : [named(name, subject)];
  });
  return [...(polkadot === undefined ? [] : [named("Polkadot 1", polkadot)]), ...found];
}

function named(name: string, subject: BlockSubject): NamedBlock {
  return { name, ...subject, version: stateTrieVersion(Runtime.fromCode(subject.code).version()) };
}

function fromChainData(folder: string): BlockSubject | undefined {
  const blocks = new URL(`blocks/${folder}/blocks.json`, CHAIN);
  if (!existsSync(blocks)) return undefined;
  const [first] = JSON.parse(readFileSync(blocks, "utf8")) as [{ header: string; extrinsics: string[] }];
  const state = readFileSync(new URL(`blocks/${folder}/state.json`, CHAIN), "utf8");
  const storage = readStateFile(JSON.parse(state));
  return {
    block: {
      header: decodeHeader(hexToBytes(first.header)),
      extrinsics: first.extrinsics.map((extrinsic) => hexToBytes(extrinsic)),
    },
    storage,
    code: codeIn(storage)!,
  };
}
