import { equalBytes } from "../host/bytes.ts";
import { readWitnessFile } from "../host/chain/index.ts";
import { bytesToHex, HexError, hexToBytes } from "../host/hex.ts";
import { NodeSet, State } from "../host/state/index.ts";
import { UsageError } from "./args.ts";
import { type ChainInput, codeIn, inFile, readCode, stateOf } from "./chain-input.ts";
import { count } from "./format.ts";
import { InputError, readJson } from "./input.ts";
import { readParent } from "./parent-input.ts";

/** Options by which commands take a witness, worded once. */
export const WITNESS_OPTIONS = {
  witness: { value: "FILE", help: "the part of the state that is needed, as trie nodes" },
  "parent-root": { value: "HEX", help: "root of the state that the witness is of" },
} as const;

interface WitnessOptions {
  readonly witness: string | undefined;
  readonly "parent-root": string | undefined;
  /** As `PARENT_OPTION` has it, where the command takes one. */
  readonly parent?: string | undefined;
  /** File with the code, where the command takes one. */
  readonly code?: string | undefined;
}

/** A state of which a part is known. */
export interface WitnessInput {
  readonly state: State;
  readonly nodes: NodeSet;
  /** The runtime's code, if it came beside the witness. */
  readonly code: Uint8Array | undefined;
}

/** What `--json` says about a witness. */
export interface JsonWitness {
  readonly parentStateRoot: string;
  readonly nodes: number;
  readonly bytes: number;
  readonly unused: number;
}

/**
 * What `--witness` names; undefined if it is not given. The root of its state comes from `--parent-root`, `--parent`,
 * the file itself or a whole state; where several are there they must agree.
 *
 * @param chain the whole state, if one is given.
 * @throws UsageError, InputError, FormatError, StateError
 */
export function readWitness(
  options: WitnessOptions,
  chain: ChainInput | undefined,
): WitnessInput | undefined {
  const file = options.witness;
  if (file === undefined) {
    for (const name of ["parent-root", "code"] as const) {
      if (options[name] !== undefined) throw new UsageError(`--${name} goes with --witness`);
    }
    return undefined;
  }
  const named = options["parent-root"];
  const { nodes, parentStateRoot } = inFile(file, () => readWitnessFile(readJson(file)));
  const root = agreed(file, [
    ["--parent-root", named === undefined ? undefined : parseRoot(named)],
    ["--parent", readParent(options)?.stateRoot],
    ["the witness file", parentStateRoot],
    ["the state", chain === undefined ? undefined : stateOf(chain).root],
  ]);
  const set = new NodeSet(nodes);
  const code = options.code === undefined ? chain && codeIn(chain.storage) : readCode(options.code).blob;
  return { state: State.fromRoot(root, set), nodes: set, code };
}

function parseRoot(text: string): Uint8Array {
  try {
    const root = hexToBytes(text, "optional");
    if (root.length === 32) return root;
  } catch (error) {
    if (!(error instanceof HexError)) throw error;
  }
  throw new UsageError(`--parent-root takes 32 bytes in hex, not "${text}"`);
}

type Origin = readonly [who: string, root: Uint8Array | undefined];

function agreed(file: string, origins: readonly Origin[]): Uint8Array {
  const given = origins.flatMap(([who, root]) => (root === undefined ? [] : [{ who, root }]));
  const [first] = given;
  if (first === undefined) throw new UsageError(`${file} does not name its root: add --parent-root HEX`);
  const other = given.find(({ root }) => !equalBytes(root, first.root));
  if (other === undefined) return first.root;
  throw new InputError(
    `the roots do not agree: ${first.who} says ${bytesToHex(first.root)}, ${other.who} ${bytesToHex(other.root)}`,
  );
}

/** What a witness was made of and how much of it was needed, once it has been used. */
export function witnessToJson({ state, nodes }: WitnessInput): JsonWitness {
  return {
    parentStateRoot: bytesToHex(state.root),
    nodes: nodes.count,
    bytes: nodes.byteLength,
    unused: nodes.unused().length,
  };
}

/** The same for people. */
export function witnessLine(witness: WitnessInput): string {
  const { nodes, bytes, unused } = witnessToJson(witness);
  const rest = unused === 0 ? "all needed" : `${count(unused)} not needed`;
  return `witness   ${count(nodes, "node")}, ${count(bytes, "byte")}; ${rest}`;
}
