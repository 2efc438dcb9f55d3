import { type Block, genesisHash, genesisHeader, readBlocks } from "../../host/chain/index.ts";
import { type BlockVerification, verifyBlock } from "../../host/chain/verify.ts";
import { bytesToHex } from "../../host/hex.ts";
import { witnessState } from "../../host/state/index.ts";
import { codeIn, stateOf } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { polkadotGenesis } from "../demo/genesis.ts";
import { POLKADOT_BLOCK_1, POLKADOT_BLOCK_1_HASH, POLKADOT_GENESIS_HASH } from "../demo/polkadot-block-1.ts";
import { EXECUTION_OPTIONS, type ExecutionSettings, parseExecution } from "../execution-options.ts";
import { EXIT } from "../exit-codes.ts";
import { count, duration } from "../format.ts";
import { printJson, printLines, showProgress } from "../io.ts";
import { blockToJson, changeCount, checkLines, diffLines, factLine } from "../verification-report.ts";

export const demo = defineCommand({
  name: "demo",
  summary: "verify block 1 of Polkadot, from nothing but its genesis",
  positionals: [],
  options: { ...EXECUTION_OPTIONS, json: COMMON_OPTIONS.json },
  notes: `
Fetches Polkadot's chain specification (2.4 MB) with npm the first time and
keeps it in the folder that LOCKSTEP_CACHE names, else in .cache/lockstep; from
then on no network is needed. Its hash is checked on every run. Then the genesis
hash is computed and block 1 executed on the genesis state by the runtime found
in it. What that needed of the state is recorded, and the block verified again
from this witness and the code alone. --json prints what verify does, and
"genesisHash" and "witness":{"parentStateRoot","nodes","bytes","stateRoot"}.
`,
  async run({ options }, io) {
    const begin = io.now();
    const settings = parseExecution(options);
    const chain = await polkadotGenesis(io, options.json);
    const state = stateOf(chain);
    const hash = bytesToHex(genesisHash(state));
    const genesisHolds = hash === POLKADOT_GENESIS_HASH;
    if (!options.json)
      printLines(io, "", io.colors.bold("Genesis"), factLine(genesisHolds, "hash", hash, io.colors));

    const [block] = readBlocks(POLKADOT_BLOCK_1) as [Block];
    showProgress(io, "executing block 1");
    const start = io.now();
    const verification = verifyBlock({
      ...settings,
      ...block,
      state,
      parent: genesisHeader(state),
      record: true,
    });
    const time = duration(io.now() - start);
    showProgress(io, "executing block 1 on its witness");
    const again = verifyFromWitness(block, verification, codeIn(chain.storage)!, settings);
    showProgress(io, "");
    const blockHolds = bytesToHex(verification.hash) === POLKADOT_BLOCK_1_HASH;
    const ok = genesisHolds && blockHolds && again.ok;
    if (options.json) {
      const { parentStateRoot, nodes, bytes, stateRoot } = again;
      const witness = { parentStateRoot, nodes, bytes, stateRoot };
      printJson(io, { ok, genesisHash: hash, blocks: [blockToJson(verification)], witness });
      return ok ? EXIT.ok : EXIT.mismatch;
    }
    const { colors } = io;
    const changes = changeCount(verification.diff);
    printLines(
      io,
      "",
      colors.bold("Block 1"),
      ...checkLines(verification.checks, colors),
      factLine(blockHolds, "block hash", bytesToHex(verification.hash), colors),
      "",
      colors.bold(`Storage diff (${count(changes, "key")})`),
      ...diffLines(verification.diff, state, colors),
      "",
      colors.bold("Again, from a witness and the code alone"),
      factLine(true, "recorded", `${count(again.nodes, "trie node")}, ${count(again.bytes, "byte")}`, colors),
      factLine(again.ok, "state root", again.stateRoot, colors),
      "",
      `${colors.green("Verified")}: ${count(verification.gasUsed)} gas in ${time}; ${duration(io.now() - begin)} in all.`,
    );
    return ok ? EXIT.ok : EXIT.mismatch;
  },
});

interface WitnessRun {
  readonly ok: boolean;
  readonly parentStateRoot: string;
  readonly nodes: number;
  readonly bytes: number;
  readonly stateRoot: string;
}

/** Verifies the block once more with nothing of the state but what the first time recorded. */
function verifyFromWitness(
  block: Block,
  first: BlockVerification,
  code: Uint8Array,
  settings: ExecutionSettings,
): WitnessRun {
  const witness = first.witness!;
  const state = witnessState(witness);
  const second = verifyBlock({ ...settings, ...block, state, parent: genesisHeader(state), code });
  const stateRoot = bytesToHex(second.stateRoot);
  return {
    ok: stateRoot === bytesToHex(first.stateRoot) && second.gasUsed === first.gasUsed,
    parentStateRoot: bytesToHex(witness.parentStateRoot),
    nodes: witness.nodes.length,
    bytes: witness.nodes.reduce((sum, node) => sum + node.length, 0),
    stateRoot,
  };
}
