import { expect } from "chai";
import { BlockBuilder } from "../../../src/host/chain/build.ts";
import { encodeHeader, genesisHeader } from "../../../src/host/chain/index.ts";
import { encodeValidationParams } from "../../../src/host/chain/parachain.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { ScaleWriter } from "../../../src/host/scale/index.ts";
import { CODE_KEY } from "../../../src/host/state/index.ts";
import { mini, miniGenesis, miniRuntime } from "../../host/mini-runtime.ts";
import { guest, i64, op, span } from "../../host/runtime/guest.ts";
import { CHAIN_DATA_NOTE, chainFolder, HAS_CHAIN_DATA } from "../../host/shared-data.ts";
import { lockstep, lockstepJson, TestFolder } from "../support.ts";

const SHARED = new URL("../../../../../shared/chain/", import.meta.url).pathname;

interface JsonError {
  readonly ok: false;
  readonly error: { readonly kind: string; readonly message: string };
}

describe("cli version and metadata", () => {
  const folder = new TestFolder();
  const code = folder.write("mini.wasm", miniRuntime());
  const top = { [bytesToHex(CODE_KEY)]: bytesToHex(miniRuntime("own")) };
  const spec = folder.write("spec.json", { name: "Mini", id: "mini", genesis: { raw: { top } } });
  after(() => folder.remove());

  it("shows a version with the names of APIs", async () => {
    for (const file of [code, spec]) {
      const { code: exit, json } = await lockstepJson<{ result: { apis: unknown[] } }>("version", file);
      expect(exit).to.equal(0);
      expect(json.result).to.deep.include({
        specName: "mini",
        implName: "lockstep-mini",
        specVersion: 1,
        systemVersion: 1,
      });
      expect(json.result.apis).to.deep.include({ id: "0xdf6acb689907609b", name: "Core", version: 4 });
    }
    const { stdout } = await lockstep(["version", code]);
    expect(stdout)
      .to.match(/^specName +mini\n/)
      .and.match(/APIs \(5\)\n/)
      .and.match(/ {2}0x40fe3ad401f8959a {2}BlockBuilder +6\n/);
  });

  it("says what is wrong with a version", async () => {
    const none = folder.write("none.wasm", guest({}));
    const { code: exit, json } = await lockstepJson<JsonError>("version", none);
    expect([exit, json.error.kind]).to.deep.equal([3, "method-not-found"]);
  });

  it("shows metadata, in the version asked for", async () => {
    const { json } = await lockstepJson<{ gasUsed: number }>("metadata", code);
    expect(json).to.deep.include({ result: "0x6d6574610e", version: 14 });
    expect(json.gasUsed).to.be.greaterThan(0);
    expect((await lockstepJson<object>("metadata", spec, "--version", "14")).json).to.deep.include({
      version: 14,
    });
    expect((await lockstep(["metadata", code])).stdout).to.match(
      /^0x6d6574610e\nversion 14, 5 bytes, gas [\d,]+\n$/,
    );
    const missing = await lockstepJson<JsonError>("metadata", code, "--version", "15");
    expect(missing.code).to.equal(3);
    expect(missing.json.error.message).to.equal("the runtime has no metadata in version 15, only in 14");
    expect((await lockstep(["metadata", code, "--version", "x"])).code).to.equal(2);
  });

  it("reports gas and answers that are none", async () => {
    expect((await lockstepJson<JsonError>("metadata", code, "--gas", "5")).code).to.equal(4);
    const bad = folder.write(
      "bad.wasm",
      guest({
        functions: [{ name: "Metadata_metadata", code: span(10, 3) }],
        data: [[10, Uint8Array.of(9, 9, 9)]],
      }),
    );
    const { code: exit, json } = await lockstepJson<JsonError>("metadata", bad);
    expect([exit, json.error.kind]).to.deep.equal([1, "bad-output"]);
  });

  it("inspect tells APIs, and host functions that are lacking", async () => {
    const { json } = await lockstepJson<{
      hostFunctions: Record<string, string[]>;
      runtimeVersion: { apis: object[] };
    }>("inspect", code);
    expect(json.runtimeVersion.apis.length).to.equal(5);
    expect(json.hostFunctions["offered"]).to.include("ext_storage_set_version_1").and.to.have.length(22);
    expect([json.hostFunctions["refused"], json.hostFunctions["unknown"]]).to.deep.equal([[], []]);
    expect((await lockstep(["inspect", code])).stdout)
      .to.match(/lacking +none\n/)
      .and.match(/Runtime APIs \(5\)\n/);
    const imports = [
      "ext_sandbox_memory_teardown_version_1",
      "ext_host_calls_x_version_1",
      "ext_new_version_1",
    ];
    const odd = guest({ imports: imports.map((name) => [name, [], []] as const) });
    const other = await lockstepJson<{ hostFunctions: object }>("inspect", folder.write("odd.wasm", odd));
    expect(other.json.hostFunctions).to.deep.equal({
      offered: [],
      refused: imports.slice(0, 2),
      unknown: imports.slice(2),
    });
    const plain = await lockstepJson<{ hostFunctions: null }>(
      "inspect",
      folder.write("plain.wasm", guest({})),
    );
    expect(plain.json.hostFunctions).to.equal(null);
  });
});

