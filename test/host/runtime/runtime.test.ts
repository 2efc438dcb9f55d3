import { expect } from "chai";
import { ModuleError } from "../../../src/decoder/index.ts";
import { encodeRuntimeVersion, type RuntimeVersion } from "../../../src/host/chain/index.ts";
import { type CallRecord, counting, recording } from "../../../src/host/decorate.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { type CallOptions, Runtime, RuntimeError, RuntimeTrap } from "../../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes, ScaleWriter } from "../../../src/host/scale/index.ts";
import { blake2b256, HEAP_PAGES_KEY, Overlay, State } from "../../../src/host/state/index.ts";
import type { LinkError } from "../../../src/interp/index.ts";
import {
  call,
  endless,
  type GuestParts,
  guest,
  I32,
  I64,
  i32,
  i64,
  inputSpan,
  local,
  op,
  span,
} from "./guest.ts";

const SET = ["ext_storage_set_version_1", [I64, I64], []] as const;
const START = ["ext_storage_start_transaction_version_1", [], []] as const;
const LOG = ["ext_logging_log_version_1", [I32, I64, I64], []] as const;
const MALLOC = ["ext_allocator_malloc_version_1", [I32], [I32]] as const;

/** Twelve bytes at 100: "key" at 100, "value" at 103, "oops" at 108. */
const WORDS = [[100, bytes("keyvalueoops")]] as const;
const setKeyValue = (index: number) => [...span(100, 3), ...span(103, 5), ...call(index)];
const nothing = i64(0n);

function runtime(parts: GuestParts): Runtime {
  return Runtime.fromCode(guest(parts));
}

function entry(code: readonly number[], parts: Omit<GuestParts, "functions"> = {}): Runtime {
  return runtime({ ...parts, functions: [{ name: "main", code }] });
}

function failure(action: () => unknown): RuntimeError {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(RuntimeError);
    return error as RuntimeError;
  }
  throw new Error("it did not fail");
}

function trapped(target: Runtime, options: CallOptions = {}): RuntimeTrap {
  const error = failure(() => target.call("main", new Uint8Array(0), options));
  expect(error).to.be.instanceOf(RuntimeTrap);
  return error as RuntimeTrap;
}

