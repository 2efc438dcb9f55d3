import { expect } from "chai";
import { fromLatin1 as text } from "../../../src/host/bytes.ts";
import { StateError, WitnessIncomplete } from "../../../src/host/state/errors.ts";
import { Overlay } from "../../../src/host/state/overlay.ts";
import { childRootKey, State } from "../../../src/host/state/state.ts";
import { Trie } from "../../../src/host/state/trie/index.ts";

const NAME = text("n");

describe("state", () => {
  it("puts the roots of child tries into the main trie", () => {
    const entries = [[text("k"), text("v")] as const];
    const state = State.fromEntries(
      [],
      [
        [NAME, entries],
        [text("void"), []],
      ],
    );
    expect(state.get(childRootKey(NAME))).to.deep.equal(Trie.fromEntries(entries, 0).root);
    expect([...state.childNames()]).to.deep.equal([NAME]);
    expect(state.child(NAME).get(text("k"))).to.deep.equal(text("v"));
    expect(state.child(text("void")).isEmpty).to.equal(true);
    expect(childRootKey(NAME)).to.deep.equal(text(":child_storage:default:n"));
  });

  it("refuses child entries that do not give the root stored", () => {
    const wrong = [[childRootKey(NAME), new Uint8Array(32)] as const];
    expect(() => State.fromEntries(wrong, [[NAME, []]]))
      .to.throw(StateError)
      .with.property("kind", "child-root-mismatch");
  });

  it("does not take a child trie it was not given for an empty one", () => {
    const state = State.fromEntries([[childRootKey(NAME), new Uint8Array(32).fill(1)]]);
    expect(() => state.child(NAME).get(text("k"))).to.throw(WitnessIncomplete);
    expect(() => new Overlay(state).child(NAME).get(text("k"))).to.throw(WitnessIncomplete);
    const short = State.fromEntries([[childRootKey(NAME), new Uint8Array(31)]]);
    expect(() => short.child(NAME))
      .to.throw(StateError)
      .with.property("kind", "invalid-child-root");
  });

  it("does not confuse a child trie with one whose root replaced its own", () => {
    const state = State.fromEntries([], [[NAME, [[text("k"), text("v")]]]]);
    const other = Trie.fromEntries([[text("k"), text("w")]], 0).root;
    const changed = state.apply({ top: [{ key: childRootKey(NAME), value: other }], children: [] }, 0);
    expect(() => changed.child(NAME).get(text("k"))).to.throw(WitnessIncomplete);
  });

  it("is not changed by changes applied to it", () => {
    const state = State.fromEntries([[text("a"), text("1")]], [[NAME, [[text("k"), text("v")]]]]);
    const root = state.root;
    const changes = { top: [{ key: text("a"), value: undefined }], children: [{ name: NAME, changes: [] }] };
    const next = state.apply(changes, 1);
    expect(next.get(text("a"))).to.equal(undefined);
    expect(next.child(NAME).root).to.deep.equal(state.child(NAME).root);
    expect(state.get(text("a"))).to.deep.equal(text("1"));
    expect(state.root).to.deep.equal(root);
  });

  it("lets the last of changes to one key count", () => {
    const key = text("a");
    const twice = [
      { key, value: text("1") },
      { key, value: undefined },
    ];
    const empty = State.fromEntries([]);
    expect(empty.apply({ top: twice, children: [{ name: NAME, changes: twice }] }, 0).root).to.deep.equal(
      empty.root,
    );
    expect(empty.apply({ top: twice.reverse(), children: [] }, 0).get(key)).to.deep.equal(text("1"));
  });
});