describe("cli pvf", () => {
  const folder = new TestFolder();
  const result = new ScaleWriter()
    .bytes(Uint8Array.of(1, 2))
    .u8(0)
    .u8(0)
    .vec([0], (w) => w.u32(3).u8(0))
    .u32(4)
    .u32(5)
    .finish();
  const valid = folder.write(
    "valid.wasm",
    guest({ data: [[200, result]], functions: [{ name: "validate_block", code: span(200, result.length) }] }),
  );
  const trapping = folder.write(
    "trapping.wasm",
    guest({ functions: [{ name: "validate_block", code: op("unreachable") }] }),
  );
  const params = encodeValidationParams({
    parentHead: Uint8Array.of(1),
    blockData: Uint8Array.of(2),
    relayParentNumber: 3,
    relayParentStorageRoot: new Uint8Array(32),
  });
  const hex = bytesToHex(params);
  after(() => folder.remove());

  it("tells the result of a valid block, whichever way the parameters are given", async () => {
    const files = [
      folder.write("params.bin", params),
      folder.write("params.hex", new TextEncoder().encode(`${hex}\n`)),
      folder.write("params.json", { params: hex }),
    ];
    for (const given of [hex, hex.slice(2), ...files.map((file) => `@${file}`)]) {
      const { code, json } = await lockstepJson<object>("pvf", valid, "--params", given);
      expect(code).to.equal(0);
      expect(json).to.deep.include({
        result: bytesToHex(result),
        headData: "0x0102",
        newValidationCode: null,
        upwardMessages: [],
        horizontalMessages: [{ recipient: 3, data: "0x" }],
        processedDownwardMessages: 4,
        hrmpWatermark: 5,
      });
    }
    expect((await lockstep(["pvf", valid, "--params", hex])).stdout).to.match(
      /^valid\n {2}head data +0x0102\n/,
    );
  });

  it("says why a block is not valid, or the input not to be used", async () => {
    const trap = await lockstepJson<JsonError>("pvf", trapping, "--params", hex);
    expect([trap.code, trap.json.error.kind]).to.deep.equal([1, "trap"]);
    expect((await lockstep(["pvf", valid])).code).to.equal(2);
    expect((await lockstep(["pvf", valid, "--params", "0x1"])).code).to.equal(2);
    expect((await lockstep(["pvf", valid, "--params", `@${folder.path}/absent`])).code).to.equal(3);
    const list = folder.write("list.json", [1]);
    expect((await lockstep(["pvf", valid, "--params", `@${list}`])).stderr).to.contain('no member "params"');
    const bad = folder.write("bad.json", { params: "0xzz" });
    expect((await lockstep(["pvf", valid, "--params", `@${bad}`])).code).to.equal(3);
    expect((await lockstep(["pvf", valid, "--params", hex, "--session", "0x0408"])).code).to.equal(3);
    const small = "0x040101000000"; // one parameter, MaxMemoryPages(1)
    expect((await lockstep(["pvf", valid, "--params", hex, "--session", small])).code).to.equal(0);
    const greedy = guest({ pages: 34, functions: [{ name: "validate_block", code: i64(0n) }] });
    const large = await lockstepJson<JsonError>(
      "pvf",
      folder.write("large.wasm", greedy),
      "--params",
      hex,
      "--session",
      small,
    );
    expect([large.code, large.json.error.kind]).to.deep.equal([4, "memory-too-large"]);
  });
});