describe("a call into a runtime", () => {
  it("gets its input on the heap and gives its output back, with imported and with own memory", () => {
    for (const memory of ["imported", "exported"] as const) {
      const echo = entry(inputSpan, { memory });
      expect(echo.call("main", bytes("echo")).output).to.deep.equal(bytes("echo"));
      expect(echo.call("main").output).to.deep.equal(new Uint8Array(0));
    }
  });

  it("places the input first, also an empty one", () => {
    const address = (code: readonly number[], input: Uint8Array) => {
      const result = entry(code, { heapBase: 4097, imports: [MALLOC] }).call("main", input);
      return result.output.length;
    };
    // The pointer as the output's length: the input's, and that of a block asked for after it.
    const asLength = [...op("i64.extend_i32_u"), ...i64(32n), ...op("i64.shl")];
    expect(address([...local(0), ...asLength], new Uint8Array(0))).to.equal(4104 + 8);
    expect(address([...i32(1), ...call(0), ...asLength], new Uint8Array(0))).to.equal(4112 + 16);
    expect(address([...i32(1), ...call(0), ...asLength], new Uint8Array(9))).to.equal(4104 + 8 + 16 + 8);
  });

  it("starts afresh every time", () => {
    // A global and a byte of memory, both returned and then counted up.
    const bump = [
      ...[0x23, 1, ...i32(1), ...op("i32.add"), 0x24, 1],
      ...i32(50),
      ...[...i32(50), 0x2d, 0, 0, ...i32(1), ...op("i32.add"), 0x3a, 0, 0],
      ...[0x23, 1, ...i32(50), 0x2d, 0, 0, ...op("i32.add")],
      ...[...op("i64.extend_i32_u"), ...i64(32n), ...op("i64.shl")],
    ];
    const counter = entry(bump);
    expect([1, 2, 3].map(() => counter.call("main").output.length)).to.deep.equal([2, 2, 2]);
  });

  it("may return nothing, and then has empty output", () => {
    const silent = runtime({ functions: [{ name: "main", code: [], results: [] }] });
    expect(silent.call("main", bytes("x")).output).to.deep.equal(new Uint8Array(0));
  });

  it("may fetch its input itself (RFC-145), without a heap", () => {
    const read = ["ext_input_read_version_1", [I64], []] as const;
    const fetching = runtime({
      imports: [read],
      heapBase: null,
      functions: [{ name: "main", params: [I32], code: [...span(200, 5), ...call(0), ...span(200, 5)] }],
    });
    expect(fetching.call("main", bytes("12345")).output).to.deep.equal(bytes("12345"));
  });

  it("changes the overlay it is given, and counts what it did", () => {
    const writer = entry([...setKeyValue(0), ...nothing], { imports: [SET], data: WORDS });
    const state = State.fromEntries([]);
    const overlay = new Overlay(state);
    const result = writer.call("main", new Uint8Array(0), { overlay });
    expect(overlay.get(bytes("key"))).to.deep.equal(bytes("value"));
    expect(result.overlay).to.equal(overlay);
    expect(result).to.include({ hostCalls: 1, rolledBack: 0, memoryPages: 1 });
    expect(result.gasUsed > 0n).to.equal(true);
    expect(state.get(bytes("key"))).to.equal(undefined);
    const again = writer.call("main", new Uint8Array(0), { state });
    expect(again.overlay.get(bytes("key"))).to.deep.equal(bytes("value"));
    expect(again.gasUsed).to.equal(result.gasUsed);
  });

  it("has the transactions it leaves open rolled back", () => {
    const open = entry(
      [...setKeyValue(0), ...call(1), ...span(100, 2), ...span(103, 5), ...call(0), ...nothing],
      {
        imports: [SET, START],
        data: WORDS,
      },
    );
    const result = open.call("main");
    expect(result.rolledBack).to.equal(1);
    expect(result.overlay.transactionDepth).to.equal(0);
    expect(result.overlay.get(bytes("key"))).to.deep.equal(bytes("value"));
    expect(result.overlay.get(bytes("ke"))).to.equal(undefined);
  });

  it("that traps leaves nothing behind, and says what it said and where it was", () => {
    const failing = entry(
      [
        ...setKeyValue(0),
        ...call(1),
        ...i32(0),
        ...span(100, 3),
        ...span(108, 4),
        ...call(2),
        ...op("unreachable"),
      ],
      { imports: [SET, START, LOG], data: WORDS },
    );
    const overlay = new Overlay(State.fromEntries([]));
    overlay.startTransaction();
    const error = trapped(failing, { overlay });
    expect(error).to.include({ kind: "trap", panicMessage: "oops", hostCalls: 3, method: "main" });
    expect(error.message).to.equal("main trapped: unreachable: oops");
    expect(error.trap.code).to.equal("unreachable");
    expect(error.wasmStack.map(({ func, name }) => [func, name])).to.deep.equal([[3, "main"]]);
    expect(error.logs).to.deep.equal([{ level: "error", target: "key", message: "oops" }]);
    expect(overlay.transactionDepth).to.equal(1);
    expect(overlay.get(bytes("key"))).to.equal(undefined);
  });

  it("that never ends is ended by gas", () => {
    const error = trapped(entry(endless), { gasLimit: 100_000n });
    expect(error.kind).to.equal("out-of-gas");
    expect(error.gasUsed <= 100_000n).to.equal(true);
  });

  it("traps by name where it calls what no host has", () => {
    const unknown = entry([...call(0), ...nothing], { imports: [["ext_no_such_version_1", [], []]] });
    expect(trapped(unknown).message).to.contain("ext_no_such_version_1");
    const unused = entry(nothing, { imports: [["ext_no_such_version_1", [], []]] });
    expect(unused.call("main").output.length).to.equal(0);
  });

  it("is refused for a known function of another type", () => {
    const wrong = entry(nothing, { imports: [["ext_storage_set_version_1", [I32, I64], []]] });
    const error = failure(() => wrong.call("main"));
    expect(error.kind).to.equal("link");
    expect((error.cause as LinkError).problems.map(({ name }) => name)).to.deep.equal([
      "ext_storage_set_version_1",
    ]);
  });

  it("needs a memory, a heap base, and an entry point of the right type", () => {
    const kind = (parts: GuestParts, method = "main") =>
      failure(() => runtime({ functions: [{ name: "main", code: nothing }], ...parts }).call(method)).kind;
    expect(kind({ memory: "none" })).to.equal("no-memory");
    expect(kind({ memory: "private" })).to.equal("no-memory");
    expect(kind({ heapBase: null })).to.equal("no-heap-base");
    expect(kind({ mutableHeapBase: true })).to.equal("no-heap-base");
    expect(kind({ pages: 16385 })).to.equal("memory-too-large");
    expect(kind({}, "other")).to.equal("method-not-found");
    expect(kind({}, "__heap_base")).to.equal("bad-entry-point");
    const typed = (params: number[], results: number[]) =>
      kind({ functions: [{ name: "main", code: op("unreachable"), params, results }] });
    expect(typed([I32, I64], [I64])).to.equal("bad-entry-point");
    expect(typed([I32, I32], [I32])).to.equal("bad-entry-point");
    expect(typed([], [I64])).to.equal("bad-entry-point");
    expect(typed([I32, I32, I32], [I64])).to.equal("bad-entry-point");
  });

  it("must return a range within its memory", () => {
    const returning = (address: number, length: number) =>
      failure(() => entry(span(address, length)).call("main")).kind;
    expect(returning(65536, 1)).to.equal("output-out-of-bounds");
    expect(returning(-1 >>> 0, 0)).to.equal("output-out-of-bounds");
    expect(returning(0, -1 >>> 0)).to.equal("output-out-of-bounds");
    expect(entry(span(65536, 0)).call("main").output.length).to.equal(0);
  });

  it("has a heap of the pages that the state or the caller allows", () => {
    const greedy = entry([...i32(100_000), ...call(0), ...op("drop"), ...nothing], { imports: [MALLOC] });
    expect(greedy.call("main").memoryPages).to.equal(3);
    expect(trapped(greedy, { heapPages: 1 }).trap.code).to.equal("allocator");
    const state = (pages: bigint) =>
      State.fromEntries([[HEAP_PAGES_KEY, new ScaleWriter().u64(pages).finish()]]);
    expect(trapped(greedy, { state: state(1n) }).trap.code).to.equal("allocator");
    expect(greedy.call("main", new Uint8Array(0), { state: state(2n) }).memoryPages).to.equal(3);
    expect(greedy.call("main", new Uint8Array(0), { state: state(2n ** 64n - 1n) }).memoryPages).to.equal(3);
    const odd = State.fromEntries([[HEAP_PAGES_KEY, Uint8Array.of(1)]]);
    expect(greedy.call("main", new Uint8Array(0), { state: odd }).memoryPages).to.equal(3);
  });

  it("may grow its memory itself, up to the same limit", () => {
    const growing = entry([
      ...[...i32(2), 0x40, 0, ...op("drop"), ...i32(1), 0x40, 0],
      ...[...op("i64.extend_i32_u"), ...i64(32n), ...op("i64.shl")],
    ]);
    const pages = (heapPages: number) =>
      failure(() => growing.call("main", new Uint8Array(0), { heapPages })).kind;
    expect(growing.call("main", new Uint8Array(0), { heapPages: 3 }).memoryPages).to.equal(4);
    // memory.grow answered -1, which the guest returns as a length.
    expect(pages(2)).to.equal("output-out-of-bounds");
  });

  it("can be watched", () => {
    const writer = entry([...setKeyValue(0), ...nothing], { imports: [SET], data: WORDS });
    const records: CallRecord[] = [];
    writer.call("main", new Uint8Array(0), { decorate: recording((record) => records.push(record)) });
    expect(records).to.deep.equal([
      {
        name: "ext_storage_set_version_1",
        args: [bytesToHex(bytes("key")), bytesToHex(bytes("value"))],
        result: undefined,
        trap: undefined,
      },
    ]);
    const counts = new Map<string, number>();
    writer.call("main", new Uint8Array(0), { decorate: counting(counts) });
    expect([...counts]).to.deep.equal([["ext_storage_set_version_1", 1]]);
  });
});

