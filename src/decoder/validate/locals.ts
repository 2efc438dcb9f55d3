import type { FunctionBody, ValType } from "../module.ts";

/**
 * The types of one function's locals, parameters first. Only the first are spread out, as many as `spread` says:
 * a body of a few bytes may declare 50,000 locals, and thousands of such bodies must not cost more than their size.
 */
export class Locals {
  /** Types of the locals below `known`. */
  types: Uint8Array = new Uint8Array(0);
  known = 0;
  count = 0;

  private params: readonly ValType[] = [];
  private body: FunctionBody | undefined = undefined;
  /** For each run, the index after its last local; made at the first look beyond `known`. */
  private runEnds: number[] = [];

  load(params: readonly ValType[], body: FunctionBody, spread: number): void {
    this.params = params;
    this.body = body;
    this.runEnds = [];
    this.count = params.length + body.localCount;
    const known = Math.min(this.count, spread);
    if (this.types.length < known) this.types = new Uint8Array(Math.max(known, 2 * this.types.length));
    this.known = known;
    let at = Math.min(params.length, known);
    for (let i = 0; i < at; i++) this.types[i] = params[i]!;
    for (let run = 0; at < known; run++) {
      const { count, type } = body.locals[run]!;
      const next = Math.min(at + count, known);
      this.types.fill(type, at, next);
      at = next;
    }
  }

  /** The type of any local, or undefined where there is none of this index. */
  typeOf(index: number): ValType | undefined {
    if (index >= this.count) return undefined;
    if (index < this.params.length) return this.params[index];
    const { locals } = this.body!;
    if (this.runEnds.length === 0) {
      let end = this.params.length;
      for (const { count } of locals) {
        end += count;
        this.runEnds.push(end);
      }
    }
    let low = 0;
    let high = locals.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (index < this.runEnds[middle]!) high = middle;
      else low = middle + 1;
    }
    return locals[low]!.type;
  }
}
