import { expect } from "chai";
import fc from "fast-check";
import { concatBytes, fromLatin1 } from "../../../src/host/bytes.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { StateError } from "../../../src/host/state/errors.ts";
import { blake2b256 } from "../../../src/host/state/hash.ts";
import { Overlay } from "../../../src/host/state/overlay.ts";
import { childRootKey, State } from "../../../src/host/state/state.ts";
import { type NaiveValue, naiveTrie } from "./trie/naive-trie.ts";

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (digits: string) => hexToBytes(digits, "optional");
const text = fromLatin1;
const EMPTY = State.fromEntries([]);
const EMPTY_ROOT = "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314";

const stateOf = (entries: Record<string, string>, version: 0 | 1 = 0) =>
  State.fromEntries(
    Object.entries(entries).map(([k, v]) => [text(k), text(v)] as const),
    [],
    version,
  );

describe("overlay", () => {
  it("reads through to the state until a key is written or cleared", () => {
    const overlay = new Overlay(stateOf({ a: "1", b: "2" }));
    overlay.set(text("b"), text("3"));
    overlay.clear(text("a"));
    overlay.set(text("c"), text(""));
    expect(overlay.get(text("a"))).to.equal(undefined);
    expect(overlay.exists(text("a"))).to.equal(false);
    expect(overlay.get(text("b"))).to.deep.equal(text("3"));
    expect(overlay.get(text("c"))).to.deep.equal(text(""));
    expect(overlay.exists(text("c"))).to.equal(true);
    expect(overlay.state.get(text("a"))).to.deep.equal(text("1"));
    expect(overlay.root(0)).to.deep.equal(stateOf({ b: "3", c: "" }).root);
    expect(overlay.commit(0).get(text("b"))).to.deep.equal(text("3"));
  });

  it("copies what it is given", () => {
    const overlay = new Overlay(EMPTY);
    const [key, value] = [text("k"), text("v")];
    overlay.set(key, value);
    overlay.append(key, value);
    key[0] = 0;
    value[0] = 0;
    const list = new Overlay(EMPTY);
    const item = text("x");
    list.append(text("l"), item);
    item[0] = 0;
    expect(list.get(text("l"))).to.deep.equal(concatBytes(Uint8Array.of(4), text("x")));
    expect(overlay.exists(text("k"))).to.equal(true);
  });

  it("refuses to end a transaction that is not open, or to commit with one open", () => {
    const overlay = new Overlay(EMPTY);
    const kind = (name: string) => (error: unknown) => error instanceof StateError && error.kind === name;
    const thrown = (act: () => unknown) => {
      try {
        act();
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect(thrown(() => overlay.commitTransaction())).to.satisfy(kind("no-transaction"));
    expect(thrown(() => overlay.rollbackTransaction())).to.satisfy(kind("no-transaction"));
    overlay.startTransaction();
    expect(thrown(() => overlay.commit(0))).to.satisfy(kind("open-transaction"));
    overlay.startTransaction();
    overlay.startTransaction();
    overlay.rollbackTo(2);
    expect(overlay.transactionDepth).to.equal(2);
    overlay.rollbackAll();
    expect(overlay.transactionDepth).to.equal(0);
  });

  it("gives written keys the form of the version, even if their bytes stay, and leaves them out of the diff", () => {
    const long = "x".repeat(40);
    const overlay = new Overlay(stateOf({ a: long, b: long }));
    overlay.set(text("a"), text(long));
    overlay.set(text("c"), text("new"));
    overlay.clear(text("d"));
    const expected = naiveTrie(
      new Map([
        [hexOf(text("a")), { bytes: text(long), hashed: true }],
        [hexOf(text("b")), { bytes: text(long), hashed: false }],
        [hexOf(text("c")), { bytes: text("new"), hashed: false }],
      ]),
      blake2b256,
    );
    expect(hexOf(overlay.root(1))).to.equal(expected.root);
    expect(overlay.root(0)).to.deep.equal(stateOf({ a: long, b: long, c: "new" }).root);
    expect(overlay.diff()).to.deep.equal({ top: [{ key: text("c"), value: text("new") }], children: [] });
  });

  it("does not count as written what was rolled back", () => {
    const long = "x".repeat(40);
    const state = stateOf({ a: long });
    const overlay = new Overlay(state);
    overlay.startTransaction();
    overlay.set(text("a"), text(long));
    expect(overlay.root(1)).not.to.deep.equal(state.root);
    overlay.rollbackTransaction();
    expect(overlay.root(1)).to.deep.equal(state.root);
  });

  describe("the guard of :child_storage:", () => {
    it("ignores writes and clears", () => {
      const overlay = new Overlay(stateOf({ ":child_storage:x": "1" }));
      overlay.set(text(":child_storage:y"), text("1"));
      overlay.clear(text(":child_storage:x"));
      expect(overlay.exists(text(":child_storage:y"))).to.equal(false);
      expect(overlay.exists(text(":child_storage:x"))).to.equal(true);
    });

    it("refuses every prefix that could reach it, and no other", () => {
      const entries = { ":child_storage:x": "1", ":code": "2", a: "3" };
      for (const prefix of ["", ":", ":ch", ":child_storage:", ":child_storage:x"]) {
        const overlay = new Overlay(stateOf(entries));
        expect(overlay.clearPrefix(text(prefix))).to.deep.equal({
          cursor: undefined,
          backend: 0,
          unique: 0,
          loops: 0,
        });
        expect(overlay.diff().top, prefix).to.deep.equal([]);
      }
      const overlay = new Overlay(stateOf(entries));
      expect(overlay.clearPrefix(text(":co")).backend).to.equal(1);
    });
  });

  describe("clearPrefix", () => {
    const entries = { p1: "", p2: "", p3: "", q: "" };

    it("deletes the overlay's keys without limit and looks at the state's up to the limit", () => {
      const overlay = new Overlay(stateOf(entries));
      overlay.set(text("p0"), text(""));
      overlay.set(text("p2"), text(""));
      overlay.clear(text("p1"));
      // p1 is deleted already and p2 with the overlay's: both are looked at, neither is deleted again.
      expect(overlay.clearPrefix(text("p"), 2)).to.deep.equal({
        cursor: text("p3"),
        backend: 0,
        unique: 2,
        loops: 2,
      });
      expect(overlay.nextKey(text("p"))).to.deep.equal(text("p3"));
      // Without a cursor it starts over.
      expect(overlay.clearPrefix(text("p"), 2)).to.deep.equal({
        cursor: text("p3"),
        backend: 0,
        unique: 0,
        loops: 2,
      });
      expect(overlay.clearPrefix(text("p"), 2, text("p3"))).to.deep.equal({
        cursor: undefined,
        backend: 1,
        unique: 1,
        loops: 1,
      });
      expect(overlay.nextKey(text(""))).to.deep.equal(text("q"));
    });

    it("with limit 0 deletes the overlay's alone, and is done only if the state has none", () => {
      const overlay = new Overlay(stateOf(entries));
      overlay.set(text("r"), text(""));
      expect(overlay.clearPrefix(text("r"), 0)).to.deep.equal({
        cursor: undefined,
        backend: 0,
        unique: 1,
        loops: 0,
      });
      expect(overlay.clearPrefix(text("p"), 0)).to.deep.equal({
        cursor: text("p1"),
        backend: 0,
        unique: 0,
        loops: 0,
      });
    });
  });

  describe("child tries", () => {
    const name = text("child");
    const rootKey = childRootKey(name);
    const withChild = () => State.fromEntries([[text("m"), text("1")]], [[name, [[text("k"), text("v")]]]]);

    it("read as empty until written, and come and go with their root entry", () => {
      const overlay = new Overlay(EMPTY);
      const child = overlay.child(name);
      expect(child.get(text("k"))).to.equal(undefined);
      expect(bytesToHex(child.root(0))).to.equal(EMPTY_ROOT);
      child.set(text("k"), text("v"));
      expect(overlay.child(name)).to.equal(child);
      const whole = State.fromEntries([], [[name, [[text("k"), text("v")]]]]);
      expect(overlay.root(0)).to.deep.equal(whole.root);
      expect(overlay.commit(0).child(name).get(text("k"))).to.deep.equal(text("v"));
      child.clear(text("k"));
      expect(bytesToHex(overlay.root(0))).to.equal(EMPTY_ROOT);
      expect([...overlay.commit(0).childNames()]).to.deep.equal([]);
    });

    it("show their new root under its key only once it is asked for", () => {
      const state = withChild();
      const overlay = new Overlay(state);
      const old = state.get(rootKey);
      overlay.child(name).set(text("k"), text("w"));
      const whole = overlay.root(0);
      expect(overlay.get(rootKey)).to.deep.equal(old);
      const root = overlay.child(name).root(0);
      expect(root).not.to.deep.equal(old);
      expect(overlay.get(rootKey)).to.deep.equal(root);
      expect(overlay.root(0)).to.deep.equal(whole);
      expect(overlay.nextKey(text(":"))).to.deep.equal(rootKey);
    });

    it("lose their key under it when they are killed and their root is asked for", () => {
      const overlay = new Overlay(withChild());
      expect(overlay.child(name).kill()).to.deep.equal({
        cursor: undefined,
        backend: 1,
        unique: 1,
        loops: 1,
      });
      expect(overlay.exists(rootKey)).to.equal(true);
      expect(bytesToHex(overlay.child(name).root(1))).to.equal(EMPTY_ROOT);
      expect(overlay.exists(rootKey)).to.equal(false);
      expect(overlay.root(0)).to.deep.equal(stateOf({ m: "1" }).root);
    });

    it("are rolled back with the rest", () => {
      const state = withChild();
      const overlay = new Overlay(state);
      overlay.startTransaction();
      overlay.child(name).set(text("k"), text("w"));
      overlay.child(name).root(0);
      overlay.child(text("other")).set(text("k"), text("w"));
      overlay.rollbackTransaction();
      expect(overlay.get(rootKey)).to.deep.equal(state.get(rootKey));
      expect(overlay.root(0)).to.deep.equal(state.root);
      expect(overlay.diff()).to.deep.equal({ top: [], children: [] });
    });

    it("appear in the diff by name, their roots do not", () => {
      const overlay = new Overlay(withChild());
      overlay.child(text("z")).set(text("k"), text("1"));
      overlay.child(name).clear(text("k"));
      overlay.child(text("a")).set(text("k"), text("2"));
      overlay.child(text("same")).clear(text("none"));
      overlay.child(name).root(0);
      overlay.set(text("m"), text("2"));
      const diff = overlay.diff();
      expect(diff).to.deep.equal({
        top: [{ key: text("m"), value: text("2") }],
        children: [
          { name: text("a"), changes: [{ key: text("k"), value: text("2") }] },
          { name, changes: [{ key: text("k"), value: undefined }] },
          { name: text("z"), changes: [{ key: text("k"), value: text("1") }] },
        ],
      });
      expect(overlay.state.apply(diff, 0).root).to.deep.equal(overlay.root(0));
    });

    it("hash long values by the version asked for", () => {
      const long = new Uint8Array(50);
      const overlay = new Overlay(EMPTY);
      overlay.child(name).set(text("k"), long);
      for (const version of [0, 1] as const) {
        const whole = State.fromEntries([], [[name, [[text("k"), long]]]], version);
        expect(overlay.child(name).root(version)).to.deep.equal(whole.child(name).root);
        expect(overlay.root(version)).to.deep.equal(whole.root);
      }
    });
  });
});

/** The overlay as its definition has it: every transaction is a full copy of the changes. */
class NaiveOverlay {
  changes = new Map<string, Uint8Array | undefined>();
  readonly saved: Map<string, Uint8Array | undefined>[] = [];
  readonly backend: ReadonlyMap<string, Uint8Array>;

  constructor(backend: ReadonlyMap<string, Uint8Array>) {
    this.backend = backend;
  }

  get(key: string): Uint8Array | undefined {
    return this.changes.has(key) ? this.changes.get(key) : this.backend.get(key);
  }

  keys(): string[] {
    const all = new Set([...this.backend.keys(), ...this.changes.keys()]);
    return [...all].filter((key) => this.get(key) !== undefined).sort();
  }

  clearPrefix(prefix: string, limit: number | undefined, cursor: string | undefined) {
    let unique = 0;
    for (const [key, value] of this.changes) {
      if (!key.startsWith(prefix) || value === undefined) continue;
      this.changes.set(key, undefined);
      unique++;
    }
    let [backend, loops] = [0, 0];
    const keys = [...this.backend.keys()]
      .filter((key) => key.startsWith(prefix) && key >= (cursor ?? ""))
      .sort();
    for (const key of keys) {
      if (loops === limit) return { cursor: bytesOf(key), backend, unique, loops };
      if (!this.changes.has(key) || this.changes.get(key) !== undefined) {
        this.changes.set(key, undefined);
        backend++;
        unique++;
      }
      loops++;
    }
    return { cursor: undefined, backend, unique, loops };
  }

  append(key: string, item: Uint8Array): void {
    const old = this.get(key) ?? Uint8Array.of();
    // The values of this test are short: one-byte counts below 63, or no lists at all.
    const isList = old.length > 0 && old[0] % 4 === 0 && old[0] < 252;
    const list = isList
      ? concatBytes(Uint8Array.of(old[0] + 4), old.slice(1), item)
      : concatBytes(Uint8Array.of(4), item);
    this.changes.set(key, list);
  }

  root(version: 0 | 1): string {
    const map = new Map<string, NaiveValue>();
    for (const key of this.keys()) {
      const bytes = this.get(key)!;
      map.set(key, { bytes, hashed: version === 1 && this.changes.has(key) && bytes.length >= 33 });
    }
    return naiveTrie(map, blake2b256).root;
  }
}

const key = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0xff), { maxLength: 3 })
  .map((list) => hexOf(Uint8Array.from(list)));
