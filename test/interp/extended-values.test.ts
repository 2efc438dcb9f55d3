import { expect } from "chai";
import { EXTERNREF, FUNCREF, type FuncType, I32, load, V128 } from "../../src/decoder/index.ts";
import {
  type ExecutorFactory,
  type HostFunc,
  hostFunc,
  ImportMap,
  type Instance,
  instantiate,
  Store,
  Trap,
  type Value,
} from "../../src/interp/index.ts";
import type { Reference } from "../../src/interp/references.ts";
import { allBitsFromLanes, allBitsToLanes } from "../../src/interp/values.ts";
import { EXECUTORS } from "../differential/observe.ts";
import { assemble, op } from "./assemble.ts";

const get = (...locals: number[]) => locals.flatMap((local) => [...op("local.get"), local]);
const set = (...locals: number[]) => locals.flatMap((local) => [...op("local.set"), local]);

const TWIST: FuncType = { params: [V128, EXTERNREF, FUNCREF], results: [FUNCREF, EXTERNREF, V128] };

/** `twice` calls the host's `twist` with what it gave before; `once` gives what it gives. */
const TWICE = load(
  assemble({
    imports: [{ module: "env", name: "twist", kind: "func", ...TWIST }],
    functions: [
      {
        params: [V128, EXTERNREF, FUNCREF],
        results: [EXTERNREF, FUNCREF, V128, I32],
        code: [
          ...[...get(0, 1, 2), ...op("call"), 0, ...set(0, 1, 2)],
          ...[...get(0, 1, 2), ...op("call"), 0, ...set(0, 1, 2)],
          ...[...get(1, 2, 0), ...get(2), ...op("ref.is_null")],
        ],
        export: "twice",
      },
      { ...TWIST, code: [...get(0, 1, 2), ...op("call"), 0], export: "once" },
    ],
  }),
  { features: "2.0" },
);

function instanceOf(executor: ExecutorFactory | undefined, twist: HostFunc): Instance {
  const imports = new ImportMap().define("env", "twist", { kind: "func", value: twist });
  return instantiate(new Store(executor === undefined ? {} : { executor }), TWICE, imports);
}

const WIDE = 0xfedc_ba98_7654_3210_0123_4567_89ab_cdefn;
const rotated = (bits: bigint) => BigInt.asUintN(128, (bits << 8n) | (bits >> 120n));

for (const [name, executor] of Object.entries(EXECUTORS)) {
  describe(`values of 2.0 at the edge, ${name}`, () => {
    it("go through host functions with several results, as they are", () => {
      const seen: Value[][] = [];
      const twist = hostFunc("twist", TWIST, (...args) => {
        seen.push(args);
        const [vector, extern, func] = args;
        return [func, extern, rotated(vector as bigint)];
      });
      const instance = instanceOf(executor, twist);
      const func = instance.exportedFunction("once");
      // -0 and 0, and undefined and null, are different references.
      for (const extern of [{ of: "host" }, "text", undefined, null, -0, 0, Number.NaN, 7n]) {
        for (const target of [func, twist, null]) {
          const result = instance.call("twice", WIDE, extern, target) as unknown as Value[];
          expect(result).to.have.length(4);
          expect(Object.is(result[0], extern), String(extern)).to.equal(true);
          expect(result[1]).to.equal(target);
          expect(result.slice(2)).to.deep.equal([rotated(rotated(WIDE)), target === null ? 1 : 0]);
        }
      }
      expect(seen).to.have.length(48);
      expect(seen[1]![0]).to.equal(rotated(WIDE));
    });

    it("come from the host as lanes, one after another", () => {
      const twist: HostFunc = {
        kind: "host",
        name: "twist",
        type: TWIST,
        invoke({ lanes, at }) {
          const [vector, extern, func] = allBitsFromLanes(TWIST.params, lanes, at) as [
            bigint,
            bigint,
            bigint,
          ];
          allBitsToLanes(TWIST.results, [func, extern, rotated(vector)], lanes, at);
        },
      };
      const instance = instanceOf(executor, twist);
      expect(instance.call("once", WIDE, "x", twist)).to.deep.equal([twist, "x", rotated(WIDE)]);
      expect(instance.callBits("twice", [WIDE, 0n, 0n])).to.deep.equal([0n, 0n, rotated(rotated(WIDE)), 1n]);
    });

    it("are refused from the host where they are none, or too few", () => {
      const wrong: readonly (readonly [given: unknown, message: RegExp])[] = [
        [undefined, /did not return 3 values/],
        [1n, /did not return 3 values/],
        [[null, null], /did not return 3 values/],
        [[null, null, 1n, 1n], /did not return 3 values/],
        [[{}, null, 1n], /no funcref/],
        [[null, null, "vector"], /Cannot convert|BigInt/],
      ];
      for (const [given, message] of wrong) {
        const instance = instanceOf(
          executor,
          hostFunc("twist", TWIST, () => given as Value),
        );
        expect(() => instance.call("once", 0n, null, null)).to.throw(message);
        // The store can be used after it.
        expect(() => instance.call("twice", 0n, null, null)).to.throw(message);
      }
    });

    it("are waited for, several calls at once", async () => {
      let waiting = 0;
      let most = 0;
      const twist: HostFunc = {
        kind: "host",
        name: "twist",
        type: TWIST,
        isAsync: true,
        async invoke(call) {
          const [vector, extern, func] = allBitsFromLanes(TWIST.params, call.lanes, call.at) as bigint[];
          most = Math.max(most, ++waiting);
          await new Promise((resolve) => setImmediate(resolve));
          waiting--;
          const reference = call.references!.referenceOf(Number(extern)) as { name: string } | null;
          if (reference?.name === "bad") throw new Trap("refused", "bad");
          const next = reference === null ? null : { name: `${reference.name}'` };
          const given = [func!, BigInt(call.references!.numberOf(next)), rotated(vector!)];
          allBitsToLanes(TWIST.results, given, call.lanes, call.at);
        },
      };
      const instance = instanceOf(executor, twist);
      const externs: Reference[] = [{ name: "a" }, { name: "b" }, null, { name: "c" }];
      const results = await Promise.all(
        externs.map((extern, i) => instance.callAsync("twice", BigInt(i), extern, i === 0 ? null : twist)),
      );
      expect(results).to.deep.equal([
        [{ name: "a''" }, null, 0n, 1],
        [{ name: "b''" }, twist, 0x10000n, 0],
        [null, twist, 0x20000n, 0],
        [{ name: "c''" }, twist, 0x30000n, 0],
      ]);
      expect(most).to.equal(4);
      const failed = await instance.callAsync("once", WIDE, { name: "bad" }, null).catch((error) => error);
      expect(failed).to.be.instanceOf(Trap).and.have.property("code", "refused");
      expect(() => instance.call("once", WIDE, null, null))
        .to.throw(Trap)
        .with.property("code", "async-in-sync-call");
      expect(await instance.callAsync("once", WIDE, null, twist)).to.deep.equal([twist, null, rotated(WIDE)]);
    });
  });
}
