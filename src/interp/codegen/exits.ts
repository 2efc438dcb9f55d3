import { F64, I64 } from "../../decoder/module.ts";
import type { Code } from "../machine/code.ts";
import type { Operand } from "./operand.ts";
import { type CodeSite, sitesOf } from "./sites.ts";
import { bigOf } from "./slots.ts";
import { RESET, type Writer } from "./writer.ts";

/** Stands for the gas of all blocks that are written, together. */
export const REACH = "/*reach*/";

/** The gas of a function, and the ways out of it to the machine: where it stands there, and what is in its frame. */
export class Exits {
  private readonly w: Writer;
  private readonly code: Code;
  private readonly index: number;
  private readonly sites: ReadonlyMap<number, CodeSite>;
  /** Where the operator being written stands. */
  site: CodeSite = { address: 0, block: -1 };
  /** The gas of all blocks that were written so far, together. */
  reach = 0;
  /** The last block that costs gas. */
  private readonly lastBlock: number;

  constructor(code: Code, index: number, w: Writer) {
    this.code = code;
    this.index = index;
    this.w = w;
    this.sites = sitesOf(code, index);
    const blocks = new Set([...this.sites.values()].map(({ block }) => block).filter((block) => block >= 0));
    this.lastBlock = Math.max(0, ...[...blocks].filter((block) => this.costOf(block) > 0));
    this.reach = this.costOf(0);
  }

  /** The site of the operator at this byte offset, which is one that is reached. */
  siteAt(offset: number): CodeSite {
    const site = this.sites.get(offset);
    if (site === undefined) throw new Error(`codegen: no site for the operator at byte ${offset}`);
    return site;
  }

  /** Gas of the block whose gas word is so many words into the function. */
  costOf(block: number): number {
    const { code, index } = this;
    return code.words[code.entries[index]! + block]!;
  }

  /** Statements that put the operands where the machine has them. */
  saves(): string {
    const { w } = this;
    return w.stack.map((operand, height) => this.save(operand, this.lane(height))).join("");
  }
  save(operand: Operand, lane: number): string {
    const { type, lo, hi, number, nan } = operand;
    if (lo === undefined && type === I64) return `h.saveBig(s, x, ${lane}, ${bigOf(operand).text}); `;
    if (lo !== undefined) return `h.save(s, x, ${lane}, ${lo}, ${hi ?? "0"}); `;
    const bits = nan === undefined ? "" : `, ${nan.lo}, ${nan.hi}`;
    return `h.${type === F64 ? "saveF64" : "saveF32"}(s, x, ${lane}, ${number}${bits}); `;
  }
  lane(height: number): number {
    return (this.w.localTypes.length + height) * 2;
  }
  leave(): string {
    return `{ ${RESET} h.leave(s, g, ${this.placeOf(this.site.address)}, x); ${this.saves()}break X; }`;
  }

  leaveIf(condition: string, ...operands: readonly Operand[]): void {
    const { w } = this;
    w.settleEager();
    w.stack.push(...operands);
    w.emit(`if (${condition}) ${this.leave()}`);
    w.stack.length -= operands.length;
  }

  /** Charges the block that starts here. */
  charge(block: number): void {
    const { w } = this;
    w.settleEager();
    const cost = this.costOf(block);
    this.reach += cost;
    if (cost > 0) w.emit(`g = g - ${cost} | 0;`);
  }
  /** A place in the machine's code as the helpers take it: the function, and how far into its code. */
  placeOf(address: number): string {
    return `${this.index}, ${address}`;
  }
  /** Makes sure of the gas for all that is ahead, or leaves for the machine's `pc`. */
  refill(pc: number): string {
    const call = `g = h.refill(s, g, ${REACH}, ${this.placeOf(pc)}, x) | 0`;
    return `if (g < ${REACH}) { ${RESET} if ((${call}) < 0) { ${this.saves()}break X; } }`;
  }
  /** The same in the middle of a block after a call, which has left if `g` is negative: one test for both. */
  lookAfterCall(resume: number, left: string): void {
    const { w } = this;
    if (this.isBehindBlocks(resume)) w.emit(`if (g < 0) { ${left} }`);
    else w.emit(`if (g < ${REACH}) { if (g < 0) { ${left} } ${this.refillWithin(resume)} }`);
  }
  /** The same after something else that takes gas. */
  lookAfterwards(resume: number): void {
    if (!this.isBehindBlocks(resume)) this.w.emit(`if (g < ${REACH}) { ${this.refillWithin(resume)} }`);
  }
  /** Control goes back from there only to where a loop starts over, which looks for itself. */
  private isBehindBlocks(resume: number): boolean {
    return resume >= this.lastBlock;
  }
  private refillWithin(resume: number): string {
    const call = `g = h.refillWithin(s, g, ${REACH}, ${this.placeOf(resume)}, x) | 0`;
    return `if ((${call}) < 0) { ${this.saves()}break X; }`;
  }
}
