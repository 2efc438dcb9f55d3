import { toLatin1 } from "../../bytes.ts";
import { encodeNode } from "./codec.ts";
import { HASH_LENGTH, HashStub, type TrieNode } from "./node.ts";
import type { NodeSource } from "./source.ts";
import type { Trie } from "./trie.ts";

/**
 * What tries in memory are made of, as a source that is asked for it by hash. A node is found once the one above
 * it was asked for, so this costs what is looked at, however large the tries are.
 */
export class TrieNodes implements NodeSource {
  readonly #found = new Map<string, TrieNode | Uint8Array>();
  readonly #rest: NodeSource;

  /** @param rest has what the tries themselves know only by hash. */
  constructor(tries: Iterable<Trie>, rest: NodeSource) {
    this.#rest = rest;
    for (const { top, root } of tries) {
      const node = top instanceof HashStub ? top.node : top;
      if (node !== undefined) this.#found.set(toLatin1(root), node);
    }
  }

  get(hash: Uint8Array): Uint8Array | undefined {
    const found = this.#found.get(toLatin1(hash));
    if (found === undefined) return this.#rest.get(hash);
    if (found instanceof Uint8Array) return found;
    this.#offerBelow(found);
    return encodeNode(found);
  }

  /** Makes findable what the node refers to by hash. Inline children cannot: a hash would make them too long. */
  #offerBelow({ value, children }: TrieNode): void {
    if (value?.hashed && value.bytes !== undefined) this.#found.set(toLatin1(value.hash), value.bytes);
    for (const child of children ?? []) {
      if (child === undefined) continue;
      const node = child instanceof HashStub ? child.node : child;
      const merkle = child instanceof HashStub ? child.hash : child.merkle!;
      if (node !== undefined && merkle.length === HASH_LENGTH) this.#found.set(toLatin1(merkle), node);
    }
  }
}
