import { expect } from "chai";
import { decodeExecutorParams, pvfLimits } from "../../../src/host/chain/index.ts";
import {
  decodeValidationParams,
  decodeValidationResult,
  encodeValidationParams,
  type ParachainBlock,
  type ValidationParams,
  validateBlock,
} from "../../../src/host/chain/parachain.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { RuntimeTrap } from "../../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes, ScaleError, ScaleWriter } from "../../../src/host/scale/index.ts";
import { runtimeFailure } from "../failures.ts";
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
} from "../runtime/guest.ts";
import { CHAIN_DATA_NOTE, chainBytes, chainFolder, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

const params: ValidationParams = {
  parentHead: bytes("parent"),
  blockData: bytes("block"),
  relayParentNumber: 7,
  relayParentStorageRoot: new Uint8Array(32).fill(3),
};

const result = new ScaleWriter()
  .bytes(bytes("head"))
  .option(bytes("code"), (w, code) => w.bytes(code))
  .vec([bytes("up")], (w, message) => w.bytes(message))
  .vec([5], (w, recipient) => w.u32(recipient).bytes(bytes("across")))
  .u32(2)
  .u32(7)
  .finish();

/** A validation function with this code. */
function pvf(code: readonly number[], parts: GuestParts = {}): Uint8Array {
  return guest({ ...parts, functions: [{ name: "validate_block", code }, ...(parts.functions ?? [])] });
}

function failure(block: ParachainBlock): string {
  return runtimeFailure(() => validateBlock(block));
}

describe("validating a parachain's block", () => {
  it("gives the result decoded, and as it came", () => {
    const code = pvf(span(200, result.length), { data: [[200, result]] });
    const validation = validateBlock({ code, params });
    expect(validation).to.deep.include({
      headData: bytes("head"),
      newValidationCode: bytes("code"),
      upwardMessages: [bytes("up")],
      horizontalMessages: [{ recipient: 5, data: bytes("across") }],
      processedDownwardMessages: 2,
      hrmpWatermark: 7,
      output: result,
      hostCalls: 0,
    });
    expect(validation.gasUsed > 0n).to.equal(true);
  });

  it("gives the function its parameters as SCALE", () => {
    const encoded = encodeValidationParams(params);
    expect(decodeValidationParams(encoded)).to.deep.equal(params);
    expect(() => decodeValidationParams(encoded.slice(1))).to.throw(ScaleError);
    // It answers what it was given, which is no result.
    const echo = pvf(inputSpan);
    for (const given of [params, encoded])
      expect(failure({ code: echo, params: given })).to.equal("bad-output");
    const logging = pvf([...i32(2), ...inputSpan, ...inputSpan, ...call(0), ...i64(0n)], {
      imports: [["ext_logging_log_version_1", [I32, I64, I64], []]],
    });
    expect(failure({ code: logging, params })).to.equal("bad-output");
  });

  it("refuses results that do not decode, or have too many messages", () => {
    const many = (w: ScaleWriter) => w.compact(16_385).fixed(new Uint8Array(16_385));
    const upward = many(new ScaleWriter().bytes(bytes("")).u8(0))
      .u8(0)
      .u32(0)
      .u32(0)
      .finish();
    expect(() => decodeValidationResult(upward)).to.throw(ScaleError, "16385 upward messages");
    expect(() => decodeValidationResult(Uint8Array.of(...result, 0))).to.throw(ScaleError);
    for (let length = 0; length < result.length; length++) {
      expect(() => decodeValidationResult(result.slice(0, length))).to.throw(ScaleError);
    }
  });

  it("has neither storage nor node", () => {
    const calling = (name: string) =>
      failure({
        params,
        code: pvf([...call(0), ...op("drop"), ...i64(0n)], { imports: [[name, [], [I64]]] }),
      });
    expect(calling("ext_storage_root_version_1")).to.equal("storage-in-pvf");
    expect(calling("ext_offchain_timestamp_version_1")).to.equal("offchain-only");
    expect(calling("ext_nothing_version_1")).to.equal("missing-import");
    // Of before RFC-163, by its type.
    expect(calling("ext_host_calls_bls12_381_msm_g1_version_1")).to.equal("unsupported");
    expect(calling("ext_misc_chain_id_version_1")).to.equal("unsupported");
  });

  it("has elliptic curves where the session enables them", () => {
    const curve = "ext_host_calls_bls12_381_final_exponentiation_version_1";
    // An empty buffer is malformed input: 2.
    const isMalformed = [...i64(0n), ...call(0), ...i32(2), ...op("i32.eq"), ...op("i32.eqz")];
    const code = pvf(
      [...isMalformed, 0x04, 0x40, ...op("unreachable"), ...op("end"), ...span(200, result.length)],
      { imports: [[curve, [I64], [I32]]], data: [[200, result]] },
    );
    expect(failure({ code, params })).to.equal("unavailable-in-pvf");
    const executorParams = { ellipticCurves: true };
    expect(validateBlock({ code, params, executorParams }).output).to.deep.equal(result);
    const seen: string[] = [];
    const decorate: ParachainBlock["decorate"] = (name, fn) => {
      seen.push(name);
      return fn;
    };
    expect(failure({ code, params, decorate })).to.equal("unavailable-in-pvf");
    expect(seen).to.include(curve);
  });

  it("ends by gas, and traps for a function that is not there", () => {
    expect(failure({ code: pvf(endless), params, gasLimit: 1000n })).to.equal("out-of-gas");
    expect(failure({ code: guest({ functions: [] }), params })).to.equal("method-not-found");
  });

  it("has the memory that the relay chain allows", () => {
    // Grows its memory by as many pages as the input is long, and traps if it cannot.
    const growing = pvf(
      [
        ...local(1),
        0x40,
        0,
        ...i32(0),
        0x48,
        0x04,
        0x40,
        ...op("unreachable"),
        ...op("end"),
        ...span(200, result.length),
      ],
      {
        data: [[200, result]],
      },
    );
    const input = (length: number) => new Uint8Array(length);
    // One page is there, and the input takes place in it.
    expect(validateBlock({ code: growing, params: input(2079) }).output).to.deep.equal(result);
    expect(failure({ code: growing, params: input(2080) })).to.equal("unreachable");
    const executorParams = { maxMemoryPages: 10 };
    expect(validateBlock({ code: growing, params: input(41), executorParams }).output).to.deep.equal(result);
    expect(failure({ code: growing, params: input(42), executorParams })).to.equal("unreachable");
    expect(failure({ code: pvf(i64(0n), { pages: 43 }), params, executorParams })).to.equal(
      "memory-too-large",
    );
  });

  it("has the logical stack that the relay chain allows", () => {
    // Calls itself as often as the input is long. A call costs 2 for the frame, and its operands.
    const recursive = pvf([...local(0), ...local(1), ...call(1), ...span(200, result.length)], {
      data: [[200, result]],
      functions: [
        {
          name: "down",
          params: [I32, I32],
          results: [],
          code: [
            ...local(1),
            ...[0x04, 0x40],
            ...local(0),
            ...[...local(1), ...i32(1), ...op("i32.sub")],
            ...call(1),
            ...op("end"),
          ],
        },
      ],
    });
    const depth = (length: number, stackLogicalMax?: number) => {
      const executorParams = stackLogicalMax === undefined ? {} : { stackLogicalMax };
      return validateBlock({ code: recursive, params: new Uint8Array(length), executorParams }).gasUsed;
    };
    expect(depth(10_000) > 10_000n).to.equal(true);
    expect(failure({ code: recursive, params: new Uint8Array(14_000) })).to.equal("logical-stack-exhausted");
    // The cost of a call of `down`: two operands at most three deep, and the frame.
    const most = (limit: number) => {
      let length = 0;
      for (let step = 4096; step >= 1; step /= 2) {
        try {
          depth(length + step, limit);
          length += step;
        } catch (error) {
          expect((error as RuntimeTrap).trap.code).to.equal("logical-stack-exhausted");
        }
      }
      return length;
    };
    const [at1024, at2048] = [most(1024), most(2048)];
    expect(1024 / (at2048 - at1024)).to.be.within(4.9, 5.1);
    // The cheapest calls reach it too, before any other limit.
    const bare = pvf([...call(1), ...i64(0n)], {
      functions: [{ name: "down", params: [], results: [], code: call(1) }],
    });
    expect(failure({ code: bare, params })).to.equal("logical-stack-exhausted");
    expect(failure({ code: bare, params, executorParams: { stackLogicalMax: 131_072 } })).to.equal(
      "logical-stack-exhausted",
    );
  });
});

describe("executor parameters", () => {
  const encode = (write: (writer: ScaleWriter) => ScaleWriter, count = 1) =>
    write(new ScaleWriter().compact(count)).finish();

  it("decode to what limits a call", () => {
    expect(decodeExecutorParams(Uint8Array.of(0))).to.deep.equal({});
    const all = encode((w) => {
      w.u8(1)
        .u32(8192)
        .u8(2)
        .u32(2048)
        .u8(3)
        .u32(1 << 28)
        .u8(4)
        .u64(1n << 30n);
      w.u8(5).u8(0).u64(60_000n).u8(5).u8(1).u64(360_000n);
      return w.u8(6).u8(0).u64(2000n).u8(6).u8(1).u64(12_000n).u8(7).u8(8).u8(1);
    }, 10);
    const decoded = decodeExecutorParams(all);
    expect(decoded).to.deep.equal({
      maxMemoryPages: 8192,
      stackLogicalMax: 2048,
      stackNativeMax: 1 << 28,
      precheckingMaxMemory: 1n << 30n,
      prepareTimeouts: { precheck: 60_000n, prepare: 360_000n },
      executeTimeouts: { backing: 2000n, approval: 12_000n },
      bulkMemory: true,
      ellipticCurves: true,
    });
    expect(pvfLimits(decoded)).to.deep.include({ maxMemoryPages: 8224, maxLogicalStack: 2048 });
    expect(pvfLimits({})).to.deep.include({ maxMemoryPages: 2080, maxLogicalStack: 65_536 });
    expect(pvfLimits({ maxMemoryPages: 65_536 }).maxMemoryPages).to.equal(65_536);
  });

  it("are refused out of their ranges, of unknown kinds, and cut short", () => {
    const refused = (write: (writer: ScaleWriter) => ScaleWriter) =>
      expect(() => decodeExecutorParams(encode(write))).to.throw(ScaleError);
    refused((w) => w.u8(1).u32(0));
    refused((w) => w.u8(1).u32(65_537));
    refused((w) => w.u8(2).u32(1023));
    refused((w) => w.u8(2).u32(131_073));
    refused((w) => w.u8(5).u8(2).u64(1n));
    refused((w) => w.u8(6).u8(9).u64(1n));
    refused((w) => w.u8(0).u32(1));
    refused((w) => w.u8(8).u8(0));
    refused((w) => w.u8(8).u8(2));
    refused((w) => w.u8(9));
    refused((w) => w.u8(1).u16(5));
    refused((w) => w.u8(7).u8(0));
  });
});

describe(`real parachain blocks${CHAIN_DATA_NOTE}`, function () {
  this.timeout(60_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  it("validate to the expected result, and trap where they are bad", () => {
    let checked = 0;
    for (const name of chainFolder("parachain")) {
      const files = chainFolder(`parachain/${name}`);
      const code = chainBytes(`parachain/${name}/${files.find((file) => file.endsWith(".wasm"))}`);
      for (const file of files.filter((item) => item.startsWith("call"))) {
        const given = chainJson<Record<string, string | number>>(`parachain/${name}/${file}`);
        const block = { code, params: hexToBytes(given["params"] as string) };
        checked++;
        if (given["expected_result"] === undefined) {
          expect(() => validateBlock(block), `${name}/${file}`).to.throw(RuntimeTrap);
          continue;
        }
        const validation = validateBlock(block);
        expect(bytesToHex(validation.output), `${name}/${file}`).to.equal(given["expected_result"]);
        // The head of a parachain of Cumulus is the header of the block.
        if (given["block_header"] !== undefined) {
          expect(bytesToHex(validation.headData)).to.equal(given["block_header"]);
        }
        const { parentHead } = decodeValidationParams(block.params);
        expect(validation.headData.length).to.be.at.least(parentHead.length);
      }
    }
    expect(checked).to.equal(6);
  });
});
