import { expect } from "chai";
import fc from "fast-check";
import { I64 } from "../../src/decoder/index.ts";
import { BlockBuilder } from "../../src/host/chain/build.ts";
import { type Block, extrinsicsRoot, genesisHeader } from "../../src/host/chain/index.ts";
import { VerificationError, verifyBlock } from "../../src/host/chain/verify.ts";
import { bytesToHex } from "../../src/host/hex.ts";
import {
  type CallContext,
  hostApi,
  MemoryKeystore,
  type OffchainHost,
} from "../../src/host/polkadot/index.ts";
import { Runtime, type RuntimeError, type RuntimeTrap } from "../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes } from "../../src/host/scale/index.ts";
import { CODE_KEY, Overlay, State } from "../../src/host/state/index.ts";
import { Trap } from "../../src/interp/index.ts";
import { runtimeFailure } from "./failures.ts";
import { mini, miniGenesis, miniRuntime } from "./mini-runtime.ts";
import { Harness } from "./polkadot/harness.ts";
import { call, endless, type GuestParts, guest, I32, i32, i64, local, op } from "./runtime/guest.ts";

const SEED = { seed: 20261121 };
const MALLOC = ["ext_allocator_malloc_version_1", [I32], [I32]] as const;
const FREE = ["ext_allocator_free_version_1", [I32], []] as const;
const SET = ["ext_storage_set_version_1", [I64, I64], []] as const;

/** The magic of compressed code, and a zstd frame of which `size` bytes of zero come out; said in its header or not. */
function bomb(size: number, told: boolean): Uint8Array {
  const blocks: number[] = [];
  for (let left = size; left > 0; left -= 131_072) {
    const length = Math.min(left, 131_072);
    const header = (length << 3) | 2 | (left <= 131_072 ? 1 : 0);
    blocks.push(header & 0xff, (header >>> 8) & 0xff, (header >>> 16) & 0xff, 0);
  }
  const size64 = new Uint8Array(new BigUint64Array([BigInt(size)]).buffer);
  // Without a content size the frame tells a window, of 8 MiB here.
  const header = told ? [0xe0, ...size64] : [0x00, 0x68];
  return Uint8Array.from([
    0x52,
    0xbc,
    0x53,
    0x76,
    0x46,
    0xdb,
    0x8e,
    0x05,
    0x28,
    0xb5,
    0x2f,
    0xfd,
    ...header,
    ...blocks,
  ]);
}

