import { bytesToHex, type Hex } from "../hex.ts";
import type { Witness } from "../state/proof/witness.ts";
import type { StateVersion } from "../state/trie/node.ts";
import { JsonValue } from "./json.ts";

/** A witness read from a file. */
export interface WitnessFile {
  readonly nodes: readonly Uint8Array[];
  /** The root that the file says the nodes are of. */
  readonly parentStateRoot: Uint8Array | undefined;
  readonly stateVersion: StateVersion | undefined;
}

/**
 * Reads a witness: a list of nodes in hex, or `{nodes: ["0x…"], parentStateRoot?: "0x…", stateVersion?: 0 | 1}`, the
 * names also as `parent_state_root` and `state_version`. The result of `state_getReadProof`, which calls its list
 * `proof`, is one too. Further members are ignored.
 * @throws ChainFormatError
 */
export function readWitnessFile(json: unknown): WitnessFile {
  const document = new JsonValue(json);
  if (document.isArray) {
    return { nodes: readNodes(document), parentStateRoot: undefined, stateVersion: undefined };
  }
  const root = document.optional("parentStateRoot") ?? document.optional("parent_state_root");
  const version = document.optional("stateVersion") ?? document.optional("state_version");
  return {
    nodes: readNodes(document.optional("proof") ?? document.member("nodes")),
    parentStateRoot: root?.hash(),
    stateVersion: version && readVersion(version),
  };
}

function readNodes(list: JsonValue): Uint8Array[] {
  return list.items().map((item) => item.bytes());
}

function readVersion(json: JsonValue): StateVersion {
  const { value } = json;
  if (value === 0 || value === 1) return value;
  throw json.error("unsupported", "expected state version 0 or 1");
}

/** A witness as `readWitnessFile` reads it. */
export interface WitnessJson {
  readonly parentStateRoot: Hex;
  readonly stateVersion?: StateVersion;
  readonly nodes: readonly Hex[];
}

export function witnessToJson({ parentStateRoot, stateVersion, nodes }: Witness): WitnessJson {
  return {
    parentStateRoot: bytesToHex(parentStateRoot),
    ...(stateVersion !== undefined && { stateVersion }),
    nodes: nodes.map(bytesToHex),
  };
}
