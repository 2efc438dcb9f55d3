import { expect } from "chai";
import {
  type Block,
  buildState,
  decodeHeader,
  encodeHeader,
  findState,
  genesisHeader,
  readBlocks,
  readStateFile,
} from "../../../src/host/chain/index.ts";
import { type BlockVerification, replayBlocks, verifyBlock } from "../../../src/host/chain/verify.ts";
import { bytesToHex } from "../../../src/host/hex.ts";
import { CODE_KEY, type State } from "../../../src/host/state/index.ts";
import { verificationFailure } from "../failures.ts";
import { CHAIN_DATA_NOTE, chainJson, HAS_CHAIN_DATA } from "../shared-data.ts";

interface Chain {
  readonly state: State;
  readonly blocks: readonly Block[];
  readonly file: ReturnType<typeof readStateFile>;
}

function load(folder: string): Chain {
  const file = readStateFile(chainJson(`blocks/${folder}/state.json`));
  const state = file.root === undefined ? buildState(file, 0) : findState(file, file.root).state;
  return { state, blocks: readBlocks(chainJson(`blocks/${folder}/blocks.json`)), file };
}

function verify({ state, blocks }: Chain): BlockVerification[] {
  const genesis = blocks[0]!.header.number === 1 ? { parent: genesisHeader(state) } : {};
  return [...replayBlocks({ state, blocks, ...genesis })];
}

describe(`real blocks${CHAIN_DATA_NOTE}`, function () {
  this.timeout(30_000);
  before(function () {
    if (!HAS_CHAIN_DATA) this.skip();
  });

  it("Polkadot 1 verifies from genesis", () => {
    const [block] = verify(load("polkadot-1"));
    expect(bytesToHex(block!.hash)).to.equal(
      "0xc0096358534ec8d21d01d34b836eed476a1c343f8724fa2153dc0725ad797a90",
    );
    expect(bytesToHex(block!.stateRoot)).to.match(/^0xc56fcd6e.*002f$/);
    expect(block!.hostCallCount).to.equal(1092);
    expect(block!.diff.top.length).to.equal(25);
  });

  it("Kusama 1 verifies from genesis, in a memory of its own", () => {
    const [block] = verify(load("kusama-1"));
    expect(bytesToHex(block!.hash)).to.match(/^0xcd9b8e2f/);
    expect(block!.hostCallCount).to.equal(913);
  });

  it("Westend 1 to 32 verify one after the other", () => {
    const chain = load("westend-1-32");
    const blocks = verify(chain);
    expect(blocks.map(({ number }) => number)).to.deep.equal(Array.from({ length: 32 }, (_, i) => i + 1));
    expect(blocks.map(({ hash }) => bytesToHex(hash))).to.deep.equal(
      chainJson<{ hash: string }[]>("blocks/westend-1-32/blocks.json").map(({ hash }) => hash),
    );
  });

  it("Paseo 1 verifies from genesis, with a compressed runtime", () => {
    const [block] = verify(load("paseo-1001002-synthetic-1"));
    expect(bytesToHex(block!.stateRoot)).to.match(/^0x38a45acf/);
  });

  it("blocks that change child tries verify, under state version 1", () => {
    for (const folder of ["1_create-one", "3_read-basic"]) {
      const chain = load(`child-tries/${folder}`);
      const [block] = verify(chain);
      expect(block!.stateRoot).to.deep.equal(chain.blocks[0]!.header.stateRoot);
      expect(block!.checks.find(({ name }) => name === "runtime")?.detail).to.contain("state version 1");
    }
  });

  it("with one bit changed in header, body, state or code fail by the right name", () => {
    const { state, blocks, file } = load("westend-1-32");
    const { header, extrinsics } = blocks[0]!;
    const parent = genesisHeader(state);
    const bytes = encodeHeader(header);
    const kinds = new Set<string>();
    // Parent hash, number, state root, extrinsics root, digest: not the seal, which is not checked.
    const sealed = encodeHeader({ ...header, digest: header.digest.slice(0, -1) }).length;
    for (let at = 0; at < sealed; at += 3) {
      const changed = bytes.slice();
      changed[at]! ^= 4;
      const kind = verificationFailure(() =>
        verifyBlock({ state, header: changed, extrinsics, parent, gasLimit: 10_000_000n }),
      );
      expect(kind, `byte ${at}`).not.to.equal("accepted");
      kinds.add(kind);
      // Which it is can be told where the header still decodes.
      if (at < 32) expect(kind).to.equal("parent-mismatch");
      else if (at > 32 && at < 65) expect(kind).to.equal("state-root-mismatch");
      else if (at >= 65 && at < 97) expect(kind).to.equal("extrinsics-root-mismatch");
    }
    expect(kinds.has("runtime-trap") || kinds.has("bad-header")).to.equal(true);
    expect(decodeHeader(bytes)).to.deep.equal(header);

    const body = extrinsics.map((item) => item.slice());
    body[0]![body[0]!.length - 1]! ^= 1;
    expect(verificationFailure(() => verifyBlock({ state, header, extrinsics: body }))).to.equal(
      "extrinsics-root-mismatch",
    );
    expect(
      verificationFailure(() => verifyBlock({ state, header, extrinsics: extrinsics.slice(1) })),
    ).to.equal("extrinsics-root-mismatch");

    const withChange = (isWanted: (key: Uint8Array) => boolean, at: number) => {
      const top = file.top.map(([key, value]): [Uint8Array, Uint8Array] => [key, value.slice()]);
      const entry = top.find(([key, value]) => isWanted(key) && value.length > at)!;
      entry[1][at]! ^= 1;
      return buildState({ ...file, top }, 0);
    };
    const isCode = (key: Uint8Array) => bytesToHex(key) === bytesToHex(CODE_KEY);
    const damaged = withChange((key) => !isCode(key), 0);
    expect(verificationFailure(() => verifyBlock({ state: damaged, header, extrinsics, parent }))).to.equal(
      "parent-state-mismatch",
    );
    expect(verificationFailure(() => verifyBlock({ state: damaged, header, extrinsics }))).to.equal(
      "state-root-mismatch",
    );
    expect(
      verificationFailure(() => verifyBlock({ state: withChange(isCode, 2), header, extrinsics })),
    ).to.equal("invalid-runtime");
  });

  it("use the same gas every time, and end where it runs out", () => {
    const { state, blocks } = load("kusama-1");
    const { header, extrinsics } = blocks[0]!;
    const [first, second] = [1, 2].map(() => verifyBlock({ state, header, extrinsics }).gasUsed);
    expect(first).to.equal(second);
    expect(verifyBlock({ state, header, extrinsics, gasLimit: first! }).ok).to.equal(true);
    expect(
      verificationFailure(() => verifyBlock({ state, header, extrinsics, gasLimit: first! - 1n })),
    ).to.equal("out-of-gas");
  });
});
