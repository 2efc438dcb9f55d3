import { expect } from "chai";
import fc from "fast-check";
import { fromLatin1 } from "../../../src/host/bytes.ts";
import { ScaleError } from "../../../src/host/scale/index.ts";
import {
  decodeOperations,
  encodeOperations,
  Overlay,
  type OverlayOperation,
  State,
} from "../../../src/host/state/index.ts";

const SEED = 20_261_121;
const key = fc.constantFrom("a", "ab", "abc", "b", "ba", "").map(fromLatin1);
const value = fc.uint8Array({ maxLength: 40 });
const child = fc.option(fc.constantFrom("x", "y").map(fromLatin1), { nil: undefined });
const limit = fc.option(fc.nat(3), { nil: undefined });
type Action = (overlay: Overlay) => unknown;

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constant<Action>((overlay) => overlay.startTransaction()),
  fc.constant<Action>((overlay) => overlay.transactionDepth > 0 && overlay.commitTransaction()),
  fc.constant<Action>((overlay) => overlay.transactionDepth > 0 && overlay.rollbackTransaction()),
  fc.tuple(child, key, value).map(
    ([c, k, v]): Action =>
      (o) =>
        (c ? o.child(c) : o).set(k, v),
  ),
  fc.tuple(child, key).map(
    ([c, k]): Action =>
      (o) =>
        (c ? o.child(c) : o).clear(k),
  ),
  fc.tuple(child, key, value).map(
    ([c, k, v]): Action =>
      (o) =>
        (c ? o.child(c) : o).append(k, v),
  ),
  fc.tuple(child, key, limit).map(
    ([c, k, n]): Action =>
      (o) =>
        (c ? o.child(c) : o).clearPrefix(k, n),
  ),
  fc.constantFrom("x", "y").map(
    (c): Action =>
      (o) =>
        o.child(fromLatin1(c)).root(1),
  ),
);

const base = State.fromEntries(
  [
    ["a", "1"],
    ["abc", "22"],
    ["b", "3"],
  ].map(([k, v]) => [fromLatin1(k!), fromLatin1(v!)] as const),
  [[fromLatin1("x"), [[fromLatin1("ab"), fromLatin1("4")]]]],
);

/** Everything that can be seen of an overlay; closes its transactions, one by one. */
function seen(overlay: Overlay): unknown[] {
  const all: unknown[] = [];
  for (;;) {
    all.push(overlay.transactionDepth, overlay.root(1), overlay.changes(), overlay.diff());
    if (overlay.transactionDepth === 0) return all;
    overlay.rollbackTransaction();
  }
}

describe("overlay operations", () => {
  it("recorded, encoded, decoded and replayed make the same overlay, open transactions included", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const overlay = new Overlay(base);
        const log: OverlayOperation[] = [];
        overlay.recordTo(log);
        for (const act of actions) act(overlay);
        const again = Overlay.replay(base, decodeOperations(encodeOperations([...log])));
        expect(seen(again)).deep.equal(seen(overlay));
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("that are damaged give a ScaleError", () => {
    const bytes = encodeOperations([
      { kind: "start" },
      { kind: "set", child: fromLatin1("x"), key: fromLatin1("k"), value: fromLatin1("v") },
      { kind: "clear-prefix", child: undefined, prefix: fromLatin1("p"), limit: 3, cursor: fromLatin1("c") },
    ]);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeOperations(bytes.subarray(0, length))).throw(ScaleError);
    }
    expect(() => decodeOperations(Uint8Array.of(4, 99))).throw(ScaleError);
  });
});
