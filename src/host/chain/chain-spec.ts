import type { State } from "../state/state.ts";
import type { StateVersion } from "../state/trie/node.ts";
import { JsonValue } from "./json.ts";
import { readChildren } from "./state-file.ts";
import { buildState, type Storage } from "./storage.ts";

/** Code that replaces the state's `:code` for blocks after `block`, while the on-chain spec version stays the same. */
export interface CodeSubstitute {
  /** Number, or in older specs the hash, of the block from which on it counts. */
  readonly block: number | Uint8Array;
  readonly code: Uint8Array;
}

/** What a chain spec says about a chain that matters to execution. */
export interface ChainSpec {
  readonly name: string;
  readonly id: string;
  /** The entries of the genesis state. */
  readonly genesis: Storage;
  /** The genesis state. */
  readonly state: State;
  readonly codeSubstitutes: readonly CodeSubstitute[];
  /** Hashes of blocks to refuse. */
  readonly badBlocks: readonly Uint8Array[];
  /** Blocks that must have these hashes. */
  readonly forkBlocks: readonly { readonly number: number; readonly hash: Uint8Array }[];
}

/**
 * Reads a raw chain spec (polkadot-sdk, `build-spec --raw`).
 * @param version the state version of the genesis runtime: 0 for chains started before 2022, and many later ones
 * @throws ChainFormatError, StateError
 */
export function readChainSpec(json: unknown, version: StateVersion = 0): ChainSpec {
  const document = new JsonValue(json);
  const genesis = readGenesis(document.member("genesis"));
  return {
    name: document.member("name").string(),
    id: document.member("id").string(),
    genesis,
    state: buildState(genesis, version),
    codeSubstitutes: (document.optional("codeSubstitutes")?.members() ?? []).map(readSubstitute),
    badBlocks: (document.optional("badBlocks")?.items() ?? []).map((item) => item.hash()),
    forkBlocks: (document.optional("forkBlocks")?.items() ?? []).map(readForkBlock),
  };
}

function readGenesis(json: JsonValue): Storage {
  const raw = json.optional("raw");
  if (raw !== undefined) {
    return { top: raw.member("top").hexMap(), children: readChildren(raw.optional("childrenDefault")) };
  }
  if (json.optional("stateRootHash") !== undefined) {
    throw json.error(
      "unsupported",
      "holds only the state's root (stateRootHash); the raw form has the state",
    );
  }
  for (const form of ["runtime", "runtimeGenesis", "runtimeAndCode", "runtimeGenesisConfig"]) {
    if (json.optional(form) === undefined) continue;
    throw json.error(
      "unsupported",
      `is in the form "${form}", which a runtime must turn into raw storage first`,
    );
  }
  throw json.error("missing", "has no raw storage");
}

function readSubstitute([name, code]: [string, JsonValue]): CodeSubstitute {
  const decimal = /^\d{1,10}$/.test(name) ? new JsonValue(Number(name), code.path) : undefined;
  return {
    block: decimal === undefined ? new JsonValue(name, code.path).hash() : decimal.blockNumber(),
    code: code.bytes(),
  };
}

function readForkBlock(json: JsonValue): ChainSpec["forkBlocks"][number] {
  const [number, hash, ...more] = json.items();
  if (number === undefined || hash === undefined || more.length > 0) {
    throw json.error("type", "expected [number, hash]");
  }
  return { number: number.blockNumber(), hash: hash.hash() };
}
