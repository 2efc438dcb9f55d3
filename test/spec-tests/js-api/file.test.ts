import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { reasonToSkip } from "../../../spec-tests/js-api/applies.ts";
import { runFile } from "../../../spec-tests/js-api/file.ts";

describe("spec-tests: files of the Web Platform Tests", () => {
  const root = mkdtempSync(join(tmpdir(), "lockstep-wpt-"));
  after(() => rmSync(root, { recursive: true }));

  /** What each test of a file became: its name, or its name and the error. */
  async function outcomes(...lines: string[]): Promise<string[]> {
    writeFileSync(join(root, "case.any.js"), lines.join("\n"));
    const results = await runFile(root, "case.any.js");
    return results.map(({ name, passed, error }) => (passed ? name : `${name}: ${(error as Error).message}`));
  }

  it("tell what passes from what fails", async () => {
    expect(
      await outcomes(
        'test(() => assert_equals(NaN, NaN), "same");',
        'test(() => assert_equals(0, -0), "zeros");',
        'test(() => assert_throws_js(TypeError, () => { throw new RangeError("r"); }), "class");',
        'test(() => assert_throws_js(Error, () => { throw new TypeError("t"); }), "not a subclass");',
        'test(() => assert_throws_js(TypeError, () => {}), "nothing");',
        'test(() => assert_array_equals([1, 2], [1, 2, 3]), "arrays");',
        'test((t) => t.unreached_func("never")(), "unreached");',
      ),
    ).to.deep.equal([
      "same",
      "zeros: expected -0, got 0",
      'class: threw object "[object Error]" (RangeError: r), not a TypeError',
      'not a subclass: threw object "[object Error]" (TypeError: t), not a Error',
      "nothing: did not throw",
      "arrays: expected [1, 2, 3], got [1, 2]",
      "unreached: never: reached what must not be reached",
    ]);
  });

  it("run scripts that they ask for, promises one after the other, and cleanups", async () => {
    mkdirSync(join(root, "shared"));
    writeFileSync(join(root, "shared", "one.js"), "const order = []; function push(x) { order.push(x); }");
    expect(
      await outcomes(
        "// META: script=/shared/one.js",
        'promise_test(async (t) => { t.add_cleanup(() => push("cleaned")); await null; push(1); }, "first");',
        'promise_test(async () => assert_array_equals(order, [0, 1, "cleaned"]), "second");',
        'promise_test(() => promise_rejects_js(null, TypeError, Promise.resolve()), "third");',
        'test(() => push(0), "sync");',
        "this.WebAssembly;",
      ),
    ).to.deep.equal(["sync", "first", "second", "third: was not rejected"]);
  });

  it("fail as a whole where they throw", async () => {
    expect(await outcomes('test(() => {}, "before");', "throw new Error('x');")).to.deep.equal([
      "before",
      "(the file itself): x",
    ]);
  });

  it("may be about what is not offered", () => {
    expect(reasonToSkip("wasm/jsapi/memory/grow.any.js")).to.equal(undefined);
    expect(reasonToSkip("wasm/jsapi/memory/grow.any.js", "Growing shared memory does not detach")).to.match(
      /shared/,
    );
    expect(reasonToSkip("wasm/jsapi/memory/type.tentative.any.js")).to.match(/proposal/);
    expect(reasonToSkip("wasm/jsapi/prototypes.any.js")).to.equal(undefined);
  });
});
