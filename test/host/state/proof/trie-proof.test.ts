import { expect } from "chai";
import fc from "fast-check";
import { hexToBytes } from "../../../../src/host/hex.ts";
import { blake2b256, keccak256 } from "../../../../src/host/state/hash.ts";
import {
  ProofError,
  type ProofErrorKind,
  type StateVersion,
  type TrieClaim,
  trieRoot,
  verifyTrieProof,
} from "../../../../src/host/state/index.ts";
import type { NaiveValue } from "../trie/naive-trie.ts";
import { naiveTrieProof } from "./naive-trie-proof.ts";
import { hexOf, key, value, version } from "./sample-state.ts";

const bytesOf = (digits: string) => hexToBytes(digits, "optional");
const map = (entries: readonly [Uint8Array, Uint8Array][], written: StateVersion) =>
  new Map(
    entries.map(([k, bytes]): [string, NaiveValue] => [
      hexOf(k),
      { bytes, hashed: written === 1 && bytes.length >= 33 },
    ]),
  );
const claimsOf = (model: ReadonlyMap<string, NaiveValue>, keys: readonly string[]): TrieClaim[] =>
  keys.map((digits) => ({ key: bytesOf(digits), value: model.get(digits)?.bytes }));

function kindOf(action: () => void): ProofErrorKind | "proven" {
  try {
    action();
    return "proven";
  } catch (error) {
    expect(error).to.be.instanceOf(ProofError);
    return (error as ProofError).kind;
  }
}

describe("proofs for ext_trie_*_verify_proof", () => {
  const entries = fc.uniqueArray(fc.tuple(key, value), {
    maxLength: 20,
    size: "max",
    selector: ([k]) => hexOf(k),
  });
  const keys = fc.uniqueArray(key.map(hexOf), { minLength: 1, maxLength: 5 });

  it("prove entries and absences, in whatever order they are claimed", () => {
    fc.assert(
      fc.property(entries, keys, version, fc.boolean(), (list, extra, written, keccak) => {
        const hash = keccak ? keccak256 : blake2b256;
        const model = map(list, written);
        const present = list.slice(0, 3).map(([k]) => hexOf(k));
        const claimed = [...new Set([...extra, ...present])];
        const { root, proof } = naiveTrieProof(model, claimed, hash);
        expect(root).to.deep.equal(trieRoot(list, written, hash));
        const claims = claimsOf(model, claimed);
        verifyTrieProof(root, proof, claims, written, hash);
        verifyTrieProof(root, proof, claims.reverse(), written, hash);
      }),
      { seed: 45, numRuns: 400 },
    );
  });

  it("prove nothing once anything about them is changed", () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(entries, keys, version, fc.nat(), fc.nat(255), (list, extra, written, n, bits) => {
        const model = map(list, written);
        const { root, proof } = naiveTrieProof(model, extra, blake2b256);
        const claims = claimsOf(model, extra);
        const refused = (p: readonly Uint8Array[], c: readonly TrieClaim[], r = root) => {
          const kind = kindOf(() => verifyTrieProof(r, p, c, written));
          expect(kind).not.to.equal("proven");
          kinds.add(kind);
        };
        refused([...proof, proof[0]!], claims);
        refused(proof.slice(0, -1), claims);
        refused(proof, claims, blake2b256(root));
        const claim = claims[n % claims.length]!;
        const changedClaim = { key: claim.key, value: Uint8Array.of(...(claim.value ?? []), 1) };
        refused(proof, [...claims.filter((other) => other !== claim), changedClaim]);
        refused(proof, [...claims, claim]);
        const index = n % proof.length;
        const item = proof[index]!;
        const changed = item.map((byte, i) => (i === n % item.length ? byte ^ (bits | 1) : byte));
        refused(
          proof.map((other, i) => (i === index ? changed : other)),
          claims,
        );
      }),
      { seed: 46, numRuns: 300 },
    );
    expect([...kinds]).to.include.members(["extraneous", "incomplete", "root-mismatch", "value-mismatch"]);
  });

  it("name what is wrong", () => {
    const long = new Uint8Array(40).fill(3);
    const list: [Uint8Array, Uint8Array][] = [
      [bytesOf("12"), long],
      [bytesOf("1234"), long],
      [bytesOf("1256"), Uint8Array.of(9)],
    ];
    const of = (claimed: string[], written: StateVersion = 1) =>
      naiveTrieProof(map(list, written), claimed, blake2b256);
    const check = (proof: Uint8Array[], root: Uint8Array, ...claims: [string, Uint8Array?][]) =>
      kindOf(() =>
        verifyTrieProof(
          root,
          proof,
          claims.map(([digits, bytes]) => ({ key: bytesOf(digits), value: bytes })),
          1,
        ),
      );
    const { root, proof } = of(["1234"]);
    expect(check(proof, root, ["1234", long])).to.equal("proven");
    // The state's version decides about the form of a claimed value.
    expect(kindOf(() => verifyTrieProof(root, proof, [{ key: bytesOf("1234"), value: long }], 0))).to.equal(
      "root-mismatch",
    );
    expect(check(proof, root, ["1234", Uint8Array.of(1)])).to.equal("root-mismatch");
    expect(check(proof, root, ["12", long])).to.equal("extraneous-value");
    expect(check(proof, root, ["1256", Uint8Array.of(9)])).to.equal("extraneous-value");
    expect(check(proof, root, ["1278", long])).to.equal("value-mismatch");
    expect(check(proof, root, ["1234"])).to.equal("value-mismatch");
    expect(check(proof, root, ["1234", long], ["1234", long])).to.equal("duplicate-key");
    expect(check(of(["12"]).proof, root, ["1234", long])).to.equal("extraneous-hash");
    expect(check(of(["12", "1234"]).proof, root, ["12", long])).to.equal("extraneous");
    expect(check([], root, ["12", long])).to.equal("incomplete");
    expect(check([Uint8Array.of(0x0f)], root, ["12", long])).to.equal("invalid-node");
    expect(check([Uint8Array.of(0)], root, ["12", long])).to.equal("value-mismatch");
    expect(check([], root)).to.equal("proven");
    expect(check(proof, root)).to.equal("extraneous");
    // As the reference does: bytes behind a node are not looked at.
    expect(check([...proof.slice(0, -1), Uint8Array.of(...proof[1]!, 1)], root, ["1234", long])).to.equal(
      "proven",
    );
    // Absent from the empty trie.
    expect(check([Uint8Array.of(0)], trieRoot([], 0), ["12"], [""])).to.equal("proven");
  });

  it("refuse an inline child that grew by the value put in", () => {
    const list: [Uint8Array, Uint8Array][] = [
      [bytesOf("10"), Uint8Array.of(1)],
      [bytesOf("20"), Uint8Array.of(2)],
    ];
    const { root, proof } = naiveTrieProof(map(list, 0), ["10"], blake2b256);
    const claims = [{ key: bytesOf("10"), value: new Uint8Array(32) }];
    expect(kindOf(() => verifyTrieProof(root, proof, claims, 0))).to.equal("invalid-node");
  });
});
