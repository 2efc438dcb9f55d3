import { runtimeApiId } from "../../chain/runtime-version.ts";
import type { Hex } from "../../hex.ts";

/** Traits of runtime APIs that runtimes of Polkadot, its parachains and templates have had. Ids follow from names. */
export const RUNTIME_API_NAMES = [
  "Core",
  "Metadata",
  "BlockBuilder",
  "TaggedTransactionQueue",
  "OffchainWorkerApi",
  "GrandpaApi",
  "BabeApi",
  "AuraApi",
  "AuraUnincludedSegmentApi",
  "SessionKeys",
  "AccountNonceApi",
  "TransactionPaymentApi",
  "TransactionPaymentCallApi",
  "ParachainHost",
  "BeefyApi",
  "BeefyMmrApi",
  "MmrApi",
  "AuthorityDiscoveryApi",
  "NominationPoolsApi",
  "StakingApi",
  "GenesisBuilder",
  "CollectCollationInfo",
  "ContractsApi",
  "AssetConversionApi",
  "FungiblesApi",
  "AssetsApi",
  "NftsApi",
  "XcmPaymentApi",
  "DryRunApi",
  "LocationToAccountApi",
  "TrustedQueryApi",
  "AuthorizedAliasersApi",
  "ReviveApi",
  "GetParachainInfo",
  "RelayParentOffsetApi",
  "GetCoreSelectorApi",
  "ValidateStatement",
  "Benchmark",
  "TryRuntime",
] as const;

let names: ReadonlyMap<Hex, string> | undefined;

/** The trait's name, or undefined if the id is not one of those known here. */
export function runtimeApiName(id: Hex): string | undefined {
  // Not when the module is loaded: whoever does not ask should not pay.
  names ??= new Map(RUNTIME_API_NAMES.map((name) => [runtimeApiId(name), name]));
  return names.get(id);
}
