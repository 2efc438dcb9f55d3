import { expect } from "chai";
import {
  ActionError,
  type CommandResult,
  type Executor,
  type Running,
  readScript,
  reportAll,
  reportScript,
  reportSuite,
  runScript,
  skipReasons,
} from "../../spec-tests/index.ts";
import { I32, ModuleError } from "../../src/decoder/index.ts";
import { LinkError, Trap } from "../../src/interp/index.ts";

/**
 * An engine whose "modules" are words telling what becomes of them, and whose functions are named after what they
 * do: the runner's own rules can be seen without an engine's.
 */
const acting: Executor = {
  name: "acting",
  open() {
    const registered = new Map<string, Running>();
    return {
      load(bytes) {
        const word = new TextDecoder().decode(bytes);
        if (word === "malformed") throw new ModuleError("malformed", "bad", 0, "test");
        if (word === "broken engine") throw new RangeError("Maximum call stack size exceeded");
        return {
          instantiate() {
            if (word === "unlinkable")
              throw new LinkError([{ module: "m", name: "n", reason: "unknown import" }]);
            if (word === "traps") throw Trap.core("unreachable");
            if (word === "needs lib" && !registered.has("lib"))
              throw new RangeError("the test registers lib first");
            return instance;
          },
        };
      },
      register: (name, running) => {
        registered.set(name, running);
      },
    };
  },
};

const instance: Running = {
  invoke(field, args) {
    if (field === "echo") return args;
    if (field === "overflow") throw Trap.core("call-stack-exhausted");
    if (field === "unreachable") throw Trap.core("unreachable");
    if (field === "uninitialized") throw Trap.core("uninitialized-element");
    if (field === "gas") throw Trap.core("out-of-gas");
    throw new ActionError(`nothing is exported as "${field}"`);
  },
  get: () => ({ type: I32, bits: 666n }),
};

const module = (filename: string, name?: string) => ({ type: "module", filename, ...(name && { name }) });
const refusal = (type: string, filename: string) => ({ type, filename, text: "t", module_type: "binary" });
const invoke = (field: string, args: unknown[] = [], on?: string) => ({
  type: "invoke",
  field,
  args,
  ...(on && { module: on }),
});
const i32 = (value: string) => ({ type: "i32", value });
const returns = (action: unknown, expected: unknown[]) => ({ type: "assert_return", action, expected });
const traps = (field: string, text: string) => ({ type: "assert_trap", action: invoke(field), text });

function run(...commands: unknown[]): CommandResult[] {
  const readFile = (name: string) => {
    if (name === "absent") throw new Error("ENOENT: no such file");
    return new TextEncoder().encode(name);
  };
  return runScript(readScript({ commands }), readFile, acting, "mvp");
}

function statuses(...commands: unknown[]): string[] {
  return run(...commands).map(({ status }) => status);
}

/** The reason of the last command, which must fail. */
function failure(...commands: unknown[]): string {
  const last = run(...commands).at(-1)!;
  expect(last.status).to.equal("failed");
  return last.reason;
}

