import { bytesToHex, type Hex } from "../host/hex.ts";
import { twox } from "../host/polkadot/hash/index.ts";
import { shorten } from "./format.ts";

/**
 * Storage items that early relay-chain blocks touch, by pallet prefix. FRAME puts an item at
 * twox128(pallet) ++ twox128(item) ++ hashed map key, so only names one knows can be read back.
 */
const ITEMS: { readonly [pallet: string]: string } = {
  System:
    "Account AllExtrinsicsLen AllExtrinsicsWeight BlockHash BlockWeight Digest EventCount Events EventTopics ExecutionPhase " +
    "ExtrinsicCount ExtrinsicData ExtrinsicsRoot LastRuntimeUpgrade Number ParentHash " +
    "UpgradedToTripleRefCount UpgradedToU32RefCount",
  Babe:
    "AuthorVrfRandomness Authorities CurrentSlot EpochConfig EpochIndex EpochStart GenesisSlot Initialized " +
    "Lateness NextAuthorities NextEpochConfig NextRandomness Randomness SegmentIndex UnderConstruction",
  Timestamp: "DidUpdate Now",
  Indices: "Accounts",
  Balances: "Account Locks StorageVersion TotalIssuance",
  TransactionPayment: "NextFeeMultiplier StorageVersion",
  Authorship: "Author DidSetUncles Uncles",
  Staking:
    "ActiveEra Bonded CanceledSlashPayout CurrentElected CurrentEra CurrentEraPointsEarned CurrentEraStart " +
    "CurrentEraStartSessionIndex EraElectionStatus ErasRewardPoints ErasStakers ErasStakersClipped " +
    "ErasStartSessionIndex ErasTotalStake ErasValidatorPrefs ErasValidatorReward ForceEra HistoryDepth " +
    "IsCurrentSessionFinal Ledger MinimumValidatorCount Nominators Payee QueuedElected QueuedScore " +
    "SlashRewardFraction SnapshotNominators SnapshotValidators StorageVersion Validators ValidatorCount",
  Offences: "ConcurrentReportsIndex DeferredOffences Reports ReportsByKindIndex",
  Session: "CurrentIndex DisabledValidators KeyOwner NextKeys QueuedChanged QueuedKeys Validators",
  FinalityTracker: "Initialized Median OrderedHints RecentHints Update",
  GrandpaFinality: "CurrentSetId NextForced PendingChange SetIdSession Stalled State",
  ImOnline: "AuthoredBlocks GossipAt HeartbeatAfter Keys ReceivedHeartbeats",
  AuthorityDiscovery: "Keys NextKeys",
  Democracy:
    "LowestUnbaked NextExternal PublicPropCount PublicProps ReferendumCount ReferendumInfoOf StorageVersion",
  Instance1Collective: "Members Prime ProposalCount Proposals Voting",
  Instance2Collective: "Members Prime ProposalCount Proposals Voting",
  Instance1Membership: "Members Prime",
  PhragmenElection: "Candidates ElectionRounds Members RunnersUp StakeOf VotesOf Voting",
  Treasury: "Approvals ProposalCount Proposals Tips",
  Claims: "Claims Preclaims Signing Total Vesting",
  Vesting: "Vesting",
  Parachains:
    "Authorities Code DidUpdate Heads NeedsDispatch RelayDispatchQueue RelayDispatchQueueSize ReportedBy UnroutedIngress " +
    "UpwardMessages Watermarks",
  Attestations: "DidUpdate ParaBlockAttestations RecentParaBlocks",
  Slots: "AuctionCounter AuctionInfo Deposits ManagedIds Onboarding ReservedAmounts Winning",
  Registrar: "Active Debtors NextFreeId Paras Parachains PendingSwap RetryQueue SelectedThreads ThreadCount",
  Scheduler: "Agenda Lookup StorageVersion",
  RandomnessCollectiveFlip: "RandomMaterial",
  Historical: "CachedObsolete HistoricalSessions StoredRange",
  Contracts: "CodeInfoOf CodeStorage ContractInfoOf DeletionQueue Nonce OwnerInfoOf PristineCode",
  Sudo: "Key",
};

/** Keys of the client and of old pallets that stand for themselves: readable ASCII such as `:code`. */
const READABLE = /^:[a-z_:]+$/;

let names: Map<Hex, string> | undefined;

/** `0x` and the hex of twox128 of a name. */
function hash(name: string): string {
  return bytesToHex(twox(new TextEncoder().encode(name), 16)).slice(2);
}

function known(): Map<Hex, string> {
  names ??= new Map(
    Object.entries(ITEMS).flatMap(([pallet, items]) => {
      const prefix = hash(pallet);
      return items.split(" ").map((item): [Hex, string] => [`0x${prefix}${hash(item)}`, `${pallet}.${item}`]);
    }),
  );
  return names;
}

/** Hex digits of pallet and item prefix, with `0x`. */
const PREFIX_DIGITS = 2 + 64;

/**
 * A storage key for people: `System.Number`, `System.BlockHash(0x…)`, `:code`, or the hex of an unknown one,
 * shortened to `width` characters.
 */
export function storageName(key: Uint8Array, width: number): string {
  const text = String.fromCharCode(...key.subarray(0, 64));
  if (READABLE.test(text) && key.length <= 64) return text;
  const hex = bytesToHex(key);
  const name = known().get(hex.slice(0, PREFIX_DIGITS) as Hex);
  if (name === undefined) return shorten(hex, width);
  const rest = hex.slice(PREFIX_DIGITS);
  return rest === "" ? name : `${name}(${shorten(`0x${rest}`, Math.max(8, width - name.length - 2))})`;
}
