import { expect } from "chai";
import { BlockBuilder } from "../../../src/host/chain/build.ts";
import {
  type Block,
  blockHash,
  type ChainRules,
  type CodeSubstitute,
  encodeRuntimeVersion,
  genesisHeader,
  readChainSpec,
} from "../../../src/host/chain/index.ts";
import { replayBlocks, verifyBlock } from "../../../src/host/chain/verify.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { Runtime } from "../../../src/host/runtime/index.ts";
import { encodeUtf8 as bytes } from "../../../src/host/scale/index.ts";
import { CODE_KEY, PENDING_CODE_KEY, State } from "../../../src/host/state/index.ts";
import { verificationFailure } from "../failures.ts";
import { mini, miniGenesis, miniRuntime } from "../mini-runtime.ts";
import { guest, op, span } from "../runtime/guest.ts";

/** Code of a spec version that traps whatever block it is given. */
function broken(specVersion: number): Uint8Array {
  const version = encodeRuntimeVersion({ ...Runtime.fromCode(miniRuntime()).version(), specVersion });
  return guest({
    data: [[300, version]],
    functions: [
      { name: "Core_version", code: span(300, version.length) },
      { name: "Core_execute_block", code: op("unreachable") },
    ],
  });
}

/** Blocks that the good code built on a state whose own code is `code`. */
function chainOn(code: Uint8Array, length: number): { state: State; blocks: Block[] } {
  const state = State.fromEntries([[CODE_KEY, code]], [], 1);
  const runtime = Runtime.fromCode(miniRuntime());
  const blocks: Block[] = [];
  let parent = genesisHeader(state);
  let at = state;
  for (let i = 0; i < length; i++) {
    const builder = new BlockBuilder({ parent, state: at, runtime });
    builder.push(mini.call("append", "list", bytes("x")));
    const built = builder.finish();
    blocks.push(built);
    ({ header: parent, state: at } = built);
  }
  return { state, blocks };
}

function replayed(chain: { state: State; blocks: readonly Block[] }, rules: ChainRules): number[] {
  const parent = genesisHeader(chain.state);
  return [...replayBlocks({ ...chain, parent, rules })].map(({ number }) => number);
}

const good = miniRuntime();
const substitute = (block: number | Uint8Array, code = good): CodeSubstitute => ({ block, code });

describe("code substitutes", () => {
  const chain = chainOn(broken(1), 3);
  const genesis = blockHash(genesisHeader(chain.state));

  it("execute the children of their block and all that follow", () => {
    expect(replayed(chain, { codeSubstitutes: [substitute(0)] })).to.deep.equal([1, 2, 3]);
    expect(replayed(chain, { codeSubstitutes: [substitute(genesis)] })).to.deep.equal([1, 2, 3]);
    expect(verificationFailure(() => replayed(chain, {}))).to.equal("runtime-trap");
    expect(verificationFailure(() => replayed(chain, { codeSubstitutes: [substitute(1)] }))).to.equal(
      "runtime-trap",
    );
    expect(
      verificationFailure(() => replayed(chain, { codeSubstitutes: [substitute(new Uint8Array(32))] })),
    ).to.equal("runtime-trap");
  });

  it("of a number count for a block by itself, too; of a hash for its children alone", () => {
    const verify = (index: number, rules: ChainRules) => {
      const states = [chain.state];
      for (const { newState } of replayBlocks({ ...chain, rules: { codeSubstitutes: [substitute(0)] } })) {
        states.push(newState);
      }
      return verificationFailure(() =>
        verifyBlock({ ...chain.blocks[index]!, state: states[index]!, rules }),
      );
    };
    expect(verify(2, { codeSubstitutes: [substitute(0)] })).to.equal("accepted");
    expect(verify(0, { codeSubstitutes: [substitute(genesis)] })).to.equal("accepted");
    expect(verify(2, { codeSubstitutes: [substitute(genesis)] })).to.equal("runtime-trap");
  });

  it("are for their spec version alone", () => {
    const other = chainOn(broken(2), 1);
    expect(verificationFailure(() => replayed(other, { codeSubstitutes: [substitute(0)] }))).to.equal(
      "runtime-trap",
    );
    // Of several the one for the version, and of those the last.
    const rules = { codeSubstitutes: [substitute(0, broken(1)), substitute(0), substitute(0, broken(7))] };
    expect(replayed(chain, rules)).to.deep.equal([1, 2, 3]);
    const wrong = { codeSubstitutes: [substitute(0), substitute(0, broken(1))] };
    expect(verificationFailure(() => replayed(chain, wrong))).to.equal("runtime-trap");
  });

  it("are told in the checks, and refused where they are no runtimes", () => {
    const [block] = replayBlocks({ ...chain, rules: { codeSubstitutes: [substitute(0)] } });
    expect(block!.checks.find(({ name }) => name === "runtime")?.detail).to.match(
      /, code substituted by the rules$/,
    );
    expect(
      verificationFailure(() => replayed(chain, { codeSubstitutes: [substitute(0, bytes("no code"))] })),
    ).to.equal("invalid-runtime");
    // One that is not for these blocks is not looked at.
    expect(
      verificationFailure(() => replayed(chain, { codeSubstitutes: [substitute(9, bytes("no code"))] })),
    ).to.equal("runtime-trap");
  });

  it("do not count where the caller brings a runtime", () => {
    const rules = { codeSubstitutes: [substitute(0)] };
    const runtime = Runtime.fromCode(broken(1));
    expect(
      verificationFailure(() => verifyBlock({ ...chain.blocks[0]!, state: chain.state, rules, runtime })),
    ).to.equal("runtime-trap");
  });

  it("stand beside code that is pending, which comes before the state's own", () => {
    const state = State.fromEntries(
      [
        [CODE_KEY, broken(1)],
        [PENDING_CODE_KEY, good],
      ],
      [],
      1,
    );
    const { header, extrinsics } = new BlockBuilder({ parent: genesisHeader(state), state }).finish();
    expect(verifyBlock({ state, header, extrinsics }).ok).to.equal(true);
  });
});

describe("blocks that a chain's specification lists", () => {
  const state = miniGenesis();
  const builder = new BlockBuilder({ parent: genesisHeader(state), state });
  const block = builder.finish();
  const kind = (rules: ChainRules) => verificationFailure(() => verifyBlock({ ...block, state, rules }));
  const other = new Uint8Array(32).fill(1);

  it("are refused as bad, or for another at their height", () => {
    expect(kind({ badBlocks: [other] })).to.equal("accepted");
    expect(kind({ badBlocks: [other, block.hash] })).to.equal("bad-block");
    expect(kind({ forkBlocks: [{ number: 1, hash: block.hash }] })).to.equal("accepted");
    expect(kind({ forkBlocks: [{ number: 2, hash: other }] })).to.equal("accepted");
    expect(kind({ forkBlocks: [{ number: 1, hash: other }] })).to.equal("fork-mismatch");
  });

  it("come from the specification as it is read", () => {
    const spec = readChainSpec({
      name: "Mini",
      id: "mini",
      genesis: { raw: { top: { [bytesToHex(CODE_KEY)]: bytesToHex(good) } } },
      badBlocks: [bytesToHex(block.hash)],
      forkBlocks: null,
      codeSubstitutes: { 5: bytesToHex(good) },
    });
    expect(kind(spec)).to.equal("bad-block");
    expect(verificationFailure(() => replayed({ state, blocks: [block] }, spec))).to.equal("bad-block");
  });
});