// Counts below 48 leave room for appends; 0xff begins no list.
const value = fc.oneof(
  fc.constantFrom(Uint8Array.of(), Uint8Array.of(4, 1), Uint8Array.of(0xff, 1)),
  fc.constantFrom(33, 40).map((length) => new Uint8Array(length)),
);
const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("set" as const), key, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("append" as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("clear" as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("look" as const), key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("prefix" as const),
      key,
      limit: fc.option(fc.nat(3), { nil: undefined }),
      cursor: fc.option(key, { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("start" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("commit" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rollback" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("root" as const),
      version: fc.constantFrom(0 as const, 1 as const),
    }),
  },
);

describe("overlay beside the naive one", () => {
  const NAME = text("child");
  const spaces = {
    "main trie": (entries: [Uint8Array, Uint8Array][]) => {
      const overlay = new Overlay(State.fromEntries(entries));
      // The guard makes the main trie refuse the empty prefix; no key here comes near it otherwise.
      return { overlay, space: overlay, guarded: true, root: (version: 0 | 1) => overlay.root(version) };
    },
    "child trie": (entries: [Uint8Array, Uint8Array][]) => {
      const overlay = new Overlay(State.fromEntries([], [[NAME, entries]]));
      const space = overlay.child(NAME);
      return { overlay, space, guarded: false, root: (version: 0 | 1) => space.root(version) };
    },
  };

  for (const [name, make] of Object.entries(spaces)) {
    it(`agrees on every step over a ${name}`, () => {
      const entry = fc.tuple(key, value);
      fc.assert(
        fc.property(
          fc.array(entry, { maxLength: 15, size: "max" }),
          fc.array(command, { maxLength: 60, size: "max" }),
          (entries, commands) => {
            const backend = new Map(entries);
            const model = new NaiveOverlay(backend);
            const { overlay, space, guarded, root } = make([...backend].map(([k, v]) => [bytesOf(k), v]));
            for (const step of commands) {
              switch (step.do) {
                case "set":
                  space.set(bytesOf(step.key), step.value);
                  model.changes.set(step.key, step.value);
                  break;
                case "append":
                  space.append(bytesOf(step.key), Uint8Array.of(7));
                  model.append(step.key, Uint8Array.of(7));
                  break;
                case "clear":
                  space.clear(bytesOf(step.key));
                  model.changes.set(step.key, undefined);
                  break;
                case "look": {
                  expect(space.get(bytesOf(step.key))).to.deep.equal(model.get(step.key));
                  expect(space.exists(bytesOf(step.key))).to.equal(model.get(step.key) !== undefined);
                  const next = model.keys().find((other) => other > step.key);
                  expect(space.nextKey(bytesOf(step.key))).to.deep.equal(
                    next === undefined ? undefined : bytesOf(next),
                  );
                  break;
                }
                case "prefix": {
                  if (guarded && step.key === "") break;
                  const cursor = step.cursor === undefined ? undefined : bytesOf(step.cursor);
                  expect(space.clearPrefix(bytesOf(step.key), step.limit, cursor)).to.deep.equal(
                    model.clearPrefix(step.key, step.limit, step.cursor),
                  );
                  break;
                }
                case "start":
                  overlay.startTransaction();
                  model.saved.push(new Map(model.changes));
                  break;
                case "commit":
                  if (model.saved.length === 0) break;
                  overlay.commitTransaction();
                  model.saved.pop();
                  break;
                case "rollback":
                  if (model.saved.length === 0) break;
                  overlay.rollbackTransaction();
                  model.changes = model.saved.pop()!;
                  break;
                case "root":
                  expect(hexOf(root(step.version))).to.equal(model.root(step.version));
                  break;
              }
              expect(overlay.transactionDepth).to.equal(model.saved.length);
            }
            expect(hexOf(root(1))).to.equal(model.root(1));
            const all: string[] = [];
            for (let at = space.nextKey(bytesOf("")); at !== undefined; at = space.nextKey(at))
              all.push(hexOf(at));
            expect(all).to.deep.equal(model.keys().filter((k) => k !== ""));
          },
        ),
        { seed: 40, numRuns: 400 },
      );
    });
  }
});
