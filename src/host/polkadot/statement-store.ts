import { functionsOf, type HostFunctions } from "../define.ts";
import { pointer, spanView } from "../types/bytes.ts";
import { none } from "../types/numbers.ts";
import { returnedSpan } from "../types/returned.ts";
import { vec } from "../types/scale-composites.ts";
import { byteVec } from "../types/scale-values.ts";
import type { PolkadotHost } from "./host.ts";
import { enumResult } from "./results.ts";

const fn = functionsOf<PolkadotHost>();

/** What submitting a statement came to, by position. */
const submission = enumResult("SubmitResult", ["new", "known", "bad", "not-available", "full"]);
const statements = returnedSpan(vec(byteVec));
const key = pointer(32);

/**
 * The statement store (host-functions.md section 14). No call has one attached, and the functions answer what a
 * node without one does: nothing is there, and what is submitted is lost.
 */
export const statementStore: HostFunctions<PolkadotHost> = {
  ext_statement_store_submit_statement_version_1: fn([spanView], submission, () => "not-available"),
  ext_statement_store_statements_version_1: fn([], statements, () => []),
  ext_statement_store_broadcasts_version_1: fn([spanView], statements, () => []),
  ext_statement_store_posted_version_1: fn([spanView, key], statements, () => []),
  ext_statement_store_posted_clear_version_1: fn([spanView, key], statements, () => []),
  ext_statement_store_remove_version_1: fn([key], none, () => {}),
  ext_statement_store_remove_by_version_1: fn([key], none, () => {}),
};
