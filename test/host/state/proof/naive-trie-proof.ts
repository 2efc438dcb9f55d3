import { encodeFields, type NodeFields } from "../../../../src/host/state/trie/codec.ts";
import type { NodeValue } from "../../../../src/host/state/trie/node.ts";
import type { NaiveValue } from "../trie/naive-trie.ts";

type Hash = (bytes: Uint8Array) => Uint8Array;
const DIGITS = [..."0123456789abcdef"];

interface Built {
  /** The node as the trie has it, and as the proof has it. */
  readonly full: Uint8Array;
  readonly short: Uint8Array;
  /** The nodes below that come after it in the proof. */
  readonly below: readonly Uint8Array[];
}

/**
 * The proof that `ext_trie_*_verify_proof` takes, made by recursion over digit strings from all entries of a trie.
 * @param keys claimed, present or not, in hex
 */
export function naiveTrieProof(
  map: ReadonlyMap<string, NaiveValue>,
  keys: readonly string[],
  hash: Hash,
): { readonly root: Uint8Array; readonly proof: Uint8Array[] } {
  if (map.size === 0) return { root: hash(Uint8Array.of(0)), proof: [Uint8Array.of(0)] };
  const { full, short, below } = build([...map], keys, hash);
  return { root: hash(full), proof: [short, ...below] };
}

/** @param claims the claimed keys below this node, without the digits that lead to it. */
function build(
  entries: readonly (readonly [string, NaiveValue])[],
  claims: readonly string[],
  hash: Hash,
): Built {
  let partial = entries[0]![0];
  for (const [key] of entries) {
    while (!key.startsWith(partial)) partial = partial.slice(0, -1);
  }
  const own = entries.find(([key]) => key === partial)?.[1];
  const value: NodeValue | undefined =
    own &&
    (own.hashed ? { ...own, hashed: true, hash: hash(own.bytes) } : { hashed: false, bytes: own.bytes });
  const below: Uint8Array[] = [];
  const full: (Uint8Array | undefined)[] = [];
  const short: (Uint8Array | undefined)[] = [];
  for (const digit of DIGITS) {
    const path = partial + digit;
    const inChild = entries
      .filter(([key]) => key.startsWith(path))
      .map(([key, item]) => [key.slice(path.length), item] as const);
    const claimed = claims.filter((key) => key.startsWith(path)).map((key) => key.slice(path.length));
    if (inChild.length === 0) {
      full.push(undefined);
      short.push(undefined);
      continue;
    }
    const child = build(inChild, claimed, hash);
    const reference = child.full.length < 32 ? child.full : hash(child.full);
    full.push(reference);
    if (claimed.length === 0) short.push(reference);
    else if (child.full.length < 32) short.push(child.short);
    else {
      short.push(new Uint8Array(0));
      below.push(child.short, ...child.below);
    }
  }
  const isLeaf = full.every((reference) => reference === undefined);
  const node = (references: NodeFields["references"], of: NodeValue | undefined) =>
    encodeFields({
      partial: Uint8Array.from(partial, (digit) => Number.parseInt(digit, 16)),
      value: of,
      references: isLeaf ? undefined : references,
    });
  const omitted: NodeValue | undefined = isLeaf ? { hashed: false, bytes: new Uint8Array(0) } : undefined;
  const isClaimed = own !== undefined && claims.includes(partial);
  return { full: node(full, value), short: node(short, isClaimed ? omitted : value), below };
}
