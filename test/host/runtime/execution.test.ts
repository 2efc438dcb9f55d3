import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import {
  blake2b256,
  buildState,
  encodeBlock,
  Runtime,
  type RuntimeExecution,
  RuntimeTrap,
  readBlocks,
  readStateFile,
  State,
  withoutSeal,
} from "../../../src/host/polkadot/index.ts";
import { SnapshotError } from "../../../src/interp/index.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { Random } from "../../differential/random.ts";
import { binary } from "../../interp/build.ts";
import { CHAIN_DATA_NOTE, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

const SEED = 20_261_121;
const text = (s: string): number[] => [...Buffer.from(s)];
const KEY = 16;
const VALUE = 32;
const span = (address: number, length: number): string =>
  `i64.const ${(BigInt(length) << 32n) | BigInt(address)}`;

/**
 * A runtime that does a little of everything that a host keeps: storage with an open transaction, appended lists, a
 * child trie, allocations that are freed, log lines. `work` loops over it and returns the last root.
 */
const RUNTIME = binary({
  imports: [
    ["env", "ext_storage_set_version_1", "i64 i64 >"],
    ["env", "ext_storage_append_version_1", "i64 i64 >"],
    ["env", "ext_storage_start_transaction_version_1", ">"],
    ["env", "ext_storage_rollback_transaction_version_1", ">"],
    ["env", "ext_storage_commit_transaction_version_1", ">"],
    ["env", "ext_default_child_storage_set_version_1", "i64 i64 i64 >"],
    ["env", "ext_allocator_malloc_version_1", "i32 > i32"],
    ["env", "ext_allocator_free_version_1", "i32 >"],
    ["env", "ext_logging_log_version_1", "i32 i64 i64 >"],
    ["env", "ext_storage_root_version_2", "i32 > i64"],
  ],
  functions: [
    {
      export: "work",
      type: "i32 i32 > i64",
      locals: "i32 i32",
      code: `i32.const 12 local.set 2
        loop
          call 2
          i32.const ${VALUE} local.get 2 i32.store8
          ${span(KEY, 3)} ${span(VALUE, 1)} call 0
          ${span(KEY + 3, 2)} ${span(VALUE, 1)} call 1
          local.get 2 i32.const 1 i32.and if call 3 else call 4 end
          ${span(KEY + 3, 2)} ${span(VALUE, 1)} call 1
          ${span(KEY, 1)} ${span(KEY, 2)} ${span(VALUE, 1)} call 5
          local.get 2 i32.const 9 i32.mul call 6 local.set 3
          local.get 2 i32.const 3 i32.rem_u if local.get 3 call 7 end
          i32.const 2 ${span(KEY, 4)} ${span(VALUE, 1)} call 8
          local.get 2 i32.const 1 i32.sub local.tee 2 br_if 0
        end
        i32.const 1 call 9`,
    },
    { export: "spin", type: "i32 i32 > i64", code: "call 2 loop br 0 end i64.const 0" },
  ],
  memory: [1],
  data: [[KEY, text("keylist!")]],
  // The first global is __heap_base.
  globals: [["i32", false, "i32.const 1024"]],
  exportAll: true,
  exportNames: { global0: "__heap_base" },
});

const state = State.fromEntries([[Uint8Array.from(text("key")), Uint8Array.of(1)]]);
const show = (call: RuntimeExecution): unknown => {
  const { result } = call;
  return result && { ...result, overlay: { changes: result.overlay.changes(), diff: result.overlay.diff() } };
};

describe("runtime calls in parts", () => {
  const runtime = Runtime.fromCode(RUNTIME);
  const whole = runtime.start("work", new Uint8Array(5), { state });
  whole.run();

  it("give what the call gives in one", () => {
    const plain = runtime.call("work", new Uint8Array(5), { state });
    expect(plain.gasUsed).equal(whole.result?.gasUsed);
    expect(plain.output).deep.equal(whole.result?.output);
    const parts = runtime.start("work", new Uint8Array(5), { state });
    while (parts.run({ gas: 7n }) === "paused");
    expect(show(parts)).deep.equal(show(whole));
    expect(parts.result?.rolledBack).equal(0);
    expect(parts.result?.logs).length(12);
  });

  it("saved anywhere and resumed, give it too: storage, open transactions, heap, logs", () => {
    const total = Number(whole.result!.gasUsed);
    for (let gas = 1; gas < total; gas += 5) {
      const call = runtime.start("work", new Uint8Array(5), { state });
      if (call.run({ gas: BigInt(gas) }) === "returned") continue;
      const executor = gas % 2 === 0 ? { executor: reference } : {};
      const resumed = runtime.resume(call.snapshot(), { state, ...executor });
      // Once more, from what was resumed.
      resumed.run({ gas: 30n });
      const last = resumed.status === "paused" ? runtime.resume(resumed.snapshot(), { state }) : resumed;
      if (last.status === "paused") last.run();
      expect(show(last), `after ${gas} gas`).deep.equal(show(whole));
    }
  });

  it("end by gas with the changes rolled back", () => {
    const call = runtime.start("spin", undefined, { state, gasLimit: 10_000n });
    expect(call.run({ gas: 5_000n })).equal("paused");
    expect(() => runtime.resume(call.snapshot(), { state }).run())
      .throw(RuntimeTrap)
      .property("kind", "out-of-gas");
    expect(() => call.run())
      .throw(RuntimeTrap)
      .property("kind", "out-of-gas");
  });

  it("are refused on another state or runtime, or damaged", () => {
    const call = runtime.start("work", undefined, { state });
    call.run({ gas: 100n });
    const bytes = call.snapshot();
    const kind = (act: () => unknown): string | undefined => {
      try {
        act();
      } catch (error) {
        if (error instanceof SnapshotError) return error.kind;
        throw error;
      }
      return undefined;
    };
    expect(kind(() => runtime.resume(bytes))).equal("mismatch");
    const other = Runtime.fromCode(binary({ functions: [{ code: "nop" }], memory: [1], exportAll: true }));
    expect(kind(() => other.resume(bytes, { state }))).equal("missing-module");
    for (let length = 0; length < bytes.length; length += 97) {
      expect(kind(() => runtime.resume(bytes.subarray(0, length), { state }))).equal("malformed");
    }
    const random = new Random(SEED);
    let accepted = 0;
    for (let i = 0; i < 400; i++) {
      const damaged = bytes.slice();
      damaged[random.below(damaged.length - 32)] = random.below(256);
      damaged.set(blake2b256(damaged.subarray(0, -32)), damaged.length - 32);
      if (kind(() => runtime.resume(damaged, { state })) === undefined) accepted++;
    }
    expect(accepted, "damage that only changes a log line or a value").below(200);
  });

  it(`Core_execute_block of Polkadot's block 1, cut at random places${CHAIN_DATA_NOTE}`, function () {
    if (!HAS_CHAIN_DATA) this.skip();
    const genesis = buildState(readStateFile(chainJson("blocks/polkadot-1/state.json")), 0);
    const [block] = readBlocks(chainJson("blocks/polkadot-1/blocks.json"));
    const polkadot = Runtime.fromCode(genesis.get(Uint8Array.from(text(":code")))!);
    const input = encodeBlock({ ...block!, header: withoutSeal(block!.header) });
    const options = { state: genesis, context: "block" } as const;
    const once = polkadot.start("Core_execute_block", input, options);
    once.run();
    expect(bytesToHex(once.result!.overlay.root(0))).equal(
      "0xc56fcd6e7a757926ace3e1ecff9b4010fc78b90d459202a339266a7f6360002f",
    );
    const expected = {
      gas: once.result!.gasUsed,
      diff: once.result!.overlay.diff(),
      calls: once.result!.hostCalls,
    };
    const random = new Random(SEED);
    for (let i = 0; i < 8; i++) {
      let call = polkadot.start("Core_execute_block", input, options);
      while (call.run({ gas: BigInt(random.between(1, 2_500_000)) }) === "paused") {
        call = polkadot.resume(call.snapshot(), options);
      }
      const { gasUsed, overlay, hostCalls } = call.result!;
      expect({ gas: gasUsed, diff: overlay.diff(), calls: hostCalls }, `cut ${i} of seed ${SEED}`).deep.equal(
        expected,
      );
    }
  });
});
