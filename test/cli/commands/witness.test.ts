import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { encodeHeader, genesisHeader, type Header } from "../../../src/host/chain/index.ts";
import { bytesToHex, hexToBytes } from "../../../src/host/hex.ts";
import { type Entry, NodeSet, proveRead, State } from "../../../src/host/state/index.ts";
import { lockstep, lockstepJson, TestFolder } from "../support.ts";
import { KEY, tinyChain, VALUE } from "../tiny-chain.ts";

interface JsonError {
  readonly ok: false;
  readonly error: { readonly kind: string; readonly message: string; readonly missing?: object };
}

interface JsonRecorded {
  readonly ok: boolean;
  readonly nodes: number;
  readonly bytes: number;
}

interface WitnessFile {
  readonly parentStateRoot: string;
  readonly stateVersion: number;
  readonly nodes: readonly string[];
}

describe("cli witness, and verify and call on one", () => {
  // Entries beside the code, so that there is something to leave out; one so close that `:heappages` is seen to be
  // absent without the code's own node.
  const others: Entry[] = [
    [new TextEncoder().encode(":extra"), new Uint8Array(40)],
    ...Array.from({ length: 40 }, (_, i): Entry => [Uint8Array.of(i, 7), new Uint8Array(40).fill(i)]),
  ];
  const chain = tinyChain(others);
  const folder = new TestFolder();
  const spec = folder.write("spec.json", chain.spec);
  const state = folder.write("state.json", chain.state);
  const code = folder.write("code.wasm", chain.code);
  const block = folder.write("block.json", chain.block(chain.first));
  const out = join(folder.path, "witness.json");
  const full = join(folder.path, "full.json");
  after(() => folder.remove());

  const recorded = () => JSON.parse(readFileSync(out, "utf8")) as WitnessFile;
  const verify = (...args: string[]) => lockstepJson<JsonError>("verify", "--block", block, ...args);

  before(async () => {
    for (const args of [
      ["--spec", spec, "-o", out],
      ["--state", state, "--out", full, "--with-code"],
    ]) {
      const { code: exit, stderr } = await lockstep(["witness", "--block", block, ...args]);
      expect([exit, stderr]).to.deep.equal([0, ""]);
    }
  });

  it("records what a block needs, with the code or without", async () => {
    const { parentStateRoot, stateVersion, nodes } = recorded();
    expect([parentStateRoot, stateVersion]).to.deep.equal([chain.genesisRoot, 0]);
    const { json } = await lockstepJson<JsonRecorded>("witness", "--block", block, "--spec", spec, "-o", out);
    expect(json).to.deep.equal({
      ok: true,
      file: out,
      parentStateRoot,
      stateVersion,
      blocks: 1,
      nodes: nodes.length,
      bytes: nodes.reduce((sum, node) => sum + node.length / 2 - 1, 0),
      withCode: false,
    });
    const { stdout } = await lockstep([
      "witness",
      "--block",
      block,
      "--spec",
      spec,
      "-o",
      full,
      "--with-code",
    ]);
    expect(stdout).to.match(/^recorded {2}\d+ nodes, [\d,]+ bytes for 1 block on 0x[0-9a-f]{64}\n$/);
    expect(readFileSync(full).length).to.be.above(readFileSync(out).length + 2 * chain.code.length);
  });

  it("verifies on it as on the whole state", async () => {
    const whole = await lockstepJson<{ blocks: unknown[] }>("verify", "--block", block, "--spec", spec);
    const { nodes } = recorded();
    const runs = [
      ["--witness", out, "--code", code],
      ["--witness", out, "--code", spec],
      ["--witness", out, "--spec", spec],
      ["--witness", full],
      ["--witness", folder.write("list.json", nodes), "--parent-root", chain.genesisRoot, "--code", code],
      ["--witness", folder.write("list.json", nodes), "--state", state],
      [
        "--witness",
        folder.write("named.json", { nodes, parent_state_root: chain.genesisRoot }),
        "--code",
        code,
      ],
    ];
    for (const args of runs) {
      const { code: exit, json } = await lockstepJson<{ blocks: unknown[]; witness: { unused: number } }>(
        "verify",
        "--block",
        block,
        ...args,
      );
      expect(exit, args.join(" ")).to.equal(0);
      expect(json.blocks).to.deep.equal(whole.json.blocks);
      expect(json.witness).to.include({ parentStateRoot: chain.genesisRoot, unused: 0 });
    }
  });

  it("tells people what the witness was, and how much of it was needed", async () => {
    const args = ["verify", "--block", block, "--code", code, "--diff", "--witness"];
    const { stdout } = await lockstep([...args, out]);
    expect(stdout).to.match(/\nwitness {3}\d+ nodes, [\d,]+ bytes; all needed\n$/);
    expect(stdout).to.match(/✓ runtime {5}tiny 3, state version 0, code as given\n/);
    expect(stdout).to.match(/\+ 0x74696e793a636f756e74 +0x0707\n/);
    for (const line of stdout.split("\n")) expect([...line].length).to.be.at.most(80);
    const more = folder.write("more.json", { ...recorded(), nodes: [...recorded().nodes, "0x010203"] });
    expect((await lockstep([...args, more])).stdout).to.match(/bytes; 1 not needed\n$/);
  });

  it("refuses a witness that lacks or changes anything", async () => {
    const { nodes, ...rest } = recorded();
    for (const [i, node] of nodes.entries()) {
      const missing = folder.write("missing.json", {
        ...rest,
        nodes: nodes.filter((other) => other !== node),
      });
      const changed = folder.write("changed.json", { ...rest, nodes: nodes.with(i, `${node}00`) });
      for (const file of [missing, changed]) {
        const { code: exit, json } = await verify("--witness", file, "--code", code);
        expect(exit).to.equal(3);
        expect(json.error.kind).to.equal("witness-incomplete");
        expect(json.error.missing).to.have.keys("hash", "key");
      }
    }
    const { code: exit, json } = await verify("--witness", out);
    expect([exit, json.error.kind]).to.deep.equal([3, "missing-code"]);
  });

  it("refuses another root, by what says so", async () => {
    const other = `0x${"11".repeat(32)}`;
    const list = folder.write("list.json", recorded().nodes);
    const wrong = await verify("--witness", list, "--parent-root", other, "--code", code);
    // Block 1 names the genesis, and the genesis its state.
    expect([wrong.code, wrong.json.error.kind]).to.deep.equal([1, "parent-mismatch"]);
    const disagreeing = await verify("--witness", out, "--parent-root", other, "--code", code);
    expect(disagreeing.code).to.equal(3);
    expect(disagreeing.json.error.message).to.match(/the roots do not agree: --parent-root says 0x11/);
  });

  it("takes the parent's header, in any form, for the link and for the root", async () => {
    const genesis = genesisHeader(State.fromRoot(hexToBytes(chain.genesisRoot), new NodeSet([])));
    const scale = encodeHeader(genesis);
    const rpc = {
      parentHash: bytesToHex(genesis.parentHash),
      number: "0x0",
      stateRoot: bytesToHex(genesis.stateRoot),
      extrinsicsRoot: bytesToHex(genesis.extrinsicsRoot),
      digest: { logs: [] },
    };
    const forms = [
      bytesToHex(scale),
      `@${folder.write("parent.scale", scale)}`,
      `@${folder.write("parent.hex", new TextEncoder().encode(bytesToHex(scale)))}`,
      `@${folder.write("parent.json", rpc)}`,
      `@${folder.write("answer.json", { jsonrpc: "2.0", id: 1, result: rpc })}`,
      `@${folder.write("its-block.json", { header: bytesToHex(scale), extrinsics: [] })}`,
    ];
    const list = folder.write("list.json", recorded().nodes);
    for (const form of forms) {
      const { code: exit, json } = await verify("--witness", list, "--parent", form, "--code", code);
      expect([exit, json.ok], form).to.deep.equal([0, true]);
      expect((await verify("--state", state, "--parent", form)).code).to.equal(0);
    }
    const other = (change: Partial<Header>) => bytesToHex(encodeHeader({ ...genesis, ...change }));
    const stranger = await verify(
      "--state",
      state,
      "--parent",
      other({ extrinsicsRoot: new Uint8Array(32) }),
    );
    expect([stranger.code, stranger.json.error.kind]).to.deep.equal([1, "parent-mismatch"]);
    const later = await verify("--spec", spec, "--parent", other({ number: 7 }));
    expect([later.code, later.json.error.kind]).to.deep.equal([1, "parent-mismatch"]);
    const disagreeing = await verify("--witness", out, "--parent", other({ stateRoot: new Uint8Array(32) }));
    expect(disagreeing.code).to.equal(3);
    expect(disagreeing.json.error.message).to.match(/--parent says 0x00/);
    for (const [wrong, exit] of [
      ["zz", 2],
      ["0x00", 3],
      [`@${folder.write("none.json", { result: null })}`, 3],
      [`@${folder.path}/none`, 3],
    ] as const) {
      expect((await verify("--state", state, "--parent", wrong)).code, wrong).to.equal(exit);
    }
  });

  const misused: [string[], number, RegExp][] = [
    [["verify", "--block", block], 2, /missing --spec FILE, --state FILE or --witness FILE/],
    [["verify", "--block", block, "--spec", spec, "--code", code], 2, /--code goes with --witness/],
    [["call", code, "Test_echo", "--parent-root", "00"], 2, /--parent-root goes with --witness/],
    [["verify", "--block", block, "--witness", out, "--parent-root", "0x00"], 2, /takes 32 bytes in hex/],
    [["verify", "--block", block, "--witness", out, "--parent-root", "zz"], 2, /takes 32 bytes in hex/],
    [["verify", "--block", block, "--witness", block], 3, /nodes: is missing/],
    [["witness", "--block", block, "--spec", spec], 2, /missing --out FILE/],
    [["witness", "--spec", spec, "-o", out], 2, /missing --block FILE/],
    [["witness", "--block", block, "-o", out], 2, /missing --spec FILE or --state FILE/],
    [["witness", "--block", block, "--spec", spec, "-o", join(folder.path, "no", "file")], 3, /no such file/],
  ];
  for (const [args, exit, message] of misused) {
    it(`answers ${exit}: ${message.source}`, async () => {
      const { code: answer, stderr } = await lockstep(args);
      expect(answer).to.equal(exit);
      expect(stderr).to.match(message);
    });
  }

  it("asks for the root of a witness that does not name one", async () => {
    const list = folder.write("list.json", recorded().nodes);
    const { code: exit, stderr } = await lockstep(["verify", "--block", block, "--witness", list]);
    expect(exit).to.equal(2);
    expect(stderr).to.match(/list\.json does not name its root: add --parent-root HEX/);
  });

  it("writes no witness of a bad block", async () => {
    const bad = folder.write("bad.json", chain.block({ ...chain.first, stateRoot: new Uint8Array(32) }));
    const path = join(folder.path, "never.json");
    const { code: exit, json } = await lockstepJson<JsonError>(
      "witness",
      "--block",
      bad,
      "--spec",
      spec,
      "-o",
      path,
    );
    expect([exit, json.error.kind]).to.deep.equal([1, "state-root-mismatch"]);
    expect(() => readFileSync(path)).to.throw(/ENOENT/);
  });

  it("calls an entry point on a storage proof", async () => {
    const whole = State.fromEntries([[KEY, VALUE], ...others]);
    const proof = proveRead(whole, [KEY]).map(bytesToHex);
    const file = folder.write("proof.json", { at: "0x00", proof });
    const args = ["call", code, "Test_get", "--input", bytesToHex(KEY), "--witness", file];
    const root = bytesToHex(whole.root);
    const { json } = await lockstepJson<{ result: string }>(...args, "--parent-root", root);
    expect(json.result).to.equal(`0x0108${bytesToHex(VALUE).slice(2)}`);
    const other = [...args.slice(0, 4), bytesToHex(others[9]![0]), ...args.slice(5), "--parent-root", root];
    const missing = await lockstepJson<JsonError>(...other);
    expect([missing.code, missing.json.error.kind]).to.deep.equal([3, "witness-incomplete"]);
  });
});
