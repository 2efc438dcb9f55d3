import type { HttpService } from "./http-service.ts";

/**
 * What an offchain worker may reach beyond the state. The host supplies it; nothing here is deterministic, and
 * no other context may use it.
 */
export interface OffchainHost {
  isValidator(): boolean;
  /** False if the pool refuses the extrinsic. */
  submitTransaction(extrinsic: Uint8Array): boolean;
  /** The node's peer id and addresses, or undefined if it has none. */
  networkState(): { readonly peerId: Uint8Array; readonly addresses: readonly Uint8Array[] } | undefined;
  /** Unix time in milliseconds. */
  timestamp(): bigint;
  /** Blocks until `deadline`, Unix time in milliseconds. */
  sleepUntil(deadline: bigint): void;
  /** 32 bytes. */
  randomSeed(): Uint8Array;
  /** The persistent offchain database. */
  get(key: Uint8Array): Uint8Array | undefined;
  set(key: Uint8Array, value: Uint8Array): void;
  clear(key: Uint8Array): void;
  /** Which nodes may connect; `only` refuses all others. Absent: the function traps. */
  setAuthorizedNodes?(nodes: readonly Uint8Array[], only: boolean): void;
  /** Absent: the functions that need it trap. */
  readonly http?: HttpService;
}
