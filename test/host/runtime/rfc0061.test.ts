import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex } from "../../../src/host/hex.ts";
import { Runtime } from "../../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes, ScaleReader, ScaleWriter } from "../../../src/host/scale/index.ts";
import { CODE_KEY, State } from "../../../src/host/state/index.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { runtimeFailure } from "../failures.ts";
import { mini, miniRuntime } from "../mini-runtime.ts";
import {
  call,
  endless,
  type GuestFunction,
  type GuestParts,
  guest,
  I32,
  I64,
  i32,
  i64,
  inputSpan,
  local,
  op,
} from "./guest.ts";

const SEED = { seed: 20261121 };
const host = Runtime.fromCode(miniRuntime("host"));
const own = Runtime.fromCode(miniRuntime("own"));

/** The same call on both; the output, which must be the same, and what it did to storage, likewise. */
function both(method: string, input: Uint8Array, entries: [Uint8Array, Uint8Array][] = []): Uint8Array {
  const state = State.fromEntries(entries, [], 1);
  const [one, other] = [host, own].map((runtime) => runtime.call(method, input, { state }));
  expect(bytesToHex(other!.output)).to.equal(bytesToHex(one!.output));
  expect(other!.overlay.diff()).to.deep.equal(one!.overlay.diff());
  expect(other!.logs).to.deep.equal(one!.logs);
  return one!.output;
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

describe("a runtime with an allocator of its own (RFC-0061)", () => {
  it("is what its source gives, as is its twin", function () {
    if (!isInstalled("wabt")) this.skip(); // wabt, a development dependency, makes the binaries
    const script = fileURLToPath(new URL("../../../../scripts/build-mini-runtime.mjs", import.meta.url));
    // In a process of its own: wabt needs what this one was started without.
    const { status, stderr } = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    expect([status, stderr]).to.deep.equal([0, ""]);
  });

  it("is one without the host's allocator or __heap_base", () => {
    const names = own.module.imports.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("ext_allocator"))).to.deep.equal([]);
    expect(own.module.exports.map(({ name }) => name)).to.include.members([
      "v1",
      "alloc",
      "dealloc",
      "realloc",
    ]);
    expect(own.module.exports.map(({ name }) => name)).not.to.include("__heap_base");
    expect(host.module.exports.map(({ name }) => name))
      .to.include("__heap_base")
      .and.not.to.include("v1");
  });

  it("tells the same version and metadata", () => {
    expect(own.version()).to.deep.equal(host.version());
    expect(own.version()).to.include({ specName: "mini", specVersion: 1, systemVersion: 1 });
    expect(own.version().apis.length).to.equal(5);
    both("Core_version", new Uint8Array(0));
    both("Metadata_metadata", new Uint8Array(0));
  });

  it("does the same with storage", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (input) => {
        const output = both("Workload_storage", input, [
          [mini.key("in the state"), bytes("value")],
          [mini.key("also there"), bytes("other")],
        ]);
        expect(output.length).to.be.greaterThan(input.length);
      }),
      { ...SEED, numRuns: 25 },
    );
  });

  it("hashes the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (input) => {
        expect(both("Workload_hashing", input).length).to.equal(168);
      }),
      { ...SEED, numRuns: 25 },
    );
  });

  it("allocates and frees thousands of blocks that never overlap", () => {
    const sums = new Set<string>();
    for (const seed of [1, 2, 3]) {
      const input = new ScaleWriter().u32(seed).u32(3000).finish();
      sums.add(bytesToHex(both("Workload_allocation", input)));
    }
    expect(sums.size).to.equal(3);
  });

  it("runs alike on the reference executor, gas included, though the host calls back into it", () => {
    const seeded = new ScaleWriter().u32(9).u32(100).finish();
    const calls = [
      ["Workload_hashing", bytes("input")],
      ["Workload_storage", bytes("input")],
      ["Workload_allocation", seeded],
    ] as const;
    for (const [method, input] of calls) {
      const [fast, slow] = [{}, { executor: reference }].map((options) => own.call(method, input, options));
      expect([slow!.output, slow!.gasUsed, slow!.hostCalls]).to.deep.equal([
        fast!.output,
        fast!.gasUsed,
        fast!.hostCalls,
      ]);
    }
  });

  it("gets a large input and returns a large output, growing its memory", () => {
    const input = new Uint8Array(300_000).fill(7);
    const result = own.call("Workload_hashing", input);
    expect(result.memoryPages).to.be.at.least(6);
    expect(result.output).to.deep.equal(host.call("Workload_hashing", input).output);
    expect(runtimeFailure(() => own.call("Workload_hashing", input, { heapPages: 2 }))).to.equal("allocator");
    expect(runtimeFailure(() => host.call("Workload_hashing", input, { heapPages: 2 }))).to.equal(
      "allocator",
    );
  });

  it("executes blocks, inherents and extrinsics alike", () => {
    const data = new ScaleWriter()
      .vec([0], (w) => w.fixed(bytes("timstap0")).bytes(new Uint8Array(8).fill(1)))
      .finish();
    const inherents = both("BlockBuilder_inherent_extrinsics", data);
    expect(new ScaleReader(inherents, "inherents").vec((r) => r.bytes())).to.have.length(1);
    const entries: [Uint8Array, Uint8Array][] = [[CODE_KEY, bytes("code")]];
    for (const item of [
      mini.timestamp(5n),
      mini.call("set", "a", bytes("b")),
      mini.call("append", "l", bytes("x")),
    ]) {
      expect([...both("BlockBuilder_apply_extrinsic", item, entries)]).to.deep.equal([0, 0]);
    }
    expect([...both("BlockBuilder_apply_extrinsic", mini.call("fail", "a"), entries)]).to.deep.equal([
      0, 1, 0,
    ]);
    expect([...both("BlockBuilder_apply_extrinsic", mini.unknown(), entries)]).to.deep.equal([1, 0, 0]);
  });
});

