import { expect } from "chai";
import { charging, linearCost } from "../../../src/host/decorate.ts";
import type { PolkadotHost } from "../../../src/host/polkadot/index.ts";
import { type CallOptions, Runtime, RuntimeTrap } from "../../../src/host/runtime/index.ts";
import { runtimeFailure } from "../failures.ts";
import { miniRuntime } from "../mini-runtime.ts";
import { call, guest, I64, i64, local, op } from "./guest.ts";

const INPUT = Uint8Array.of(1, 2, 3, 4, 5);

function kindOf(runtime: Runtime, options: CallOptions): string {
  return runtimeFailure(() => runtime.call("main", INPUT, options));
}

describe("limits of a call", () => {
  /** Calls itself as often as its input is long. */
  const recursive = Runtime.fromCode(
    guest({
      functions: [
        {
          name: "main",
          code: [
            ...[...local(1), 0x45, 0x04, 0x7e, ...i64(0n), 0x05],
            ...[...local(0), ...local(1), 0x41, 1, ...op("i32.sub"), ...call(0)],
            ...op("end"),
          ],
        },
      ],
    }),
  );

  it("hold the depth of calls, the stack and its logical height", () => {
    expect(kindOf(recursive, {})).to.equal("accepted");
    expect(kindOf(recursive, { limits: { maxCallDepth: 6 } })).to.equal("accepted");
    expect(kindOf(recursive, { limits: { maxCallDepth: 5 } })).to.equal("call-stack-exhausted");
    expect(kindOf(recursive, { limits: { maxStackSlots: 6 } })).to.equal("call-stack-exhausted");
    // Six calls, each of 2 for the frame and some operands.
    expect(kindOf(recursive, { limits: { maxLogicalStack: 60 } })).to.equal("accepted");
    expect(kindOf(recursive, { limits: { maxLogicalStack: 12 } })).to.equal("logical-stack-exhausted");
  });

  it("hold the memory in all, whatever the heap may grow by", () => {
    const large = Runtime.fromCode(guest({ pages: 3, functions: [{ name: "main", code: i64(0n) }] }));
    expect(kindOf(large, { limits: { maxMemoryPages: 3 } })).to.equal("accepted");
    expect(kindOf(large, { limits: { maxMemoryPages: 2 } })).to.equal("memory-too-large");
    expect(kindOf(large, { limits: { maxMemoryPages: 3 }, heapPages: 100 })).to.equal("accepted");
  });
});

describe("gas of host functions", () => {
  const runtime = Runtime.fromCode(miniRuntime());
  const charge = (base: bigint, perByte = 0n) =>
    charging<PolkadotHost>(linearCost(base, perByte), (host) => host.meter);

  it("is nothing unless they are made to cost some", () => {
    const plain = runtime.call("Workload_hashing", INPUT);
    const priced = runtime.call("Workload_hashing", INPUT, { decorate: charge(100n) });
    expect(priced.gasUsed).to.equal(plain.gasUsed + 100n * BigInt(plain.hostCalls));
    // Seven hashes of five bytes each; everything else takes no byte strings.
    const byBytes = runtime.call("Workload_hashing", INPUT, { decorate: charge(0n, 3n) });
    expect(byBytes.gasUsed).to.equal(plain.gasUsed + 3n * 7n * 5n);
    expect(priced.output).to.deep.equal(plain.output);
  });

  it("counts against the limit", () => {
    const decorate = charge(1000n);
    const { gasUsed } = runtime.call("Workload_hashing", INPUT, { decorate });
    expect(runtime.call("Workload_hashing", INPUT, { decorate, gasLimit: gasUsed }).gasUsed).to.equal(
      gasUsed,
    );
    expect(() => runtime.call("Workload_hashing", INPUT, { decorate, gasLimit: gasUsed - 1n }))
      .to.throw(RuntimeTrap)
      .with.property("kind", "out-of-gas");
  });
});

describe("functions that the host knows by name only", () => {
  it("link in whatever type, and trap by name", () => {
    const names = [
      "ext_storage_child_get_version_1",
      "ext_benchmarking_current_time_version_1",
      "ext_chain_id",
    ];
    for (const name of names) {
      const runtime = Runtime.fromCode(
        guest({
          imports: [[name, [I64], [I64]]],
          functions: [{ name: "main", code: [...i64(0n), ...call(0)] }],
        }),
      );
      expect(() => runtime.call("main"))
        .to.throw(RuntimeTrap, name)
        .with.nested.property("trap.code", "unsupported");
    }
    const unknown = Runtime.fromCode(
      guest({
        imports: [["ext_later_version_1", [], []]],
        functions: [{ name: "main", code: [...call(0), ...i64(0n)] }],
      }),
    );
    expect(kindOf(unknown, {})).to.equal("missing-import");
  });
});
