import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type ChainSpecs, cacheFolder, chainSpecs, type SpecName } from "../../src/cli/demo/chain-specs.ts";
import { InputError } from "../../src/cli/input.ts";
import { shared } from "../decoder/shared.ts";
import { fixture } from "../host/shared-data.ts";
import { lockstep, lockstepJson, TestFolder } from "./support.ts";

interface FirstBlock {
  readonly chain: string;
  readonly number: number;
  readonly hash: string;
  readonly genesisHash: string;
  readonly header: string;
  readonly extrinsics: readonly string[];
}

interface JsonVerify {
  readonly ok: boolean;
  readonly blocks: readonly {
    readonly hash: string;
    readonly stateRoot: string;
    readonly expectedStateRoot: string;
  }[];
  readonly error?: { readonly kind: string; readonly number: number };
}

/** Relay chains whose genesis the demo's package has. */
const CHAINS: readonly SpecName[] = ["polkadot", "kusama", "westend"];

/** Runs the demo as a program whose npm finds nobody: a local port on which nothing listens. */
function demoOffline(cwd: string, env: Record<string, string>) {
  const bin = fileURLToPath(new URL("../../src/cli/bin.js", import.meta.url));
  return spawnSync(process.execPath, ["--no-expose-wasm", bin, "demo"], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, npm_config_registry: "http://127.0.0.1:9", ...env },
  });
}

describe("the demo without network and without cache", () => {
  const folder = new TestFolder();
  after(() => folder.remove());

  it("says so plainly and answers 3", () => {
    const { status, stdout, stderr } = demoOffline(folder.path, {
      LOCKSTEP_CACHE: join(folder.path, "cache"),
    });
    expect(status).to.equal(3);
    expect(stdout).to.equal("");
    expect(stderr).to.match(/^error: npm could not fetch @substrate\/connect@0\.3\.18: /);
    expect(stderr).to.match(/after that no network is needed/);
    expect(stderr).not.to.match(/\n {4}at /);
  });
});

describe("real chains, from the cached package", () => {
  const folder = new TestFolder();
  after(() => folder.remove());
  let specs: ChainSpecs | undefined;

  before(async function () {
    try {
      specs = await chainSpecs();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      console.log(`      skipped: ${error.message.split("\n")[0]}`);
      this.skip();
    }
  });

  it("runs the demo from the cache alone", async () => {
    const cache = cacheFolder(process.env);
    const { code, stdout } = await lockstep(["demo"], { LOCKSTEP_CACHE: cache });
    expect(code).to.equal(0);
    expect(stdout).to.contain("0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3");
    expect(stdout).to.contain("0xc0096358534ec8d21d01d34b836eed476a1c343f8724fa2153dc0725ad797a90");
    expect(stdout).to.contain(
      "✓ state root  0xc56fcd6e7a757926ace3e1ecff9b4010fc78b90d459202a339266a7f6360002f",
    );
    expect(stdout).to.match(/\nVerified: 5,808,702 gas/);
    expect(stdout).to.contain("✓ recorded    23 trie nodes, 3,536 bytes");
    expect(stdout.match(/✓ state root {2}0xc56fcd6e\w+/g)).to.have.length(2);
    expect(stdout).not.to.contain("✗");
    if (cache === cacheFolder({})) {
      for (const line of stdout.split("\n")) expect([...line].length, line).to.be.at.most(80);
    }
  });

  it("profiles the demo, with the names of the runtime's functions", async () => {
    const cache = cacheFolder(process.env);
    const { code, stdout } = await lockstep(["profile", "demo", "--format", "folded"], {
      LOCKSTEP_CACHE: cache,
    });
    expect(code).to.equal(0);
    const lines = stdout.split("\n").slice(0, -1);
    expect(lines.length).to.be.above(500);
    expect(stdout).to.contain("Core_execute_block;frame_executive::Executive<");
    expect(stdout).to.not.match(/::h[\da-f]{16}|_ZN|function \d/);
  });

  it("needs no network once the package is cached", () => {
    const cache = dirname(resolve(specs!.path));
    const { status, stdout } = demoOffline(folder.path, { LOCKSTEP_CACHE: cache });
    expect(status).to.equal(0);
    expect(stdout).to.match(/\nVerified: /);
  });

  for (const chain of CHAINS) {
    it(`verifies block 1 of ${chain} on its chain specification`, async function () {
      const block = fixture<FirstBlock[]>("first-blocks.json").find(
        (entry) => entry.chain.toLowerCase() === chain,
      );
      if (block === undefined) this.skip();
      const spec = folder.write(`${chain}.json`, specs!.read(chain));
      const { json: genesis } = await lockstepJson<{ genesisHash: string }>("genesis", spec);
      expect(genesis.genesisHash).to.equal(block.genesisHash);
      const path = folder.write("block.json", { header: block.header, extrinsics: block.extrinsics });
      const { code, json } = await lockstepJson<JsonVerify>("verify", "--block", path, "--spec", spec);
      expect(code).to.equal(0);
      expect(json.blocks[0]!.hash).to.equal(block.hash);
      expect(json.blocks[0]!.stateRoot).to.equal(json.blocks[0]!.expectedStateRoot);
    });
  }
});

const data = shared("chain/blocks");