describe("the allocator that a module says it has", () => {
  const marker: GuestFunction = { name: "v1", params: [], results: [], code: [] };
  const alloc = (code: number[], params = [I32], results = [I32]): GuestFunction => {
    return { name: "alloc", params, results, code };
  };
  const echo: GuestFunction = { name: "main", code: inputSpan };
  const TWOX = ["ext_hashing_twox_64_version_1", [I64], [I32]] as const;
  const MALLOC = ["ext_allocator_malloc_version_1", [I32], [I32]] as const;
  const kind = (parts: GuestParts) =>
    runtimeFailure(() => Runtime.fromCode(guest({ heapBase: null, ...parts })).call("main", bytes("input")));

  it("takes the input at any place that it names", () => {
    const code = guest({ heapBase: null, functions: [marker, alloc(i32(2000)), echo] });
    expect(Runtime.fromCode(code).call("main", bytes("input")).output).to.deep.equal(bytes("input"));
  });

  it("must be there, in its type, and alone", () => {
    expect(kind({ functions: [marker, echo] })).to.equal("bad-allocator");
    expect(kind({ functions: [marker, alloc(i32(2000), [I32, I32]), echo] })).to.equal("bad-allocator");
    expect(kind({ functions: [marker, alloc(i64(2000n), [I32], [I64]), echo] })).to.equal("bad-allocator");
    expect(kind({ functions: [marker, alloc(i32(2000)), echo], imports: [MALLOC] })).to.equal(
      "bad-allocator",
    );
    const free = ["ext_allocator_free_version_1", [I32], []] as const;
    expect(kind({ functions: [marker, alloc(i32(2000)), echo], imports: [free] })).to.equal("bad-allocator");
    // Checked before anything else about the module.
    expect(kind({ functions: [marker], memory: "none" })).to.equal("bad-allocator");
    expect(kind({ functions: [marker, alloc(i32(2000))], memory: "none" })).to.equal("no-memory");
  });

  it("is only said to be there by a function", () => {
    // Without the marker alloc is a function like others, and the host's heap needs its base.
    expect(kind({ functions: [alloc(i32(2000)), echo] })).to.equal("no-heap-base");
  });

  it("may lie about a block, and then traps", () => {
    expect(kind({ functions: [marker, alloc(i32(65536)), echo] })).to.equal("segfault");
    expect(kind({ functions: [marker, alloc(i32(-4)), echo] })).to.equal("segfault");
    expect(kind({ functions: [marker, alloc(i32(0)), echo] })).to.equal("allocator");
    expect(kind({ functions: [marker, alloc(i32(65534)), echo] })).to.equal("segfault");
    expect(kind({ functions: [marker, alloc(op("unreachable")), echo] })).to.equal("unreachable");
  });

  it("cannot run for ever, nor call itself by way of the host for ever", () => {
    const code = guest({ heapBase: null, functions: [marker, alloc(endless), echo] });
    expect(
      runtimeFailure(() => Runtime.fromCode(code).call("main", bytes("x"), { gasLimit: 10_000n })),
    ).to.equal("out-of-gas");
    const recursive = [...i64(0n), ...call(0)];
    expect(kind({ imports: [TWOX], functions: [marker, alloc(recursive), echo] })).to.equal(
      "call-stack-exhausted",
    );
  });

  it("is asked for the result of a host function while that is being called", () => {
    // A block at 3000 for the first, the input; at 3000 + its size for the second, the hash.
    const next = [
      0x23,
      1,
      ...local(0),
      ...op("i32.add"),
      0x24,
      1,
      ...i32(3000),
      0x23,
      1,
      ...op("i32.add"),
      ...local(0),
      ...op("i32.sub"),
    ];
    const code = guest({
      heapBase: null,
      imports: [TWOX],
      functions: [
        marker,
        alloc(next),
        {
          name: "main",
          code: [...inputSpan, ...call(0), ...op("i64.extend_i32_u"), ...i64(8n << 32n), ...op("i64.or")],
        },
      ],
    });
    const { output, hostCalls } = Runtime.fromCode(code).call("main", new Uint8Array(0));
    expect(bytesToHex(output)).to.equal("0x99e9d85137db46ef");
    expect(hostCalls).to.equal(1);
  });

  it("cannot be the host's where the runtime fetches its input itself (RFC-145)", () => {
    const fetching: GuestFunction = { name: "main", params: [I32], code: i64(0n) };
    expect(kind({ functions: [fetching], imports: [MALLOC] })).to.equal("bad-allocator");
  });
});
