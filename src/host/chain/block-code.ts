import { Runtime } from "../runtime/runtime.ts";
import { WitnessIncomplete } from "../state/errors.ts";
import type { State } from "../state/state.ts";
import { CODE_KEY, PENDING_CODE_KEY } from "../state/well-known-keys.ts";

/** The code that executes a block, or why there is none. */
export type BlockCode =
  | { readonly kind: "stored"; readonly code: Uint8Array; readonly origin: object | undefined }
  | { readonly kind: "proven" | "unproven"; readonly code: Uint8Array }
  | { readonly kind: "none" | "different" }
  | { readonly kind: "unknown"; readonly cause: WitnessIncomplete };

/**
 * The code by which a block is executed on the state its parent left: what it left pending, if it did so
 * (RFC-123), else `:code`. A partial state may not hold the code itself; then the one given is taken:
 * - `stored`: the state holds it. - `proven`: it is the one given, and has the hash that the state tells.
 * - `unproven`: it is the one given, on trust. - `different`: the one given has not the hash that the state tells.
 * - `none`: the state has no code. - `unknown`: the state does not tell it, and none is given.
 */
export function blockCode(state: State, given: Uint8Array | undefined): BlockCode {
  try {
    const key = has(state, PENDING_CODE_KEY, given) ? PENDING_CODE_KEY : CODE_KEY;
    if (!state.has(key)) return { kind: "none" };
    const stored = valueIfThere(state, key);
    if (!(stored instanceof WitnessIncomplete)) {
      return { kind: "stored", code: stored, origin: state.main.origin(key) };
    }
    if (given === undefined) return { kind: "unknown", cause: stored };
    return state.main.holds(key, given, Runtime.hashOf)
      ? { kind: "proven", code: given }
      : { kind: "different" };
  } catch (cause) {
    if (!(cause instanceof WitnessIncomplete)) throw cause;
    return given === undefined ? { kind: "unknown", cause } : { kind: "unproven", code: given };
  }
}

/** Who gives the code says with it that there is none pending, if the state does not tell. */
function has(state: State, key: Uint8Array, given: Uint8Array | undefined): boolean {
  try {
    return state.has(key);
  } catch (error) {
    if (error instanceof WitnessIncomplete && given !== undefined) return false;
    throw error;
  }
}

/** The value of a key that exists. */
function valueIfThere(state: State, key: Uint8Array): Uint8Array | WitnessIncomplete {
  try {
    return state.get(key)!;
  } catch (error) {
    if (error instanceof WitnessIncomplete) return error;
    throw error;
  }
}
