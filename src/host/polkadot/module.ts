import type { FuncType } from "../../decoder/module.ts";
import { Trap } from "../../interp/trap.ts";
import { describe, type HostFunctions, type HostModule, hostModule, refuse, signature } from "../define.ts";
import { childStorage } from "./child-storage.ts";
import { crypto } from "./crypto.ts";
import { keystoreFunctions } from "./crypto-keystore.ts";
import { ellipticCurves } from "./elliptic-curves.ts";
import { hashing } from "./hashing.ts";
import type { CallContext, PolkadotHost } from "./host.ts";
import { offchainIndex, storageProofSize, transactionIndex } from "./indexing.ts";
import { logging, tracing } from "./logging.ts";
import { memoryFunctions } from "./memory-functions.ts";
import { misc } from "./misc.ts";
import { offchainFunctions, transactionPool } from "./offchain.ts";
import { offchainHttp } from "./offchain-http.ts";
import { sandbox } from "./sandbox.ts";
import { statementStore } from "./statement-store.ts";
import { storage } from "./storage.ts";
import { trie } from "./trie.ts";
import { unsupportedFamily } from "./unsupported.ts";
import { unversioned, unversionedStorage } from "./unversioned.ts";

/** A chapter of the host API: functions that the same contexts may call. */
interface Chapter {
  readonly title: string;
  readonly functions: HostFunctions<PolkadotHost>;
  readonly contexts: readonly CallContext[];
  /** What calling one traps with in any other context. */
  readonly refusal: (name: string) => Trap;
}

const CONTEXTS = ["block", "call", "offchain", "pvf"] as const satisfies readonly CallContext[];
const WITH_STATE = ["block", "call", "offchain"] as const;

const refusedBy = (code: string, reason: string) => (name: string) => new Trap(code, `${name} ${reason}`);
const storageInPvf = refusedBy("storage-in-pvf", "is not available to a parachain validation function");
const notInPvf = refusedBy("unavailable-in-pvf", "is not available to a parachain validation function");
const keystoreUnavailable = refusedBy("keystore-unavailable", "needs a keystore, and this call has none");
const offchainOnly = refusedBy("offchain-only", "is available to offchain workers only");
const sandboxUnsupported = refusedBy(
  "sandbox-unsupported",
  "belongs to the contract sandbox, which no host has",
);

/** The whole host API in `env`, in the order of the reference (host-functions.md). */
const CHAPTERS: readonly Chapter[] = [
  { title: "storage", functions: storage, contexts: WITH_STATE, refusal: storageInPvf },
  { title: "default child storage", functions: childStorage, contexts: WITH_STATE, refusal: storageInPvf },
  { title: "crypto", functions: crypto, contexts: CONTEXTS, refusal: notInPvf },
  { title: "keystore", functions: keystoreFunctions, contexts: WITH_STATE, refusal: keystoreUnavailable },
  { title: "hashing", functions: hashing, contexts: CONTEXTS, refusal: notInPvf },
  { title: "trie", functions: trie, contexts: CONTEXTS, refusal: notInPvf },
  { title: "misc", functions: misc, contexts: CONTEXTS, refusal: notInPvf },
  { title: "logging", functions: logging, contexts: CONTEXTS, refusal: notInPvf },
  { title: "tracing", functions: tracing, contexts: CONTEXTS, refusal: notInPvf },
  { title: "memory", functions: memoryFunctions, contexts: CONTEXTS, refusal: notInPvf },
  {
    title: "transaction pool",
    functions: transactionPool,
    contexts: ["call", "offchain"],
    refusal: offchainOnly,
  },
  { title: "offchain", functions: offchainFunctions, contexts: ["offchain"], refusal: offchainOnly },
  { title: "offchain http", functions: offchainHttp, contexts: ["offchain"], refusal: offchainOnly },
  { title: "offchain index", functions: offchainIndex, contexts: WITH_STATE, refusal: notInPvf },
  { title: "transaction index", functions: transactionIndex, contexts: WITH_STATE, refusal: notInPvf },
  { title: "storage proof size", functions: storageProofSize, contexts: WITH_STATE, refusal: notInPvf },
  { title: "elliptic curves", functions: ellipticCurves, contexts: CONTEXTS, refusal: notInPvf },
  { title: "statement store", functions: statementStore, contexts: WITH_STATE, refusal: notInPvf },
  { title: "sandbox", functions: sandbox, contexts: [], refusal: sandboxUnsupported },
  { title: "unversioned", functions: unversioned, contexts: CONTEXTS, refusal: notInPvf },
  {
    title: "unversioned storage",
    functions: unversionedStorage,
    contexts: WITH_STATE,
    refusal: storageInPvf,
  },
];

/** A function of the host API, for listings. */
export interface HostApiEntry {
  readonly name: string;
  /** From its name; undefined for those of before there were versions. */
  readonly version: number | undefined;
  readonly chapter: string;
  /** In words: `(span, u32) -> span Option<u32>`. */
  readonly description: string;
  readonly signature: FuncType;
  /** Where it may be called; elsewhere it links, and traps by name. */
  readonly contexts: readonly CallContext[];
}

/** Every function of the host API. */
export function hostApi(): HostApiEntry[] {
  return CHAPTERS.flatMap(({ title, functions, contexts }) =>
    Object.entries(functions).map(([name, fn]) => {
      const version = /_version_(\d+)$/.exec(name)?.[1];
      return {
        name,
        version: version === undefined ? undefined : Number(version),
        chapter: title,
        description: describe(fn),
        signature: signature(fn),
        contexts,
      };
    }),
  );
}

/** What a context forbids is there, with its signature, and traps when called. */
function moduleFor(context: CallContext): HostModule<PolkadotHost> {
  const tables = CHAPTERS.map(({ functions, contexts, refusal }) =>
    contexts.includes(context) ? functions : refuse(functions, refusal),
  );
  return hostModule("env", ...tables);
}

const modules: Readonly<Record<CallContext, HostModule<PolkadotHost>>> = {
  block: moduleFor("block"),
  call: moduleFor("call"),
  offchain: moduleFor("offchain"),
  pvf: moduleFor("pvf"),
};

let otherTypes: ReadonlySet<string> | undefined;

/** Whether a function of ours has a name that hosts have also had in other types: only its type tells which is meant. */
export function hadOtherTypes(name: string): boolean {
  otherTypes ??= new Set([...modules.block.functions.keys()].filter((key) => unsupportedFamily(key)));
  return otherTypes.has(name);
}

/** The functions of `env` for a context, to be bound to a `PolkadotHost`. */
export function polkadotModule(context: CallContext): HostModule<PolkadotHost> {
  return modules[context];
}