describe(`real chains, from ../shared${data === undefined ? " (skipped: not there)" : ""}`, () => {
  const folder = new TestFolder();
  after(() => folder.remove());
  before(function () {
    if (data === undefined) this.skip();
  });

  interface SharedBlock {
    readonly hash: string;
    readonly state_root: string;
    readonly header: string;
    readonly extrinsics: readonly string[];
  }

  function load<T>(chain: string, file: string): T {
    return JSON.parse(readFileSync(join(data!, chain, file), "utf8")) as T;
  }

  for (const chain of [
    "polkadot-1",
    "kusama-1",
    "westend-1-32",
    "paseo-1001002-synthetic-1",
    "child-tries/1_create-one",
  ]) {
    it(`verifies ${chain}`, async function () {
      const path = join(data!, chain);
      if (!existsSync(path)) this.skip();
      const blocks = load<SharedBlock[]>(chain, "blocks.json");
      const args = ["--block", join(path, "blocks.json"), "--state", join(path, "state.json")];
      const { code, json } = await lockstepJson<JsonVerify>("verify", ...args);
      expect(code).to.equal(0);
      expect(json.blocks.map(({ hash, stateRoot }) => [hash, stateRoot])).to.deep.equal(
        blocks.map(({ hash, state_root }) => [hash, state_root]),
      );
    });
  }

  it("verifies Polkadot's block 1 on the witness that was collected with it", async () => {
    const path = join(data!, "polkadot-1");
    const files = ["--witness", join(path, "witness.json"), "--code", join(path, "state.json")];
    const block = join(path, "blocks.json");
    const { code, json } = await lockstepJson<JsonVerify>("verify", "--block", block, ...files);
    expect(code).to.equal(0);
    const [first] = load<[SharedBlock]>("polkadot-1", "blocks.json");
    expect(json.blocks[0]!.stateRoot).to.equal(first.state_root);
  });

  it("calls Westend's runtime on a call proof alone", async () => {
    const path = shared("chain/calls/westend-9430-validate-transaction")!;
    const call = JSON.parse(readFileSync(join(path, "call.json"), "utf8")) as Record<string, string>;
    const { code, json } = await lockstepJson<{ result: string }>(
      "call",
      join(path, "runtime.compact.compressed.wasm"),
      call["function"]!,
      "--input",
      call["params"]!,
      "--witness",
      folder.write("proof.json", call["proof_nodes"]),
      "--parent-root",
      call["state_root"]!,
    );
    expect(code).to.equal(0);
    expect(json.result).to.equal(call["expected_result"]);
  });

  it("shows child tries beside the main diff", async () => {
    const path = join(data!, "child-tries/3_read-basic");
    const args = ["--block", join(path, "blocks.json"), "--state", join(path, "state.json")];
    const { json } = await lockstepJson<{ blocks: { diff: object; children: Record<string, object> }[] }>(
      "verify",
      ...args,
    );
    const [block] = json.blocks;
    expect(Object.keys(block!.children)).to.have.length(1);
    expect(Object.keys(Object.values(block!.children)[0]!)).to.have.length(1);
    expect(Object.keys(block!.diff).some((key) => key.startsWith("0x3a6368696c64"))).to.equal(false);
  });

  /** Flips one bit of the byte at a place in a hex string. */
  function flip(hex: string, byte: number): string {
    const at = 2 + 2 * byte;
    const value = Number.parseInt(hex.slice(at, at + 2), 16) ^ 1;
    return hex.slice(0, at) + value.toString(16).padStart(2, "0") + hex.slice(at + 2);
  }

  describe("refuses Kusama's block 1 with one bit changed", () => {
    const tampered: [string, (block: SharedBlock, state: Record<string, string>) => void, RegExp][] = [
      ["in a stored value", (_, state) => Object.assign(state, changed(state, 0)), /^parent-mismatch$/],
      [
        "in the code",
        (_, state) => Object.assign(state, { "0x3a636f6465": flip(state["0x3a636f6465"]!, 100_000) }),
        /^(malformed|invalid)$/,
      ],
      [
        "in the code's header",
        (_, state) => Object.assign(state, { "0x3a636f6465": flip(state["0x3a636f6465"]!, 0) }),
        /^unsupported-code$/,
      ],
      [
        "in the body",
        (block) =>
          Object.assign(block, { extrinsics: [flip(block.extrinsics[0]!, 6), ...block.extrinsics.slice(1)] }),
        /^extrinsics-root-mismatch$/,
      ],
      [
        "in the parent hash",
        (block) => Object.assign(block, { header: flip(block.header, 3) }),
        /^parent-mismatch$/,
      ],
      [
        "in the state root",
        (block) => Object.assign(block, { header: flip(block.header, 40) }),
        /^state-root-mismatch$/,
      ],
      [
        "in the pre-runtime digest",
        (block) => Object.assign(block, { header: flip(block.header, 110) }),
        /^(runtime-trap|state-root-mismatch|format-scale)$/,
      ],
    ];
    for (const [where, change, kind] of tampered) {
      it(where, async () => {
        const [block] = load<[SharedBlock]>("kusama-1", "blocks.json");
        const state = load<Record<string, string>>("kusama-1", "state.json");
        change(block, state);
        const args = [
          "--block",
          folder.write("block.json", block),
          "--state",
          folder.write("state.json", state),
        ];
        const { code, json } = await lockstepJson<JsonVerify>("verify", ...args);
        expect(code).to.be.oneOf([1, 3]);
        expect(json.ok).to.equal(false);
        expect(json.error!.kind).to.match(kind);
        const { stderr } = await lockstep(["verify", ...args]);
        expect(stderr).to.match(/^error: .{20,400}\n/);
      });
    }

    function changed(state: Record<string, string>, index: number): Record<string, string> {
      const key = Object.keys(state).filter((name) => name !== "0x3a636f6465")[index]!;
      return { [key]: flip(state[key]!, 0) };
    }
  });
});
