import { expect } from "chai";
import fc from "fast-check";
import { concatBytes } from "../../../src/host/bytes.ts";
import { encodeCompact } from "../../../src/host/scale/index.ts";
import { AppendList } from "../../../src/host/state/append-list.ts";
import { SortedKeys } from "../../../src/host/state/sorted-keys.ts";

describe("sorted keys", () => {
  it("holds what a set holds, in order, across many chunks", () => {
    const step = fc.record({ add: fc.boolean(), n: fc.nat(3000) });
    const text = (n: number) => n.toString(36);
    fc.assert(
      fc.property(
        fc.array(fc.nat(3000), { maxLength: 1500, size: "max" }),
        fc.array(step, { maxLength: 1500, size: "max" }),
        (first, steps) => {
          const model = new Set(first.map(text));
          const keys = new SortedKeys(model);
          for (const { add, n } of steps) {
            const key = text(n);
            if (add && !model.has(key)) {
              model.add(key);
              keys.add(key);
            } else if (!add && model.has(key)) {
              model.delete(key);
              keys.delete(key);
            }
          }
          const sorted = [...model].sort();
          expect([...keys.from("")]).to.deep.equal(sorted);
          const start = text(steps[0]?.n ?? 0);
          expect([...keys.from(start)]).to.deep.equal(sorted.filter((key) => key >= start));
        },
      ),
      { seed: 30, numRuns: 20 },
    );
  });

  it("stays fast when every write is followed by a search", () => {
    const keys = new SortedKeys([]);
    let steps = 0;
    for (let i = 0; i < 50_000; i++) {
      const key = ((i * 2654435761) % 4294967296).toString(16).padStart(8, "0");
      keys.add(key);
      for (const found of keys.from(key)) {
        expect(found === key).to.equal(true);
        steps++;
        break;
      }
    }
    expect(steps).to.equal(50_000);
  });
});

/** Host functions, section "append": what a value is after an item was appended. */
describe("append list", () => {
  const bytes = (...list: number[]) => Uint8Array.from(list);

  it("starts a list where there is none", () => {
    expect(AppendList.of(undefined).append(bytes(7)).encoded).to.deep.equal(bytes(4, 7));
    expect(AppendList.of(bytes()).append(bytes(7)).encoded).to.deep.equal(bytes(4, 7));
    expect(AppendList.of(bytes(0)).append(bytes(7)).encoded).to.deep.equal(bytes(4, 7));
  });

  it("drops a value that does not begin with a canonical compact u32", () => {
    for (const value of [
      bytes(1),
      bytes(1, 0, 9),
      bytes(3, 0, 0, 0),
      bytes(3, 1, 0, 0, 0, 9),
      bytes(0xff, 9, 9),
    ]) {
      expect(AppendList.of(value).append(bytes(7)).encoded, String(value)).to.deep.equal(bytes(4, 7));
    }
    expect(AppendList.of(bytes(3, 255, 255, 255, 255, 9)).append(bytes(7)).encoded).to.deep.equal(
      bytes(4, 7),
    );
  });

  it("widens the count, and does not look at the items", () => {
    for (const count of [0, 1, 62, 63, 64, 16_383, 2 ** 30 - 1, 2 ** 32 - 2]) {
      const list = AppendList.of(concatBytes(encodeCompact(count), bytes(5, 6))).append(bytes(7, 8));
      expect(list.encoded).to.deep.equal(concatBytes(encodeCompact(count + 1), bytes(5, 6, 7, 8)));
    }
  });

  it("leaves earlier lists as they were, whichever way later ones grew", () => {
    const base = AppendList.of(bytes(8, 1, 2)).append(bytes(3));
    // Both fit behind the base in the same bytes, where only one of them may be.
    const left = base.append(bytes(4));
    const right = base.append(bytes(5));
    const deep = right.append(bytes(6));
    expect(base.encoded).to.deep.equal(bytes(12, 1, 2, 3));
    expect(left.encoded).to.deep.equal(bytes(16, 1, 2, 3, 4));
    expect(right.encoded).to.deep.equal(bytes(16, 1, 2, 3, 5));
    expect(deep.encoded).to.deep.equal(bytes(20, 1, 2, 3, 5, 6));
  });

  it("costs what the items cost, however long the list", () => {
    let list = AppendList.of(undefined);
    const item = new Uint8Array(100).fill(1);
    for (let i = 0; i < 100_000; i++) list = list.append(item);
    expect(list.encoded).to.have.length(4 + 100 * 100_000);
  });
});
