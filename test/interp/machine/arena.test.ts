import { expect } from "chai";
import { load } from "../../../src/decoder/index.ts";
import { I32 } from "../../../src/decoder/module.ts";
import { LIMITS } from "../../../src/host/webassembly/agent.ts";
import { hostFunc, ImportMap, type Instance, instantiate, Store, Trap } from "../../../src/interp/index.ts";
import { arena, CODE, enter, leave } from "../../../src/interp/machine/arena.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { funcType, I32 as I32_BYTE, section, unsigned, vector } from "../assemble.ts";
import { build } from "../build.ts";

/** f(n) = the sum of 1 to n, recursively, plus what the host function `more` returns at the end. */
const SUM = build({
  imports: [["m", "more", "> i32"]],
  functions: [
    {
      export: "f",
      type: "i32 > i32",
      code: "local.get 0 i32.eqz if i32 call 0 else local.get 0 local.get 0 i32.const 1 i32.sub call 1 i32.add end",
    },
  ],
});

function sum(options: object, more: () => number): Instance {
  const imports = new ImportMap();
  const value = hostFunc("more", { params: [], results: [I32] }, more);
  imports.define("m", "more", { kind: "func", value });
  return instantiate(new Store(options), SUM, imports);
}

/** Functions of so many additions of 1 each to their parameter, the first exported as f and calling all others. */
function largeModule(functions: number, additions: number) {
  const add = [0x20, 0, 0x41, 1, 0x6a, 0x21, 0];
  const plain = new Uint8Array(additions * add.length);
  for (let i = 0; i < additions; i++) plain.set(add, i * add.length);
  const sized = (...parts: (readonly number[] | Uint8Array)[]): Uint8Array[] => {
    const bytes = parts.map((part) => Uint8Array.from(part));
    const size = bytes.reduce((sum, { length }) => sum + length, 0);
    return [Uint8Array.from(unsigned(size)), ...bytes];
  };
  const calls = Array.from({ length: functions - 1 }, (_, i) => [...unsigned(i + 1)]).flatMap((n) => [
    0x10,
    ...n,
  ]);
  const bodies = [
    ...sized([0], [0x20, 0, ...calls, 0x0b]),
    ...Array.from({ length: functions - 1 }, () => sized([0], plain, [0x20, 0, 0x0b])).flat(),
  ];
  const code = sized(unsigned(functions), ...bodies);
  const head = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([funcType([I32_BYTE], [I32_BYTE])])),
    ...section(3, vector(Array.from({ length: functions }, () => [0]))),
    ...section(7, vector([[1, 0x66, 0, 0]])),
    10,
  ]);
  const all = [head, ...code];
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return load(bytes);
}

describe("the arena", () => {
  it("is left by code that does not fit, and emptied before the next run", () => {
    const before = sum({}, () => 5);
    expect(before.call("f", 10)).equal(60);
    const { generation } = arena;

    // Four words an addition: more than there is room for.
    const additions = 200_000;
    const count = Math.ceil(CODE.length / (4 * additions)) + 2;
    const large = largeModule(count, additions);
    const machine = instantiate(new Store(), large, new ImportMap());
    expect(machine.call("f", 7)).equal(7 + (count - 1) * additions);
    expect(arena.isFull).equal(true);
    expect(machine.code.words).not.equal(CODE);

    expect(before.call("f", 10)).equal(60);
    expect(arena).include({ isFull: false, generation: generation + 1 });
    expect(arena.top).below(1000);
    expect(before.code.words).equal(CODE);

    // What left goes on where it is.
    const { gasUsed } = machine.store;
    expect(machine.call("f", 7)).equal(7 + (count - 1) * additions);
    expect(machine.store.gasUsed).equal(2n * gasUsed);
    expect(machine.code.words).not.equal(CODE);
    const last = sum({}, () => 6);
    expect(last.call("f", 3)).equal(12);
  });

  it("has frames for one machine at a time: a store that is called by another's host function has its own", () => {
    const inner = sum({}, () => 1000);
    const failing = sum({ maxCallDepth: 20 }, () => 0);
    const outer = sum({}, () => {
      expect(() => failing.call("f", 50))
        .throw(Trap)
        .include({ code: "call-stack-exhausted" });
      return inner.call("f", 20_000 - 5_000) as number;
    });
    const expected = (n: number): number => (n * (n + 1)) / 2;
    expect(outer.call("f", 10_000)).equal(expected(10_000) + expected(15_000) + 1000);
    // And the other way round, now that the arena's frames are free again.
    expect(inner.call("f", 100)).equal(expected(100) + 1000);
  });

  it("is not for stores whose calls go deeper than its frames", () => {
    const deep = sum({ maxCallDepth: 100_000, maxStackSlots: 4_000_000 }, () => 1);
    expect(deep.call("f", 60_000)).equal(((60_000 * 60_001) / 2 + 1) | 0);
    const shallow = sum({}, () => 1);
    expect(() => shallow.call("f", 60_000))
      .throw(Trap)
      .include({ code: "call-stack-exhausted" });
    expect(() => sum({ executor: reference }, () => 1).call("f", 60_000))
      .throw(Trap)
      .include({ code: "call-stack-exhausted" });
  });

  it("lends its frames to a store that one without use for them calls", () => {
    const isFree = (): boolean => {
      const lent = enter(true);
      leave(lent);
      return lent;
    };
    expect(sum({ maxCallDepth: 100_000 }, () => Number(isFree())).call("f", 0)).equal(1);
    expect(sum({}, () => Number(isFree())).call("f", 0)).equal(0);
    expect(sum(LIMITS, () => Number(isFree())).call("f", 0), "the polyfill").equal(0);
    expect(isFree()).equal(true);
  });

  it("is given back after a trap", () => {
    const trapping = sum({ gasLimit: 50n }, () => 1);
    for (let i = 0; i < 3; i++) expect(() => trapping.call("f", 1000)).throw(Trap);
    expect(sum({}, () => 2).call("f", 2)).equal(5);
  });
});
