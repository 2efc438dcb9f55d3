import { createHash } from "node:crypto";
import { expect } from "chai";
import { decodeHeader } from "../../../src/host/chain/index.ts";
import { signature } from "../../../src/host/define.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { polkadotModule } from "../../../src/host/polkadot/module.ts";
import { Runtime, RuntimeError, unpackCode } from "../../../src/host/runtime/index.ts";
import { blake2b256, State, WitnessIncomplete } from "../../../src/host/state/index.ts";
import { equalTypes } from "../../../src/interp/func.ts";
import { CHAIN_DATA_NOTE, chainBytes, chainFolder, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

interface Expected {
  readonly sha256_uncompressed: string;
  /** Of the custom sections; null if there are none. */
  readonly version: {
    readonly spec_name: string;
    readonly spec: number;
    readonly tx: number;
    /** Null where the runtime is too old to say. */
    readonly state_version: number | null;
  } | null;
  readonly memory: readonly [where: "imported" | "exported", min: number, max: number | null];
  readonly functions: number;
  readonly imports: readonly string[];
  readonly calls: Record<string, { readonly len: number; readonly sha256: string }>;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Every runtime in the data: blobs, and the code of states. */
function everyRuntime(): [string, Uint8Array][] {
  const folders = ["runtimes", ...chainFolder("parachain").map((name) => `parachain/${name}`)];
  const blobs = folders.flatMap((folder) =>
    chainFolder(folder)
      .filter((file) => file.endsWith(".wasm"))
      .map((file): [string, Uint8Array] => [file, chainBytes(`${folder}/${file}`)]),
  );
  const states = ["polkadot-1", "kusama-1", "westend-1-32", "paseo-1001002-synthetic-1"].map(
    (chain): [string, Uint8Array] => {
      const state = chainJson<Record<string, string>>(`blocks/${chain}/state.json`);
      return [chain, hexToBytes(state["0x3a636f6465"]!)];
    },
  );
  return [...blobs, ...states];
}

describe(`real runtimes${CHAIN_DATA_NOTE}`, () => {
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  it("import nothing that the host does not have, in its type", () => {
    const { functions } = polkadotModule("block");
    for (const [name, blob] of everyRuntime()) {
      const { module } = Runtime.fromCode(blob);
      for (const { name: item, desc } of module.imports) {
        if (desc.kind !== "func") continue;
        const declared = functions.get(item);
        expect(declared, `${name} imports ${item}`).not.to.equal(undefined);
        expect(equalTypes(signature(declared!), module.types[desc.typeIndex]!), `${name}: ${item}`).to.equal(
          true,
        );
      }
    }
  });

  it("answer Core_version and Metadata_* as expected", function () {
    this.timeout(60_000);
    for (const [file, expected] of Object.entries(
      chainJson<Record<string, Expected>>("runtimes/EXPECTED.json"),
    )) {
      const blob = chainBytes(`runtimes/${file}`);
      expect(sha256(unpackCode(blob)), file).to.equal(expected.sha256_uncompressed);
      const runtime = Runtime.fromCode(blob);
      const { module } = runtime;
      expect(module.bodies.length, file).to.equal(expected.functions);
      const imports = module.imports.map((item) => `${item.module}.${item.name}:${item.desc.kind}`);
      expect([...imports].sort(), file).to.deep.equal([...expected.imports].sort());
      const { min, max = null } = module.memories[0]!;
      const isImported = imports.includes("env.memory:memory");
      expect([isImported ? "imported" : "exported", min, max], file).to.deep.equal(expected.memory);
      if (expected.version !== null) {
        const version = runtime.version();
        const { spec_name, spec, tx, state_version } = expected.version;
        expect([version.specName, version.specVersion, version.transactionVersion], file).to.deep.equal([
          spec_name,
          spec,
          tx,
        ]);
        expect(version.systemVersion, file).to.equal(state_version ?? 0);
      }
      for (const [method, { len, sha256: hash }] of Object.entries(expected.calls)) {
        const input =
          method === "Metadata_metadata_at_version" ? Uint8Array.of(15, 0, 0, 0) : new Uint8Array(0);
        const { output } = runtime.call(method, input);
        expect([output.length, sha256(output)], `${file} ${method}`).to.deep.equal([len, hash]);
      }
    }
  });

  it("have versions that sections and Core_version agree on", () => {
    const runtime = Runtime.fromCode(chainBytes("runtimes/gosemble_polkadot_v9400-df4aedc9.compressed.wasm"));
    expect(runtime.version()).to.include({ specName: "polkadot", specVersion: 9400, systemVersion: 0 });
    expect(bytesToHex(runtime.versionBytes())).to.equal(bytesToHex(runtime.call("Core_version").output));
    const small = Runtime.fromCode(chainBytes("runtimes/GO_research_runtime_small-d53d98db.wasm"));
    expect(() => small.version())
      .to.throw(RuntimeError)
      .with.property("kind", "bad-version");
  });

  it("answer calls from a proof alone, and say so where it does not reach", () => {
    const folder = "calls/westend-9430-validate-transaction";
    const call = chainJson<{
      header: string;
      function: string;
      params: string;
      expected_result: string;
      proof_nodes: string[];
    }>(`${folder}/call.json`);
    const nodes = new Map(
      call.proof_nodes.map((hex) => hexToBytes(hex)).map((node) => [bytesToHex(blake2b256(node)), node]),
    );
    const { stateRoot } = decodeHeader(hexToBytes(call.header));
    const state = State.fromRoot(stateRoot, { get: (hash) => nodes.get(bytesToHex(hash)) });
    const runtime = Runtime.fromCode(chainBytes(`${folder}/runtime.compact.compressed.wasm`));
    const options = { state, heapPages: 2048 };
    const { output } = runtime.call(call.function, hexToBytes(call.params), options);
    expect(bytesToHex(output)).to.equal(call.expected_result);
    // The proof does not cover :heappages.
    expect(() => runtime.call(call.function, hexToBytes(call.params), { state })).to.throw(WitnessIncomplete);
  });
});