describe("hostile code", () => {
  const code = miniRuntime();

  it("cut off anywhere is refused", () => {
    let accepted = 0;
    for (let length = 0; length < code.length; length += 13) {
      const kind = runtimeFailure(() => Runtime.fromCode(code.slice(0, length)).call("Core_version"));
      // A whole number of sections is a module, which then lacks what the others had; the names at the end nothing.
      const refused = ["unsupported-code", "invalid-module", "no-memory", "method-not-found"];
      if (kind === "accepted") accepted++;
      else expect(kind, `${length} bytes`).to.be.oneOf(refused);
    }
    expect(accepted).to.be.at.most(1);
  });

  it("with any byte changed is refused, traps or runs: nothing else", () => {
    fc.assert(
      fc.property(fc.nat({ max: code.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const changed = code.slice();
        changed[at] = byte;
        const input = mini.call("set", "a", bytes("b"));
        runtimeFailure(() =>
          Runtime.fromCode(changed).call("BlockBuilder_apply_extrinsic", input, { gasLimit: 200_000n }),
        );
      }),
      { ...SEED, numRuns: 300 },
    );
  });

  it("that unpacks to more than 50 MiB is refused, said or unsaid", () => {
    for (const told of [true, false]) {
      expect(runtimeFailure(() => Runtime.fromCode(bomb(60_000_000, told)))).to.equal("code-too-large");
      expect(runtimeFailure(() => Runtime.fromCode(bomb(1_000_000, told)))).to.equal("unsupported-code");
      expect(runtimeFailure(() => Runtime.fromCode(bomb(60_000_000, told).slice(0, 40)))).to.be.oneOf([
        "code-too-large",
        "bad-compression",
      ]);
    }
  });
});

describe("hostile runtimes", () => {
  const entry = (body: readonly number[], parts: GuestParts = {}) =>
    Runtime.fromCode(guest({ ...parts, functions: [{ name: "main", code: body }] }));

  /** Where the runtime writes `low` and `high` over the header of the block at local 0, its input. */
  const overwrite = (low: number, high: number) => [
    ...[...local(0), ...i32(8), ...op("i32.sub"), ...i32(low), 0x36, 2, 0],
    ...[...local(0), ...i32(4), ...op("i32.sub"), ...i32(high), 0x36, 2, 0],
  ];

  it("that write over the allocator's headers trap, and leave nothing behind", () => {
    const free = [...local(0), ...call(1)];
    const malloc = [...i32(8), ...call(0), ...op("drop")];
    const set = [...i64(3n << 32n), ...i64(3n << 32n), ...call(2)];
    const cases: [string, number[]][] = [
      ["an order that there is not", [...overwrite(23, 1), ...free]],
      ["a block that is free already", [...overwrite(0, 0), ...free]],
      ["a list that leads out of the memory", [...free, ...overwrite(0x7fff_fff8, 0), ...malloc, ...malloc]],
      ["a list that leads to a block in use", [...free, ...overwrite(0, 1), ...malloc]],
    ];
    const overlay = new Overlay(State.fromEntries([[bytes("old"), bytes("value")]]));
    overlay.set(bytes("before"), bytes("the call"));
    const before = overlay.root(0);
    for (const [what, body] of cases) {
      const runtime = entry([...set, ...body, ...i64(0n)], { imports: [MALLOC, FREE, SET] });
      expect(
        runtimeFailure(() => runtime.call("main", new Uint8Array(0), { overlay })),
        what,
      ).to.equal("allocator");
      expect(overlay.root(0)).to.deep.equal(before);
      expect(overlay.transactionDepth).to.equal(0);
    }
  });

  it("that ask for the heap's end trap", () => {
    const greedy = entry(
      [
        0x03,
        0x40,
        ...i32(0x200_0000),
        ...call(0),
        ...op("drop"),
        0x0c,
        0,
        ...op("end"),
        ...op("unreachable"),
      ],
      {
        imports: [MALLOC],
      },
    );
    expect(runtimeFailure(() => greedy.call("main", new Uint8Array(0), { heapPages: 2048 }))).to.equal(
      "allocator",
    );
    const tooMuch = entry([...i32(0x200_0001), ...call(0), ...op("drop"), ...i64(0n)], { imports: [MALLOC] });
    expect(runtimeFailure(() => tooMuch.call("main"))).to.equal("allocator");
  });

  it("that never end are ended by gas, those that recurse by the stack", () => {
    expect(
      runtimeFailure(() => entry(endless).call("main", new Uint8Array(0), { gasLimit: 50_000n })),
    ).to.equal("out-of-gas");
    const deep = Runtime.fromCode(
      guest({ functions: [{ name: "main", code: [...local(0), ...local(1), ...call(0)] }] }),
    );
    expect(runtimeFailure(() => deep.call("main"))).to.equal("call-stack-exhausted");
    expect(
      runtimeFailure(() => deep.call("main", new Uint8Array(0), { limits: { maxLogicalStack: 1000 } })),
    ).to.equal("logical-stack-exhausted");
  });
});

describe("hostile blocks", () => {
  const state = miniGenesis();
  const parent = genesisHeader(state);
  const root = bytesToHex(state.root);

  function refusal(block: Partial<Block>, on: State = state, gasLimit?: bigint): VerificationError {
    const good = new BlockBuilder({ parent, state }).finish();
    try {
      verifyBlock({ ...good, ...block, state: on, ...(gasLimit !== undefined && { gasLimit }) });
    } catch (error) {
      expect(error).to.be.instanceOf(VerificationError);
      expect(bytesToHex(state.root)).to.equal(root);
      return error as VerificationError;
    }
    throw new Error("it was accepted");
  }

  /** A block with this extrinsic, which its header commits to, whatever executing it comes to. */
  function blockWith(extrinsic: Uint8Array): Block {
    const { header } = new BlockBuilder({ parent, state }).finish();
    const extrinsics = [extrinsic];
    return { header: { ...header, extrinsicsRoot: extrinsicsRoot(extrinsics, 0) }, extrinsics };
  }

  it("that make the runtime panic are refused with what it said", () => {
    const error = refusal(blockWith(mini.panic()));
    expect(error.kind).to.equal("runtime-trap");
    expect(error.message).to.contain("asked to panic");
    expect(error.logs).to.deep.equal([{ level: "error", target: "runtime", message: "asked to panic" }]);
    expect((error.cause as RuntimeTrap).panicMessage).to.equal("asked to panic");
    expect((error.cause as RuntimeTrap).wasmStack.length).to.be.greaterThan(0);
  });

  it("with an extrinsic that is refused, or cut short, are refused for it", () => {
    expect(refusal(blockWith(mini.unknown())).message).to.contain("the block has an invalid extrinsic");
    // The body is what the header says, yet no list of extrinsics.
    expect(refusal(blockWith(Uint8Array.of(40, 1))).message).to.contain("input is cut short");
  });

  it("that take too long are ended by gas", () => {
    expect(refusal({}, state, 1000n).kind).to.equal("out-of-gas");
  });

  it("on states without code, or with other code, are refused", () => {
    const withCode = (code: Uint8Array) => State.fromEntries([[CODE_KEY, code]], [], 1);
    expect(refusal({}, State.fromEntries([])).kind).to.equal("missing-code");
    expect(refusal({}, withCode(bomb(60_000_000, true))).kind).to.equal("invalid-runtime");
    expect(refusal({}, withCode(miniRuntime().slice(0, 1000))).kind).to.equal("invalid-runtime");
    expect(refusal({}, withCode(new Uint8Array(0))).kind).to.equal("invalid-runtime");
    // A runtime that lacks the entry point, but has a version.
    const version = Runtime.fromCode(miniRuntime()).call("Core_version").output;
    const lacking = guest({ sections: [["runtime_version", version]] });
    const error = refusal({}, withCode(lacking));
    expect([error.kind, (error.cause as RuntimeError).kind]).to.deep.equal([
      "invalid-runtime",
      "method-not-found",
    ]);
  });

  it("of any bytes are refused with a typed error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (header) => {
        expect(() => verifyBlock({ state, header, extrinsics: [] })).to.throw(VerificationError);
      }),
      { ...SEED, numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (input) => {
        const runtime = Runtime.fromCode(miniRuntime());
        for (const method of [
          "Core_execute_block",
          "BlockBuilder_apply_extrinsic",
          "TaggedTransactionQueue_validate_transaction",
        ]) {
          runtimeFailure(() => runtime.call(method, input, { state, gasLimit: 1_000_000n }));
        }
      }),
      { ...SEED, numRuns: 60 },
    );
  });
});

