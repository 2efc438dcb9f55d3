import { type Block, genesisHeader, type Header } from "../../host/chain/index.ts";
import { type BlockVerification, replayBlocks } from "../../host/chain/verify.ts";
import { bytesToHex } from "../../host/hex.ts";
import type { State } from "../../host/state/index.ts";
import { type OptionValues, UsageError } from "../args.ts";
import { type ChainInput, readBlockFile, readChainInput, stateOf } from "../chain-input.ts";
import { CODE_STORE_OPTION, folderStore } from "../code-store.ts";
import { COMMON_OPTIONS } from "../command.ts";
import type { ExecutionSettings } from "../execution-options.ts";
import { InputError } from "../input.ts";
import { PARENT_OPTION, readParent } from "../parent-input.ts";
import { readWitness, WITNESS_OPTIONS, type WitnessInput } from "../witness-input.ts";
import type { Watch, Workload } from "./workload.ts";

/** Options that say what is verified, and on which state. */
export const REPLAY_OPTIONS = {
  block: { value: "FILE", help: "one block or a list of consecutive ones, as JSON" },
  spec: COMMON_OPTIONS.spec,
  state: COMMON_OPTIONS.state,
  ...WITNESS_OPTIONS,
  ...PARENT_OPTION,
  code: { value: "FILE", help: "the runtime's code, for a witness without it" },
  ...CODE_STORE_OPTION,
} as const;

/** Blocks to verify one after the other, and where to begin. */
export interface BlockReplay {
  readonly blocks: readonly Block[];
  readonly state: State;
  readonly witness: WitnessInput | undefined;
  /** @throws VerificationError at the first bad block */
  verify(watch?: Watch): Iterable<BlockVerification>;
}

/** @throws UsageError, InputError, FormatError, StateError */
export function prepareReplay(
  options: OptionValues<typeof REPLAY_OPTIONS>,
  settings: ExecutionSettings,
): BlockReplay {
  if (options.block === undefined) throw new UsageError("missing --block FILE");
  const chain = readChainInput(options);
  const witness = readWitness(options, chain);
  if (chain === undefined && witness === undefined) {
    throw new UsageError("missing --spec FILE, --state FILE or --witness FILE");
  }
  const blocks = readBlockFile(options.block);
  const [first] = blocks;
  if (first === undefined) throw new InputError(`${options.block} has no blocks`);
  const folder = options["code-store"];
  const codeStore = folder === undefined ? undefined : folderStore(folder);
  const state = witness?.state ?? stateOf(chain!, codeStore && { codeStore });
  const parent = readParent(options) ?? parentOf(first, state, chain);
  const code = witness?.code;
  return {
    blocks,
    state,
    witness,
    verify: (watch = {}) =>
      replayBlocks({
        ...settings,
        ...watch,
        state,
        blocks,
        ...(parent !== undefined && { parent }),
        ...(code !== undefined && { code }),
        ...(codeStore !== undefined && { codeStore }),
        ...(chain?.spec !== undefined && { rules: chain.spec }),
      }),
  };
}

/** Only the genesis header follows from the state alone. */
function parentOf(first: Block, state: State, chain: ChainInput | undefined): Header | undefined {
  return chain?.spec !== undefined || first.header.number === 1 ? genesisHeader(state) : undefined;
}

/** @throws as `prepareReplay` */
export function verifyWorkload(
  options: OptionValues<typeof REPLAY_OPTIONS>,
  settings: ExecutionSettings,
): Workload {
  const replay = prepareReplay(options, settings);
  return {
    title: "verify",
    execute(watch, tell) {
      for (const block of replay.verify(watch)) tell(verified(block));
    },
  };
}

/** What is told of a verified block. */
export function verified({ number, hash, gasUsed }: BlockVerification) {
  return { event: "block", number, hash: bytesToHex(hash), gas: Number(gasUsed) };
}
