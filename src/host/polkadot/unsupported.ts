/** Functions that hosts have had and this one does not offer. A runtime that imports one links, and traps if it calls it. */
export interface UnsupportedFamily {
  /** What the functions are, for people. */
  readonly what: string;
  readonly names: RegExp;
}

/**
 * By name and of whatever type a runtime imports them in: their types are not known for certain, or differ from
 * host to host. No runtime of a relay chain calls any.
 */
export const UNSUPPORTED: readonly UnsupportedFamily[] = [
  {
    what: "child storage of 2019",
    names:
      /^ext_(storage_child_.*|(set|get|clear|exists|kill|get_allocated)_child_storage.*|child_storage_root)$/,
  },
  { what: "storage transactions of 2019", names: /^ext_storage_discard_transaction(_version_\d+)?$/ },
  { what: "the chain id", names: /^ext_(misc_)?chain_id(_version_\d+)?$/ },
  { what: "the contract sandbox", names: /^ext_sandbox_/ },
  { what: "benchmarking", names: /^ext_benchmarking_/ },
  { what: "tasks", names: /^ext_(runtime_)?tasks_/ },
  // Before RFC-163 there were others, and those of its names had other types.
  { what: "elliptic curves of before RFC-163", names: /^ext_(host_calls|elliptic_curves|ecc)_/ },
  { what: "experimental keys", names: /^ext_crypto_(bls381|bls377|ecdsa_bls381|ecdsa_bls377|bandersnatch)_/ },
  {
    what: "offchain workers of 2019",
    names:
      /^ext_(is_validator|submit_transaction|network_state|timestamp|sleep_until|random_seed|local_storage_(set|get|compare_and_set)|http_\w+)$/,
  },
  { what: "a keystore of 2019", names: /^ext_(ed25519|sr25519)_(public_keys|generate|sign)$/ },
];

/** The family that a function of this name belongs to. */
export function unsupportedFamily(name: string): UnsupportedFamily | undefined {
  return UNSUPPORTED.find(({ names }) => names.test(name));
}