describe("cli verify with a chain specification's rules", () => {
  const folder = new TestFolder();
  const state = miniGenesis();
  const builder = new BlockBuilder({ parent: genesisHeader(state), state });
  builder.push(mini.call("set", "a", Uint8Array.of(1)));
  const block = builder.finish();
  const top = { [bytesToHex(CODE_KEY)]: bytesToHex(miniRuntime()) };
  const spec = { name: "Mini", id: "mini", genesis: { raw: { top } } };
  const blockFile = folder.write("block.json", {
    header: bytesToHex(encodeHeader(block.header)),
    extrinsics: block.extrinsics.map((item) => bytesToHex(item)),
  });
  const verify = (more: object) => {
    const file = folder.write("spec.json", { ...spec, ...more });
    return lockstepJson<{ ok: boolean; error?: { kind: string } }>(
      "verify",
      "--block",
      blockFile,
      "--spec",
      file,
    );
  };
  after(() => folder.remove());

  it("refuses listed blocks, with the exit code of a mismatch", async () => {
    expect((await verify({})).json.ok).to.equal(true);
    const bad = await verify({ badBlocks: [bytesToHex(block.hash)] });
    expect([bad.code, bad.json.error?.kind]).to.deep.equal([1, "bad-block"]);
    const fork = await verify({ forkBlocks: [[1, `0x${"00".repeat(32)}`]] });
    expect([fork.code, fork.json.error?.kind]).to.deep.equal([1, "fork-mismatch"]);
  });

  it("uses substituted code", async () => {
    // Of the same spec version as the state's, and traps.
    const substitute = guest({
      functions: [{ name: "Core_execute_block", code: op("unreachable") }],
      sections: [["runtime_version", versionSection()]],
    });
    const { code, json } = await verify({ codeSubstitutes: { 0: bytesToHex(substitute) } });
    expect([code, json.error?.kind]).to.deep.equal([1, "runtime-trap"]);
    expect((await verify({ codeSubstitutes: { 1: bytesToHex(substitute) } })).json.ok).to.equal(true);
  });
});

/** "mini", spec version 1, no APIs. */
function versionSection(): Uint8Array {
  return new ScaleWriter().string("mini").string("other").u32(1).u32(1).u32(1).u8(0).u32(1).u8(1).finish();
}

describe(`cli on real runtimes${CHAIN_DATA_NOTE}`, function () {
  this.timeout(60_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  it("inspect finds no host function lacking", async () => {
    // Rust and Go; all others are held to the host's table where that is tested.
    const chosen = /node-template|GO_template/;
    for (const file of chainFolder("runtimes").filter((name) => chosen.test(name))) {
      const { json } = await lockstepJson<{ hostFunctions: Record<string, string[]> | null }>(
        "inspect",
        `${SHARED}runtimes/${file}`,
      );
      expect(json.hostFunctions?.["refused"] ?? [], file).to.deep.equal([]);
      expect(json.hostFunctions?.["unknown"] ?? [], file).to.deep.equal([]);
    }
  });

  it("pvf validates, and traps for a bad block", async () => {
    const adder = `${SHARED}parachain/adder-gossamer/`;
    const run = (call: string) =>
      lockstepJson<{ result?: string }>(
        "pvf",
        `${adder}test_parachain_adder.wasm`,
        "--params",
        `@${adder}${call}.json`,
      );
    const { code, json } = await run("call_valid");
    expect([code, json.result?.length]).to.deep.equal([0, 172]);
    expect((await run("call_trap")).code).to.equal(1);
  });
});
