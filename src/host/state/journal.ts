import { StateError } from "./errors.ts";
import type { OverlayOperation } from "./operations.ts";

/** A key's change that a transaction covered, to be put back if the transaction is rolled back. */
export interface Undo {
  /** Puts the former change back. */
  restore(): void;
  /** The transaction is committed into the one below, of this depth; true if that one needs the undo too. */
  lower(depth: number): boolean;
}

/**
 * The open transactions over all tries of an overlay. Opening one is O(1); ending one costs as much as it
 * changed. Depth 0 is outside of all transactions.
 */
export class Journal {
  readonly #layers: Undo[][] = [];
  #revision = 0;
  /** Is told every operation, in order, if somebody wants to make the same overlay again. */
  listener: ((operation: OverlayOperation) => void) | undefined;

  get depth(): number {
    return this.#layers.length;
  }

  /** Changes with every change: what a cache of something computed from the overlay is valid for. */
  get revision(): number {
    return this.#revision;
  }

  touch(): void {
    this.#revision++;
  }

  /** Remembers, inside a transaction, how to take back the first change that it makes to a key. */
  record(undo: Undo): void {
    this.#layers[this.#layers.length - 1].push(undo);
  }

  start(): void {
    this.listener?.({ kind: "start" });
    this.#layers.push([]);
  }

  /** @throws StateError `no-transaction` */
  commit(): void {
    this.listener?.({ kind: "commit" });
    const undos = this.#pop("commit");
    const below = this.#layers[this.#layers.length - 1];
    for (const undo of undos) {
      if (undo.lower(this.depth)) below.push(undo);
    }
  }

  /** @throws StateError `no-transaction` */
  rollback(): void {
    this.listener?.({ kind: "rollback" });
    for (const undo of this.#pop("roll back")) undo.restore();
    this.touch();
  }

  #pop(what: string): Undo[] {
    const layer = this.#layers.pop();
    if (layer === undefined) throw new StateError("no-transaction", `no open transaction to ${what}`);
    return layer;
  }
}