describe("a runtime", () => {
  const version: RuntimeVersion = {
    specName: "test",
    implName: "by-hand",
    authoringVersion: 1,
    specVersion: 2,
    implVersion: 3,
    apis: [{ id: "0xdf6acb689907609b", version: 4 }],
    transactionVersion: 5,
    systemVersion: 1,
  };
  const encoded = encodeRuntimeVersion(version);
  const withoutApis = encodeRuntimeVersion({ ...version, apis: [] });
  const apis = encoded.slice(26, 38);
  const answering = (answer: Uint8Array) =>
    guest({
      data: [[300, answer]],
      functions: [{ name: "Core_version", code: span(300, answer.length) }],
    });

  it("tells its version by custom sections, without running", () => {
    const sections = [
      ["runtime_version", withoutApis],
      ["runtime_apis", apis],
      ["runtime_version", bytes("a second one does not count")],
    ] as const;
    const silent = runtime({ sections, functions: [{ name: "Core_version", code: op("unreachable") }] });
    expect(silent.version()).to.deep.equal(version);
  });

  it("tells its version by Core_version where it has no sections", () => {
    expect(Runtime.fromCode(answering(encoded)).version()).to.deep.equal(version);
  });

  it("without a version that decodes is refused for it", () => {
    const kind = (code: Uint8Array) => failure(() => Runtime.fromCode(code).version()).kind;
    expect(kind(answering(encoded.slice(0, 20)))).to.equal("bad-version");
    expect(kind(guest({ sections: [["runtime_version", bytes("x")]] }))).to.equal("bad-version");
    expect(kind(guest({}))).to.equal("method-not-found");
    expect(kind(guest({ functions: [{ name: "Core_version", code: endless }] }))).to.equal("out-of-gas");
  });

  it("can ask for the version of other code", () => {
    const ask = ["ext_misc_runtime_version_version_1", [I64], [I64]] as const;
    const asking = entry([...inputSpan, ...call(0)], { imports: [ask], pages: 3 });
    const answer = (code: Uint8Array) => bytesToHex(asking.call("main", code).output);
    const some = (value: Uint8Array) => bytesToHex(new ScaleWriter().u8(1).bytes(value).finish());
    const sections = [
      ["runtime_version", withoutApis],
      ["runtime_apis", apis],
    ] as const;
    expect(answer(guest({ sections }))).to.equal(some(encoded));
    expect(answer(answering(bytes("as it is")))).to.equal(some(bytes("as it is")));
    expect(answer(guest({}))).to.equal("0x00");
    expect(answer(bytes("no code"))).to.equal("0x00");
    expect(answer(guest({ functions: [{ name: "Core_version", code: endless }] }))).to.equal("0x00");
    // Code that is asked may look at sections, but runs nothing further.
    const nested = (inner: Uint8Array) =>
      guest({
        imports: [ask],
        pages: 2,
        heapBase: 8192,
        data: [[1000, inner]],
        functions: [{ name: "Core_version", code: [...span(1000, inner.length), ...call(0)] }],
      });
    expect(answer(nested(guest({ sections })))).to.equal(
      some(new ScaleWriter().u8(1).bytes(encoded).finish()),
    );
    expect(answer(nested(answering(encoded)))).to.equal(some(Uint8Array.of(0)));
  });

  it("is made once for one blob, and never for another", () => {
    const code = answering(encoded);
    const first = Runtime.fromCode(code);
    expect(Runtime.fromCode(code.slice())).to.equal(first);
    code[code.length - 1] ^= 1; // the caller's own bytes are not what is kept
    expect(Runtime.fromCode(code)).not.to.equal(first);
    for (let i = 0; i < 8; i++) Runtime.fromCode(answering(Uint8Array.of(i)));
    code[code.length - 1] ^= 1;
    const later = Runtime.fromCode(code);
    expect(later).not.to.equal(first);
    expect(later.version()).to.deep.equal(version);
    expect(later.codeHash).to.deep.equal(first.codeHash);
  });

  it("is found again by where its code came from, with the same features only", () => {
    const origin = {};
    const first = Runtime.fromCode(answering(encoded), {}, origin);
    const changed = answering(Uint8Array.of(1));
    // What stands for bytes goes with them for ever: they are not looked at again.
    expect(Runtime.fromCode(changed, {}, origin)).to.equal(first);
    expect(Runtime.fromCode(changed, { features: "mvp" }, origin)).not.to.equal(first);
    expect(Runtime.fromCode(changed, {}, {})).not.to.equal(first);
  });

  it("has the hash of its code remembered", () => {
    const code = answering(encoded);
    expect(Runtime.hashOf(code)).to.deep.equal(blake2b256(code));
    expect(Runtime.hashOf(code)).to.equal(Runtime.fromCode(code).codeHash);
    expect(Runtime.hashOf(Uint8Array.of(1, 2))).to.deep.equal(blake2b256(Uint8Array.of(1, 2)));
  });

  it("of code that is no module is refused with the decoder's reason", () => {
    const code = answering(encoded).slice(0, -1);
    const error = failure(() => Runtime.fromCode(code));
    expect(error.kind).to.equal("invalid-module");
    expect(error.cause).to.be.instanceOf(ModuleError);
  });
});