describe("spec-tests/run", () => {
  it("passes a script that does what it says", () => {
    const results = statuses(
      module("ok", "$A"),
      { type: "register", as: "lib", name: "$A" },
      module("needs lib"),
      { type: "action", action: invoke("echo") },
      returns(invoke("echo", [i32("7")], "$A"), [i32("7")]),
      returns({ type: "get", field: "g" }, [i32("666")]),
      traps("unreachable", "unreachable"),
      { type: "assert_exhaustion", action: invoke("overflow"), text: "call stack exhausted" },
      refusal("assert_malformed", "malformed"),
      refusal("assert_invalid", "malformed"),
      refusal("assert_unlinkable", "unlinkable"),
      refusal("assert_uninstantiable", "traps"),
    );
    expect(results).to.deep.equal(new Array(12).fill("passed"));
  });

  it("fails what does not happen as it should", () => {
    expect(failure(module("ok"), returns(invoke("echo", [i32("7")]), [i32("8")]))).to.equal(
      "expected i32 8, got i32 7",
    );
    expect(failure(module("ok"), returns(invoke("echo"), [i32("8")]))).to.match(/got nothing/);
    expect(failure(module("ok"), returns(invoke("unreachable"), []))).to.equal(
      "trap unreachable: unreachable",
    );
    expect(failure(module("ok"), traps("echo", "unreachable"))).to.match(/but it succeeded/);
    expect(failure(module("ok"), traps("nowhere", "unreachable"))).to.match(
      /nothing is exported as "nowhere"/,
    );
    expect(failure(module("ok"), { type: "action", action: invoke("unreachable") })).to.match(/unreachable/);
    expect(failure(refusal("assert_malformed", "ok"))).to.match(/but it succeeded/);
    expect(failure(refusal("assert_invalid", "broken engine"))).to.match(/got unexpected RangeError/);
    expect(failure(refusal("assert_unlinkable", "traps"))).to.match(
      /expected LinkError "t", got trap unreachable/,
    );
    expect(failure(refusal("assert_unlinkable", "malformed"))).to.match(/ModuleError/);
    expect(failure(refusal("assert_uninstantiable", "unlinkable"))).to.match(
      /expected Trap "t", got LinkError/,
    );
    expect(failure(module("absent"))).to.match(/unexpected Error: ENOENT/);
    expect(failure({ type: "assert_wonder" })).to.match(/unknown command/);
  });

  it("tells kinds of traps apart by the start of their messages", () => {
    expect(statuses(module("ok"), traps("uninitialized", "uninitialized"))[1]).to.equal("passed");
    expect(statuses(module("ok"), traps("uninitialized", "uninitialized element 2"))[1]).to.equal("passed");
    expect(failure(module("ok"), traps("uninitialized", "undefined"))).to.match(
      /got trap uninitialized-element/,
    );
    expect(failure(module("ok"), traps("unreachable", "integer overflow"))).to.match(/got trap unreachable/);
    // Another engine's words say nothing, but running out of gas is never what a script means.
    expect(statuses(module("ok"), traps("unreachable", "RuntimeError: memory"))[1]).to.equal("passed");
    expect(failure(module("ok"), traps("gas", "RuntimeError: memory"))).to.match(/out-of-gas/);
  });

  it("takes only a clean report for exhaustion", () => {
    const exhausts = (field: string) => ({
      type: "assert_exhaustion",
      action: invoke(field),
      text: "call stack",
    });
    expect(failure(module("ok"), exhausts("unreachable"))).to.match(/got trap unreachable/);
    expect(statuses(module("ok"), exhausts("overflow"))[1]).to.equal("passed");
  });

  it("has no current instance after a failed module, nor a named one", () => {
    const results = run(
      module("ok", "$A"),
      module("malformed", "$A"),
      returns(invoke("echo"), []),
      returns(invoke("echo", [], "$A"), []),
      { type: "register", as: "lib" },
      module("ok"),
      returns(invoke("echo"), []),
    );
    expect(results.map(({ status }) => status)).to.deep.equal([
      "passed",
      "failed",
      "failed",
      "failed",
      "failed",
      "passed",
      "passed",
    ]);
    expect(results[2]!.reason).to.equal("there is no current instance");
    expect(results[3]!.reason).to.equal("there is no instance $A");
  });

  it("keeps the current instance after a refused assert_* module", () => {
    const results = statuses(
      module("ok"),
      refusal("assert_malformed", "malformed"),
      refusal("assert_unlinkable", "unlinkable"),
      refusal("assert_uninstantiable", "traps"),
      returns(invoke("echo"), []),
    );
    expect(results.at(-1)).to.equal("passed");
  });

  it("skips modules in the text format, with the reason", () => {
    const [result] = run({
      type: "assert_malformed",
      line: 3,
      filename: "a.wat",
      text: "t",
      module_type: "text",
    });
    expect(result).to.deep.equal({
      index: 0,
      line: 3,
      type: "assert_malformed",
      status: "skipped",
      reason: "needs a parser of the text format",
    });
  });
});

describe("spec-tests/report", () => {
  const text = { type: "assert_malformed", line: 3, filename: "a.wat", text: "t", module_type: "text" };

  it("counts, and names what failed and what was skipped", () => {
    const good = reportScript("good", run(module("ok"), text, text));
    const bad = reportScript("bad", run(module("malformed")));
    const suite = reportSuite("mvp", "mvp", [good, bad]);
    const report = reportAll("acting", [suite]);
    expect(report).to.include({ ok: false, executor: "acting", passed: 1, failed: 1, skipped: 2 });
    expect(bad.failures).to.have.length(1);
    expect([...skipReasons(suite)]).to.deep.equal([
      ["assert_malformed: needs a parser of the text format", 2],
    ]);
    expect(reportAll("acting", [reportSuite("mvp", "mvp", [good])]).ok).to.equal(true);
  });

  it("does not call it a success when nothing was checked", () => {
    expect(reportAll("acting", []).ok).to.equal(false);
    expect(reportAll("acting", [reportSuite("x", "mvp", [reportScript("s", run(text))])]).ok).to.equal(false);
  });
});
