import { compareBytes, toLatin1 } from "../../bytes.ts";
import { encodeCompact } from "../../scale/writer.ts";
import { State } from "../state.ts";
import type { StateVersion } from "../trie/node.ts";
import type { NodeSource } from "../trie/source.ts";
import type { Witness } from "./witness.ts";

/** Passes on what a source has, and keeps what was asked for. */
class RecordingSource implements NodeSource {
  readonly #source: NodeSource;
  readonly #items = new Map<string, Uint8Array>();
  /** Of the items as elements of a SCALE `Vec<Bytes>`, its own prefix aside. */
  encodedLength = 0;

  constructor(source: NodeSource) {
    this.#source = source;
  }

  get(hash: Uint8Array): Uint8Array | undefined {
    const text = toLatin1(hash);
    const known = this.#items.get(text);
    if (known !== undefined) return known;
    const item = this.#source.get(hash);
    if (item === undefined) return undefined;
    this.#items.set(text, item);
    this.encodedLength += encodeCompact(item.length).length + item.length;
    return item;
  }

  items(): Uint8Array[] {
    return [...this.#items.values()];
  }
}

/**
 * Records which trie nodes and detached values an execution looks at, those included that it needs only to
 * compute the new root. Execute on `state` in place of `base`: what `witness` then gives is enough to do the same
 * again, and nothing in it can be left out.
 */
export class StateRecorder {
  readonly base: State;
  /** The same state as `base`, whole or partial, but recording; so are the states that come from it by changes. */
  readonly state: State;
  readonly #source: RecordingSource;

  constructor(base: State) {
    this.base = base;
    this.#source = new RecordingSource(base.nodes());
    this.state = State.fromRoot(base.root, this.#source);
  }

  /**
   * What has been recorded so far, in bytes: distinct nodes and values, each with its compact length. This is the
   * number that `ext_storage_proof_size` answers (host-functions.md section 12).
   */
  get proofSize(): number {
    return this.#source.encodedLength;
  }

  /** The nodes and values recorded so far, in order of their bytes as polkadot-sdk's `StorageProof` has them. */
  nodes(): Uint8Array[] {
    return this.#source.items().sort(compareBytes);
  }

  /** @param stateVersion that of the runtime which was executed; it does not change what is recorded. */
  witness(stateVersion: StateVersion): Witness {
    return { parentStateRoot: this.base.root, stateVersion, nodes: this.nodes() };
  }
}
