import { equalBytes } from "../host/bytes.ts";
import {
  type Block,
  buildState,
  ChainFormatError,
  type ChainFormatErrorKind,
  type ChainSpec,
  findState,
  readBlocks,
  readChainSpec,
  readStateFile,
  type Storage,
  stateTrieVersion,
} from "../host/chain/index.ts";
import { Runtime, RuntimeError, type RuntimeOptions, RuntimeTrap } from "../host/runtime/index.ts";
import { CODE_KEY, type State, type StateVersion } from "../host/state/index.ts";
import { UsageError } from "./args.ts";
import { InputError, looksLikeJson, parseJson, readBytes, readJson, unwrapHexText } from "./input.ts";

/** A chain's storage from a file. */
export interface ChainInput {
  readonly storage: Storage;
  /** The root that the file says the state has. */
  readonly root: Uint8Array | undefined;
  /** Present if the file is a chain specification: then the storage is the genesis. */
  readonly spec: ChainSpec | undefined;
}

/** A file is JSON, but not of the form that was expected. */
export class FormatError extends InputError {
  readonly kind: ChainFormatErrorKind;
  /** Where in the document. */
  readonly path: string;

  constructor(file: string, cause: ChainFormatError) {
    super(`${file}: ${cause.message}`, { cause });
    this.kind = cause.kind;
    this.path = cause.path;
  }
}

/** @throws InputError, FormatError */
export function readBlockFile(file: string): Block[] {
  return inFile(file, () => readBlocks(readJson(file)));
}

/** @throws InputError, FormatError, StateError */
export function readSpec(file: string): ChainInput {
  return specInput(readJson(file), file);
}

/** @param file names the document in errors. @throws FormatError, StateError */
export function specInput(json: unknown, file: string): ChainInput {
  const spec = inFile(file, () => readChainSpec(json));
  return { storage: spec.genesis, root: undefined, spec };
}

function stateInput(json: unknown, file: string): ChainInput {
  const { root, ...storage } = inFile(file, () => readStateFile(json));
  return { storage, root, spec: undefined };
}

/** Reads a document of which `file` is the name in errors. @throws FormatError */
export function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ChainFormatError) throw new FormatError(file, error);
    throw error;
  }
}

/** What `--spec` or `--state` name; undefined if neither is given. @throws UsageError if both are. */
export function readChainInput(options: {
  readonly spec: string | undefined;
  readonly state: string | undefined;
}): ChainInput | undefined {
  if (options.spec !== undefined && options.state !== undefined) {
    throw new UsageError("--spec and --state exclude each other");
  }
  if (options.spec !== undefined) return readSpec(options.spec);
  return options.state === undefined ? undefined : stateInput(readJson(options.state), options.state);
}

/**
 * The state of the storage. How its trie holds long values is not told by entries: that is settled by the root
 * where the file has one, else by the version of the runtime in the storage.
 *
 * @param options how the runtime is loaded, if it has to be asked
 * @throws StateError, RuntimeError
 */
export function stateOf({ storage, root, spec }: ChainInput, options: RuntimeOptions = {}): State {
  if (root !== undefined) return findState(storage, root).state;
  const code = codeIn(storage);
  const version = code === undefined ? 0 : stateVersionOf(code, options);
  return version === 0 && spec !== undefined ? spec.state : buildState(storage, version);
}

/** @throws RuntimeError that says whose runtime is unfit: nobody has mentioned one yet. */
function stateVersionOf(code: Uint8Array, options: RuntimeOptions): StateVersion {
  try {
    return stateTrieVersion(Runtime.fromCode(code, options).version());
  } catch (error) {
    if (!(error instanceof RuntimeError) || error instanceof RuntimeTrap) throw error;
    throw new RuntimeError(error.kind, `the state's runtime: ${error.message}`, { cause: error.cause });
  }
}

/** The value of `:code`. */
export function codeIn(storage: Storage): Uint8Array | undefined {
  return storage.top.findLast(([key]) => equalBytes(key, CODE_KEY))?.[1];
}

/** Code from a file, and the chain it was found in if the file is a chain specification or a state. */
export interface CodeInput {
  /** As it is stored: compressed or not. */
  readonly blob: Uint8Array;
  readonly chain: ChainInput | undefined;
}

/**
 * Reads code from a module, a compressed blob, either as `0x` hex text, or from a chain specification or state.
 *
 * @throws InputError, FormatError, HexError, StateError
 */
export function readCode(path: string): CodeInput {
  const bytes = readBytes(path);
  if (!looksLikeJson(bytes)) return { blob: unwrapHexText(bytes), chain: undefined };
  const json = parseJson(bytes, path);
  const isSpec = typeof json === "object" && json !== null && "genesis" in json;
  const chain = isSpec ? specInput(json, path) : stateInput(json, path);
  const blob = codeIn(chain.storage);
  if (blob === undefined) throw new InputError(`${path} has no :code`);
  return { blob, chain };
}