describe("hostile arguments of host functions", () => {
  const offchain: OffchainHost = {
    isValidator: () => true,
    submitTransaction: () => true,
    networkState: () => ({ peerId: new Uint8Array(38), addresses: [] }),
    timestamp: () => 1n,
    sleepUntil: () => {},
    randomSeed: () => new Uint8Array(32),
    get: () => bytes("value"),
    set: () => {},
    clear: () => {},
    setAuthorizedNodes: () => {},
    http: {
      start: () => 1,
      addHeader: () => true,
      writeBody: () => undefined,
      wait: (ids) => ids.map(() => 200),
      headers: () => [[bytes("name"), bytes("value")]],
      readBody: (_, buffer) => Math.min(buffer.length, 1),
    },
  };
  // Words that are addresses near the ends of the memory, small numbers and spans as often as anything else.
  const word = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.nat({ max: 131072 + 40 }).map(BigInt),
    fc
      .tuple(fc.nat({ max: 131072 + 40 }), fc.nat({ max: 80 }))
      .map(([at, length]) => (BigInt(length) << 32n) | BigInt(at)),
    fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 64n - 1n),
  );

  for (const context of ["block", "call", "offchain", "pvf"] as const satisfies readonly CallContext[]) {
    it(`trap or are taken, in the context ${context}`, () => {
      for (const { name, signature } of hostApi()) {
        const arity = signature.params.length;
        fc.assert(
          fc.property(
            fc.array(word, { minLength: arity, maxLength: arity }),
            fc.uint8Array({ minLength: 64, maxLength: 64 }),
            (args, content) => {
              const keystore = new MemoryKeystore(() => new Uint8Array(32).fill(1));
              const h = new Harness([[bytes("key"), bytes("value")]], {
                context,
                keystore,
                offchain,
                input: bytes("input"),
              });
              for (let at = 0; at < h.memory.bytes.length; at += 1021)
                h.memory.bytes.set(content.subarray(0, 60), at % 131000);
              try {
                h.lanes(name, ...args);
              } catch (error) {
                expect(error, `${name}(${args.join(", ")}): ${String(error)}`).to.be.instanceOf(Trap);
              }
            },
          ),
          { ...SEED, numRuns: arity === 0 ? 1 : 12 },
        );
      }
    });
  }
});
