import type { Decorator } from "../../host/define.ts";
import type { PolkadotHost } from "../../host/polkadot/host.ts";
import type { Observer } from "../../interp/index.ts";

/** Who looks on while code runs. */
export interface Watch {
  readonly observer?: Observer;
  /** For the functions of the Polkadot host. */
  readonly decorate?: Decorator<PolkadotHost>;
}

/** A fact about how a run went, for a line of JSON: what it returned, a block that was verified. */
export interface Outcome {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** Something that runs code and can be watched at it. */
export interface Workload {
  /** In words: `run fib`, `call Core_version`. */
  readonly title: string;
  /** Runs it, giving what comes out of it to `tell`. @throws what the run throws, a trap for one */
  execute(watch: Watch, tell: (outcome: Outcome) => void): void;
}
