import { equalBytes } from "../bytes.ts";
import { bytesToHex } from "../hex.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ChainSpec, CodeSubstitute } from "./chain-spec.ts";
import { blockHash, type Header } from "./header.ts";

/** What a chain has agreed on beside its state: exceptions that its specification lists. A `ChainSpec` has them. */
export type ChainRules = Partial<Pick<ChainSpec, "codeSubstitutes" | "badBlocks" | "forkBlocks">>;

/** A rule that a block breaks. */
export interface BrokenRule {
  readonly kind: "bad-block" | "fork-mismatch";
  readonly detail: string;
}

/** Whether a block is listed as bad, or is not the one that has to be at its height. */
export function brokenRule(rules: ChainRules, header: Header): BrokenRule | undefined {
  const { badBlocks = [], forkBlocks = [] } = rules;
  if (badBlocks.length === 0 && forkBlocks.length === 0) return undefined;
  const hash = blockHash(header);
  if (badBlocks.some((bad) => equalBytes(bad, hash))) {
    return { kind: "bad-block", detail: `the chain's specification lists ${bytesToHex(hash)} as bad` };
  }
  const fork = forkBlocks.find(({ number }) => number === header.number);
  if (fork === undefined || equalBytes(fork.hash, hash)) return undefined;
  const detail = `block ${header.number} is ${bytesToHex(hash)}, the chain's specification says ${bytesToHex(fork.hash)}`;
  return { kind: "fork-mismatch", detail };
}

/**
 * The code substitutes of a chain (host-functions.md section 18): from the children of a block on, code that
 * executes blocks instead of the state's own, for as long as that has the same spec version. One whose block is told
 * by its hash counts from when a child of it is seen, as its number is only known then.
 */
export class CodeSubstitutes {
  readonly #substitutes: readonly CodeSubstitute[];
  readonly #passed = new Set<CodeSubstitute>();

  constructor(substitutes: readonly CodeSubstitute[] = []) {
    this.#substitutes = substitutes;
  }

  /**
   * The runtime to execute a block by, if not the state's own.
   * @throws RuntimeError for a substitute that is no runtime
   */
  runtimeFor(header: Header, own: Runtime, load: (code: Uint8Array) => Runtime): Runtime | undefined {
    for (const substitute of this.#substitutes) {
      if (this.#begins(substitute, header)) this.#passed.add(substitute);
    }
    // Of several for one version the latest counts.
    const candidates = this.#substitutes.filter((substitute) => this.#passed.has(substitute)).reverse();
    if (candidates.length === 0) return undefined;
    const { specVersion } = own.version();
    return candidates
      .map(({ code }) => load(code))
      .find((runtime) => runtime.version().specVersion === specVersion);
  }

  #begins({ block }: CodeSubstitute, header: Header): boolean {
    return typeof block === "number" ? block < header.number : equalBytes(block, header.parentHash);
  }
}
