import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import { blake2b256 } from "../../../src/host/state/index.ts";
import { lockstep, lockstepJson, TestFolder } from "../support.ts";
import { KEY, tinyChain, VALUE } from "../tiny-chain.ts";

interface JsonError {
  readonly ok: false;
  readonly error: { readonly kind: string; readonly message: string; readonly [field: string]: unknown };
}

describe("cli genesis, call and verify", () => {
  const chain = tinyChain();
  const folder = new TestFolder();
  const spec = folder.write("spec.json", chain.spec);
  const state = folder.write("state.json", chain.state);
  const code = folder.write("code.wasm", chain.code);
  const block = folder.write("block.json", chain.block(chain.first));
  after(() => folder.remove());

  it("computes a genesis hash", async () => {
    const { json } = await lockstepJson<unknown>("genesis", spec);
    expect(json).to.deep.include({ name: "Tiny", id: "tiny", genesisHash: chain.genesisHash, keys: 1 });
    expect((await lockstep(["genesis", spec])).stdout).to.contain(chain.genesisHash);
  });

  it("says where a chain specification is wrong", async () => {
    const top = { "0x3a": "zz" };
    const path = folder.write("bad-spec.json", { ...chain.spec, genesis: { raw: { top } } });
    const { code, json } = await lockstepJson<JsonError>("genesis", path);
    expect(code).to.equal(3);
    expect(json.error.kind).to.equal("format-hex");
    expect(json.error["path"]).to.equal('genesis.raw.top["0x3a"]');
    expect(json.error.message).to.contain("bad-spec.json");
    const text = folder.write("no.json", new TextEncoder().encode("{"));
    expect((await lockstep(["genesis", text])).stderr).to.match(/no\.json is not JSON/);
  });

  it("calls an entry point, of code by itself or in a chain", async () => {
    for (const from of [code, spec, state]) {
      const { code: exit, json } = await lockstepJson<object>(
        "call",
        from,
        "Test_echo",
        "--input",
        "0x0102ff",
      );
      expect(exit).to.equal(0);
      expect(json).to.deep.equal({ result: "0x0102ff", gasUsed: 7 });
    }
    const { stdout } = await lockstep(["call", code, "Test_echo", "--input", "abcd", "--spec", spec]);
    expect(stdout).to.match(/^0xabcd\n2 bytes, gas 7, /);
  });

  it("reports what is wrong with a call", async () => {
    const trap = await lockstepJson<JsonError>("call", code, "Test_trap");
    expect(trap.code).to.equal(1);
    expect(trap.json.error).to.include({ kind: "trap", code: "unreachable", method: "Test_trap" });
    expect(trap.json.error["stack"]).to.have.length(1);
    const spin = await lockstepJson<JsonError>("call", code, "Test_spin", "--gas", "5000");
    expect(spin.code).to.equal(4);
    expect(spin.json.error.kind).to.equal("out-of-gas");
    expect(spin.json.error["gasUsed"]).to.be.at.most(5000);
    expect((await lockstepJson<JsonError>("call", code, "Core_nothing")).json.error.kind).to.equal(
      "method-not-found",
    );
    expect((await lockstep(["call", code, "Test_echo", "--input", "0x0"])).code).to.equal(2);
  });

  it("verifies a block on a specification or a state", async () => {
    for (const from of [
      ["--spec", spec],
      ["--state", state],
    ]) {
      const { code: exit, json } = await lockstepJson<unknown>("verify", "--block", block, ...from);
      expect(exit).to.equal(0);
      expect(json).to.deep.equal({
        ok: true,
        blocks: [
          {
            number: 1,
            hash: (json as { blocks: { hash: string }[] }).blocks[0]!.hash,
            stateRoot: chain.stateRoot,
            expectedStateRoot: chain.stateRoot,
            gasUsed: 4,
            diff: { [bytesToHex(KEY)]: bytesToHex(VALUE) },
          },
        ],
      });
    }
  });

  it("shows checks, gas and the diff to people", async () => {
    const {
      code: exit,
      stdout,
      stderr,
    } = await lockstep(["verify", "--block", block, "--spec", spec, "--diff"]);
    expect(exit).to.equal(0);
    expect(stderr).to.equal("");
    expect(stdout).to.match(/✓ parent {6}0x/);
    expect(stdout).to.contain(`✓ state root  ${chain.stateRoot}`);
    expect(stdout).to.match(/\+ 0x74696e793a636f756e74 +0x0707\n/);
    for (const line of stdout.split("\n")) expect([...line].length).to.be.at.most(80);
  });

  it("shows progress and colours only on a terminal, and progress only on stderr", async () => {
    const args = ["verify", "--block", block, "--spec", spec];
    const piped = await lockstep(args);
    const watched = await lockstep(args, {}, true);
    expect(piped.stderr).to.equal("");
    expect(watched.stderr).to.match(/block 1 verified/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for.
    const withoutColors = watched.stdout.replaceAll(/\u001b\[\d+m/g, "");
    expect(watched.stdout).not.to.equal(piped.stdout);
    expect(withoutColors).to.equal(piped.stdout);
    const json = await lockstep([...args, "--json"], {}, true);
    expect(json.stdout).to.equal((await lockstep([...args, "--json"])).stdout);
  });

  it("keeps the loaded runtime for the next process, and says what is wrong with a folder that is none", () => {
    const store = join(folder.path, "store", "code");
    const run = (where: string) => {
      const bin = fileURLToPath(new URL("../../../src/cli/bin.js", import.meta.url));
      const args = [
        "--no-expose-wasm",
        bin,
        "verify",
        "--block",
        block,
        "--spec",
        spec,
        "--code-store",
        where,
      ];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      return { status, stderr, root: /state root {2}0x\w+/.exec(stdout)?.[0] };
    };
    const good = { status: 0, stderr: "", root: `state root  ${chain.stateRoot}` };
    expect(run(store)).to.deep.equal(good);
    expect(readdirSync(store)).to.deep.equal([bytesToHex(blake2b256(chain.code))]);
    expect(run(store)).to.deep.equal(good);
    // What is there now is what the second process ran: without its code it would have nothing to run.
    const [file] = readdirSync(store) as [string];
    expect(readFileSync(join(store, file)).includes(Buffer.from(chain.code))).to.equal(true);
    const { status, stderr } = run(spec);
    expect(status).to.equal(3);
    expect(stderr).to.contain("cannot use");
  });

  const tampered: [string, () => unknown, string, number][] = [
    [
      "state root",
      () => chain.block({ ...chain.first, stateRoot: new Uint8Array(32) }),
      "state-root-mismatch",
      1,
    ],
    [
      "parent hash",
      () => chain.block({ ...chain.first, parentHash: new Uint8Array(32) }),
      "parent-mismatch",
      1,
    ],
    ["number", () => chain.block({ ...chain.first, number: 2 }), "parent-mismatch", 1],
    ["body", () => ({ ...chain.block(chain.first), extrinsics: [] }), "extrinsics-root-mismatch", 1],
    ["header's bytes", () => ({ ...chain.block(chain.first), header: "0x00" }), "format-scale", 3],
    ["form", () => ({ blocks: [] }), "format-missing", 3],
    ["presence", () => [], "input", 3],
  ];
  for (const [what, make, kind, exit] of tampered) {
    it(`answers ${exit} and ${kind} to a block with a wrong ${what}`, async () => {
      const path = folder.write("tampered.json", make());
      const { code, json } = await lockstepJson<JsonError>("verify", "--block", path, "--spec", spec);
      expect(json.ok).to.equal(false);
      expect(json.error.kind).to.equal(kind);
      expect(code).to.equal(exit);
    });
  }

  it("gives the good blocks before the first bad one", async () => {
    const second = chain.block({ ...chain.first, number: 2 });
    const path = folder.write("two.json", [chain.block(chain.first), second]);
    const { code, json } = await lockstepJson<JsonError & { blocks: unknown[] }>(
      "verify",
      "--block",
      path,
      "--spec",
      spec,
    );
    expect(code).to.equal(1);
    expect(json.blocks).to.have.length(1);
    expect(json.error).to.include({ kind: "parent-mismatch", number: 2, check: "parent" });
    const human = await lockstep(["verify", "--block", path, "--spec", spec]);
    expect(human.stdout).to.match(/^✓ block 1 .*\n(✓ .*\n)*✗ parent/);
    expect(human.stderr).to.match(/^error: parent-mismatch: block 2: parent: computed 0x/);
  });

  it("ends at the gas limit with code 4", async () => {
    const { code, json } = await lockstepJson<JsonError>(
      "verify",
      "--block",
      block,
      "--spec",
      spec,
      "--gas",
      "3",
    );
    expect(code).to.equal(4);
    expect(json.error.kind).to.equal("out-of-gas");
  });

  it("refuses a state without code, and one whose code is none", async () => {
    const empty = folder.write("empty.json", {});
    const later = folder.write("later.json", chain.block({ ...chain.first, number: 9 }));
    const none = await lockstepJson<JsonError>("verify", "--block", later, "--state", empty);
    expect(none.json.error.kind).to.equal("missing-code");
    expect(none.code).to.equal(3);
    const garbage = folder.write("garbage.json", { "0x3a636f6465": "0x0061736d01000000ff" });
    const bad = await lockstep(["verify", "--block", later, "--state", garbage]);
    expect(bad.code).to.equal(3);
    expect(bad.stderr).to.match(/malformed module/);
  });
});
