import { Trap } from "../../interp/trap.ts";
import { type HostFunctions, type HostModule, hostModule, refuse } from "../define.ts";
import { childStorage } from "./child-storage.ts";
import { crypto } from "./crypto.ts";
import { keystoreFunctions } from "./crypto-keystore.ts";
import { hashing } from "./hashing.ts";
import type { CallContext, PolkadotHost } from "./host.ts";
import { offchainIndex, storageProofSize, transactionIndex } from "./indexing.ts";
import { logging, tracing } from "./logging.ts";
import { memoryFunctions } from "./memory-functions.ts";
import { misc } from "./misc.ts";
import { offchainFunctions } from "./offchain.ts";
import { storage } from "./storage.ts";
import { trie } from "./trie.ts";

/** Open to every context, parachain validation included. */
const everywhere: HostFunctions<PolkadotHost> = {
  ...memoryFunctions,
  ...misc,
  ...crypto,
  ...hashing,
  ...trie,
  ...logging,
  ...tracing,
};

/** What works on the state or speaks to the node. */
const stateful: HostFunctions<PolkadotHost> = {
  ...storage,
  ...childStorage,
  ...keystoreFunctions,
  ...offchainIndex,
  ...transactionIndex,
  ...storageProofSize,
};

const storageInPvf = (name: string) =>
  new Trap("storage-in-pvf", `${name} is not available to a parachain validation function`);
const offchainOnly = (name: string) =>
  new Trap("offchain-only", `${name} is available to offchain workers only`);

const offchainRefused = refuse(offchainFunctions, offchainOnly);

/** One module per context; what a context forbids is there, with its signature, and traps when called. */
const modules: Readonly<Record<CallContext, HostModule<PolkadotHost>>> = {
  block: hostModule("env", everywhere, stateful, offchainRefused),
  call: hostModule("env", everywhere, stateful, offchainRefused),
  offchain: hostModule("env", everywhere, stateful, offchainFunctions),
  pvf: hostModule("env", everywhere, refuse(stateful, storageInPvf), offchainRefused),
};

/** The functions of `env` for a context, to be bound to a `PolkadotHost`. */
export function polkadotModule(context: CallContext): HostModule<PolkadotHost> {
  return modules[context];
}
