import type { FuncType, ValType } from "../../decoder/module.ts";
import { F64, I32 } from "../../decoder/module.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import type { Code } from "../machine/code.ts";
import { bulkAt } from "../machine/code.ts";
import { type Instruction, readInstruction } from "../reference/instruction.ts";
import { adapterOf, assemble, RELOAD, RESULT, type Refill, resultHigh, resultLow } from "./assemble.ts";
import { lanesOfLoop } from "./bulk.ts";
import { FLOAT_RULES, TRUNCATION_RULES } from "./floats.ts";
import { DIVISION_RULES, INTEGER_RULES, OUT_OF_LINE } from "./integers.ts";
import { type LoopNest, LoopNests, type LoopRange } from "./loops.ts";
import { LOADS, STORES, writeLoad, writeStore } from "./memory.ts";
import { constant, isFloat, isWide, type Operand } from "./operand.ts";
import { type CodeSite, sitesOf } from "./sites.ts";
import { blockResults, NotGenerated, requireNumbers, requireTypes } from "./supported.ts";
import { high, type LocalForm, low, RESET, Writer } from "./writer.ts";

interface Frame {
  readonly kind: "body" | "block" | "loop" | "if" | "else";
  readonly label: string;
  readonly height: number;
  readonly results: readonly ValType[];
  /** The line that opens it. */
  readonly line: number;
  isTargeted: boolean;
  /** An `else` whose `if` ends in its end. */
  readonly isJoined: boolean;
  /** A loop's first block. */
  block: number;
  /** The loops within, in this arm if it is one of two. */
  readonly loops: LoopRange;
  /** The same for all of it. */
  readonly nest: LoopNest;
  /** Whether the code being written is passed over on the way to a loop: it stands in a block of its own. */
  isGuarded: boolean;
}

/**
 * Writes one function as JavaScript.
 *
 * `(s, g, x, …lanes of the parameters)`: the machine's state, the gas left of the slice, and a *standing*: where the
 * machine's frame would be, times 256, plus how many calls may be active on JavaScript's stack from this one on.
 * Returns the gas that is left then, the result in `W`. Where it cannot go on by itself it *leaves*: it writes its frame as the machine would have it, says in `s`
 * where it stands, and returns -1; so does every caller, and the machine goes on from there. So there is nothing that
 * generated code has to be able to do, and pauses, traps and stack traces are the machine's.
 *
 * Gas is taken off block by block, but looked at only on entry, at loops and after calls: there it has to cover all
 * blocks of the function together (`reach`), which is more than any way to the next such place takes. Where less is
 * left, the machine goes on, which charges each block as it comes.
 */
export class FunctionWriter {
  private readonly w: Writer;
  private readonly code: Code;
  readonly index: number;
  private readonly sites: ReadonlyMap<number, CodeSite>;
  private readonly frames: Frame[] = [];
  readonly type: FuncType;
  private readonly height: number;
  private readonly results = new Set<number>();
  private readonly callees = new Set<number>();
  private readonly nests: LoopNests;
  /** The loops, where each begins and what is on the stack there. */
  private readonly refills: Refill[] = [];
  private labels = 0;
  private site: CodeSite = { address: 0, block: -1 };
  private dead = -1;
  /** The gas of all blocks of the function together. */
  private readonly reach: number;
  /** The last block that costs gas. */
  private readonly lastBlock: number;
  private usesMemory = false;
  private usesGlobals = false;

  constructor(code: Code, index: number, sites: ReadonlyMap<number, CodeSite>, w: Writer) {
    const { module } = code;
    this.code = code;
    this.index = index;
    this.sites = sites;
    this.w = w;
    this.nests = new LoopNests(module, index);
    this.type = module.types[module.functions[module.importedFunctionCount + index]!]!;
    this.height = code.probes.logicalStack ? logicalStackCosts(module)[index]! : 0;
    const blocks = new Set([...sites.values()].map(({ block }) => block).filter((block) => block >= 0));
    this.lastBlock = Math.max(0, ...[...blocks].filter((block) => this.costOf(block) > 0));
    this.reach = [...blocks].reduce((sum, block) => sum + this.costOf(block), 0);
  }

  write(): string {
    const { module } = this.code;
    const { start, end } = module.bodies[this.index]!;
    this.requirePlainLocals();
    this.open("body", this.type.results, this.nests.body);
    this.guard(0);
    for (let at = start; at < end; ) {
      const instruction = readInstruction(module.bytes, at);
      at = instruction.next;
      if (this.dead >= 0) this.skip(instruction);
      else this.step(instruction);
    }
    const { w, code, index, type, reach, height, usesMemory, usesGlobals, results, refills } = this;
    const lanes = code.frames[index]!;
    const hasLoops = this.nests.body.last > 0;
    const cost = this.costOf(0);
    return assemble({
      index,
      type,
      w,
      lanes,
      cost,
      reach,
      height,
      usesMemory,
      usesGlobals,
      results,
      hasLoops,
      refills,
    });
  }

  private step(instruction: Instruction): void {
    requireNumbers(this.code.module, instruction);
    const site = this.sites.get(instruction.offset);
    if (site === undefined)
      throw new Error(`codegen: no site for the operator at byte ${instruction.offset}`);
    this.site = site;
    // The first block is charged where the function is entered.
    if (site.block > 0) {
      const frame = this.frames.at(-1)!;
      const isLooping = frame.kind === "loop" && frame.block < 0;
      if (isLooping) this.beginLoop(frame, site.block);
      this.charge(site.block);
    }
    this.operator(instruction);
  }

  private requirePlainLocals(): void {
    const { params, results } = this.type;
    if (results.length > 1) throw new NotGenerated("several results");
    requireTypes(params, "a parameter");
    requireTypes(results, "a result");
    requireTypes(
      this.code.module.bodies[this.index]!.locals.map(({ type }) => type),
      "a local",
    );
  }

  /** Gas of the block whose gas word is so many words into the function. */
  private costOf(block: number): number {
    const { code, index } = this;
    return code.words[code.entries[index]! + block]!;
  }

  // --- leaving -------------------------------------------------------------------------------------------------

  /** Statements that put the operands where the machine has them. */
  private saves(): string {
    const { w } = this;
    return w.stack.map((operand, height) => this.save(operand, this.lane(height))).join("");
  }
  private save({ type, lo, hi, number, nan }: Operand, lane: number): string {
    if (lo !== undefined) return `h.save(s, x, ${lane}, ${lo}, ${hi ?? "0"}); `;
    const bits = nan === undefined ? "" : `, ${nan.lo}, ${nan.hi}`;
    return `h.${type === F64 ? "saveF64" : "saveF32"}(s, x, ${lane}, ${number}${bits}); `;
  }
  private lane(height: number): number {
    return (this.w.localTypes.length + height) * 2;
  }
  private leave(): string {
    return `{ ${RESET} h.leave(s, g, ${this.placeOf(this.site.address)}, x); ${this.saves()}break X; }`;
  }

  leaveIf(condition: string, ...operands: readonly Operand[]): void {
    const { w } = this;
    w.settleEager();
    w.stack.push(...operands);
    w.emit(`if (${condition}) ${this.leave()}`);
    w.stack.length -= operands.length;
  }

  /** Where a loop starts over, and where control arrives after the gas was refilled. */
  private beginLoop(frame: Frame, block: number): void {
    const { w, reach } = this;
    frame.block = block;
    this.guard(0);
    const { first, isNumbered } = frame.nest;
    if (isNumbered) {
      w.emit(`if (g < ${reach}) { e = ${first}; break X; }`);
      this.refills.push({ number: first, block, saves: this.saves() });
    } else w.emit(this.refill("refill", block));
  }

  /** Charges the block that starts here. */
  private charge(block: number): void {
    const { w } = this;
    w.settleEager();
    const cost = this.costOf(block);
    if (cost > 0) w.emit(`g = g - ${cost} | 0;`);
  }
  /** A place in the machine's code as the helpers take it: the function, and how far into its code. */
  private placeOf(address: number): string {
    return `${this.index}, ${address}`;
  }
  /** Makes sure of the gas for all that is ahead, or leaves for the machine's `pc`. */
  private refill(helper: "refill" | "refillWithin", pc: number): string {
    const { reach } = this;
    const call = `g = h.${helper}(s, g, ${reach}, ${this.placeOf(pc)}, x)`;
    return `if (g < ${reach}) { ${RESET} if ((${call}) < 0) { ${this.saves()}break X; } }`;
  }

  // --- operators -----------------------------------------------------------------------------------------------

  private operator(instruction: Instruction): void {
    const { w } = this;
    const { operator, index, bits } = instruction;
    const { name } = operator;
    if (name === "local.get") {
      w.pushLocal(index);
      return;
    }
    const rule = RULES.get(name);
    if (rule !== undefined) {
      rule(w);
      return;
    }
    if (this.mayTrap(instruction)) return;
    switch (name) {
      case "nop":
        return;
      case "unreachable":
        w.settleEager();
        w.emit(this.leave());
        this.dead = 0;
        return;
      case "block":
      case "loop":
        w.settleAll();
        this.open(name, blockResults(index), this.nests.at(instruction.offset));
        // A loop's own start is where control arrives.
        if (name === "block") this.guard(0);
        return;
      case "if":
        this.if(instruction);
        return;
      case "else":
        this.carry(this.frames.at(-1)!);
        this.startElse(true);
        return;
      case "end":
        this.close(true);
        return;
      case "br":
        this.branch(index);
        this.dead = 0;
        return;
      case "br_if":
        this.branchIf(index);
        return;
      case "br_table":
        this.branchTable(instruction.labels);
        this.dead = 0;
        return;
      case "return":
        this.branch(this.frames.length - 1);
        this.dead = 0;
        return;
      case "call":
        this.call(instruction);
        return;
      case "call_indirect":
        this.callIndirect(instruction);
        return;
      case "drop": {
        const operand = w.pop();
        w.release(operand.isEager ? w.atom(operand) : operand);
        return;
      }
      case "select":
        this.select();
        return;
      case "local.set":
        w.setLocal(index, w.pop());
        return;
      case "local.tee":
        w.setLocal(index, w.pop());
        w.pushLocal(index);
        return;
      case "global.get":
        this.getGlobal(index);
        return;
      case "global.set":
        this.setGlobal(index);
        return;
      case "memory.size":
        w.push({
          type: I32,
          lo: "(s.bytes.length / 65536 | 0)",
          hi: undefined,
          number: undefined,
          locals: [],
          temporaries: [],
          isEager: true,
        });
        return;
      case "memory.grow":
        // Rare, and the memory moves: the machine's.
        w.settleEager();
        w.emit(`if (true) ${this.leave()}`);
        w.release(w.pop());
        w.push({
          type: I32,
          lo: "0",
          hi: undefined,
          number: undefined,
          locals: [],
          temporaries: [],
          isEager: false,
        });
        return;
      case "i32.const":
      case "i64.const":
      case "f32.const":
      case "f64.const":
        w.push(constant(operator.results![0]!, bits));
        return;
    }
    throw new NotGenerated(name);
  }

  /** Operators that may trap for their operands, or run out of line; whether it was one. */
  private mayTrap(instruction: Instruction): boolean {
    const { w } = this;
    const { index } = instruction;
    const { name } = instruction.operator;
    const load = LOADS[name];
    const store = STORES[name];
    const trapping = DIVISION_RULES[name] ?? TRUNCATION_RULES[name];
    const outOfLine = OUT_OF_LINE.get(name);
    if (load !== undefined || store !== undefined) this.usesMemory = true;
    if (load !== undefined) writeLoad(w, load, index, this.site.address);
    else if (store !== undefined) writeStore(w, store, index, this.site.address);
    else if (trapping !== undefined) trapping(w, this);
    else if (outOfLine !== undefined) this.outOfLine(instruction, outOfLine);
    else return false;
    return true;
  }

  private outOfLine({ operator }: Instruction, op: number): void {
    const { w } = this;
    const { params, results, mayTrap } = operator;
    const operands = w.atoms(w.popAll(params!.length)).map((operand) => w.lanesOf(operand));
    const lanes = operands.map(({ lo, hi }) => `${lo}, ${hi ?? "0"}`).join(", ");
    w.settleEager();
    w.emit(RESET);
    if (mayTrap) this.leaveIf(`h.cold(s, ${op}, ${lanes}) < 0`, ...operands);
    else w.emit(`h.cold(s, ${op}, ${lanes});`);
    w.release(...operands);
    const type = results![0]!;
    const lo = w.temporary();
    const hi = isWide(type) ? w.temporary() : undefined;
    w.emit(`${lo} = W[0];${hi === undefined ? "" : ` ${hi} = W[1];`}`);
    w.pushLanes(type, lo, hi, true);
  }

  private select(): void {
    const { w } = this;
    let [a, b, c] = w.popAll(3) as [Operand, Operand, Operand];
    if (isFloat(a.type) || a.isEager || b.isEager) {
      [a, b, c] = w.atoms([a, b, c]) as [Operand, Operand, Operand];
      if (isFloat(a.type) && !(isCanonical(a) && isCanonical(b))) [a, b] = [w.lanesOf(a), w.lanesOf(b)];
    } else if (isWide(a.type)) c = w.atom(c);
    const test = c.condition ?? `${c.lo} !== 0`;
    const { type } = a;
    const reads = [a, b, c];
    if (a.lo === undefined || b.lo === undefined) {
      w.pushNumber(type, `(${test} ? ${a.number} : ${b.number})`, undefined, ...reads);
      return;
    }
    const lo = `(${test} ? ${a.lo} : ${b.lo})`;
    const hi = isWide(type) ? `(${test} ? ${a.hi} : ${b.hi})` : undefined;
    const temporaries = reads.flatMap((operand) => operand.temporaries);
    const locals = reads.flatMap((operand) => operand.locals);
    w.push({ type, lo, hi, number: undefined, locals, temporaries, isEager: c.isEager });
  }

  private getGlobal(index: number): void {
    const { w } = this;
    const { module } = this.code;
    const own = index - module.importedGlobalCount;
    const { type } = module.globals[index]!;
    if (own < 0) {
      w.settleEager();
      const lo = w.temporary();
      const hi = isWide(type) ? w.temporary() : undefined;
      w.emit(
        `${RESET} ${lo} = h.globalLow(s, ${index});${hi === undefined ? "" : ` ${hi} = h.globalHigh(s, ${index});`}`,
      );
      w.pushLanes(type, lo, hi, true);
      return;
    }
    this.usesGlobals = true;
    const hi = isWide(type) ? `Q[${own * 2 + 1}]` : undefined;
    w.push({ type, lo: `Q[${own * 2}]`, hi, number: undefined, locals: [], temporaries: [], isEager: true });
  }

  private setGlobal(index: number): void {
    const { w } = this;
    const own = index - this.code.module.importedGlobalCount;
    const popped = w.pop();
    w.settleEager();
    const value = w.lanesOf(popped);
    if (own < 0) {
      w.emit(`${RESET} h.setGlobal(s, ${index}, ${value.lo}, ${value.hi ?? "0"});`);
    } else {
      this.usesGlobals = true;
      if (value.hi === undefined) w.emit(`Q[${own * 2}] = ${value.lo};`);
      else w.emit(`z = ${value.lo}; Q[${own * 2 + 1}] = ${value.hi}; Q[${own * 2}] = z;`);
    }
    w.release(value);
  }

  // --- control -------------------------------------------------------------------------------------------------

  /** Opens a frame; what holds loops ends the code that was to be passed over on the way to them. */
  private open(kind: Frame["kind"], results: readonly ValType[], nest: LoopNest): void {
    const { w } = this;
    const { first, last, lastOfThen } = nest;
    if (kind !== "body" && first <= last) this.endGuard();
    const loops = nest.isNumbered
      ? { first: first + 1, last }
      : kind === "if"
        ? { first, last: lastOfThen }
        : { first, last };
    const label = kind === "body" ? "B" : `L${this.labels++}`;
    const height = w.stack.length;
    const line = w.lines.length;
    this.frames.push({
      kind,
      label,
      height,
      results,
      line,
      isTargeted: false,
      isJoined: false,
      block: -1,
      loops,
      nest,
      isGuarded: false,
    });
    if (kind !== "body") w.emit("");
  }

  /** Begins code that is passed over on the way to a loop behind it, if there is one within the frame. */
  private guard(after: number): void {
    const frame = this.frames.at(-1)!;
    if (frame.loops.last <= after || frame.loops.last < frame.loops.first) return;
    this.w.emit("if (e === 0) {");
    frame.isGuarded = true;
  }
  private endGuard(): void {
    const frame = this.frames.at(-1)!;
    if (frame.isGuarded) this.w.emit("}");
    frame.isGuarded = false;
  }

  private if({ index, offset }: Instruction): void {
    const { w } = this;
    const popped = w.pop();
    const nest = this.nests.at(offset);
    const holdsLoops = nest.first <= nest.last;
    // It is tested where control may have come past what it reads.
    const condition = holdsLoops ? w.atom(popped) : popped;
    w.settleAll();
    this.open("if", blockResults(index), nest);
    const test = testOf(condition);
    w.lines[w.lines.length - 1] = holdsLoops
      ? `if (e === 0 ? ${test} : e <= ${nest.lastOfThen}) {`
      : `if (${test}) {`;
    w.release(condition);
    this.guard(0);
  }

  private startElse(isJoined: boolean): void {
    const { w } = this;
    this.endGuard();
    const frame = this.frames.pop()!;
    w.dropTo(frame.height);
    w.emit("} else {");
    const { last } = frame.nest;
    const loops = { first: frame.loops.last + 1, last };
    this.frames.push({ ...frame, kind: "else", isJoined, loops });
    this.guard(0);
    this.dead = -1;
  }

  /** `end`; `isReached` by what is before it. */
  private close(isReached: boolean): void {
    const { w } = this;
    const frame = this.frames.at(-1)!;
    const { kind, label, height, results, line, isTargeted, isJoined, nest } = frame;
    if (kind === "body") {
      if (isReached) this.endBody();
      this.endGuard();
      this.frames.pop();
      return;
    }
    const holdsLoops = nest.first <= nest.last;
    // A loop is a branch's target at its start only; its results stay as they are, as do those of a block that no
    // branch leaves.
    const joins = kind === "if" || kind === "else" || (kind === "block" && isTargeted);
    if (joins && isReached) this.carry(frame);
    this.endGuard();
    this.frames.pop();
    const name = isTargeted ? `${label}: ` : "";
    if (kind === "loop") {
      const opening = isTargeted ? `${this.bulk(frame.block)}${name}for (;;) {` : "{";
      const arrival = nest.isNumbered ? "e = 0; " : "";
      w.lines[line] = holdsLoops ? `if (e <= ${nest.last}) { ${arrival}${opening}` : opening;
      w.emit(`${isTargeted && isReached ? "break; " : ""}}${holdsLoops ? " }" : ""}`);
    } else if (kind === "block") {
      w.lines[line] = holdsLoops ? `${name}if (e <= ${nest.last}) {` : `${name}{`;
      w.emit("}");
    } else {
      w.lines[line] = `${holdsLoops ? `if (e <= ${nest.last}) { ` : ""}${name}${w.lines[line]}`;
      w.emit(holdsLoops ? "} }" : "}");
    }
    if (holdsLoops) this.guard(nest.last);
    const isAlive = isReached || (kind !== "loop" && isTargeted) || kind === "if" || isJoined;
    if (!isAlive) {
      this.dead = 0;
      return;
    }
    this.dead = -1;
    if (joins || !isReached) this.restack(height, results);
  }

  private restack(height: number, results: readonly ValType[]): void {
    const { w } = this;
    w.dropTo(height);
    results.forEach((type, i) => {
      this.results.add(height + i);
      w.pushLanes(type, resultLow(height + i), isWide(type) ? resultHigh(height + i) : undefined, false);
    });
  }

  /** Puts the results of a branch to the frame's end into their places. */
  private carry({ height, results }: Frame): void {
    const { w } = this;
    w.settleEager();
    if (results.length === 0) return;
    if (results.length > 1) throw new NotGenerated("several results");
    w.emit(this.carryStatements(w.lanesOf(w.pop()), height));
  }
  private carryStatements(value: Operand, height: number): string {
    this.results.add(height);
    const lo = `${resultLow(height)} = ${value.lo};`;
    return value.hi === undefined
      ? lo
      : `z = ${value.lo}; ${resultHigh(height)} = ${value.hi}; ${resultLow(height)} = z;`;
  }

  private branch(label: number): void {
    const { w } = this;
    const frame = this.frames.at(-1 - label)!;
    w.settleEager();
    if (frame.kind === "body") {
      w.emit(this.returnStatements(this.resultOf(frame)));
      return;
    }
    frame.isTargeted = true;
    if (frame.kind === "loop") w.emit(`continue ${frame.label};`);
    else {
      this.carry(frame);
      w.emit(`break ${frame.label};`);
    }
  }
  private resultOf({ results }: Frame): Operand | undefined {
    if (results.length > 1) throw new NotGenerated("several results");
    return results.length === 0 ? undefined : this.w.lanesOf(this.w.pop());
  }

  private branchIf(label: number): void {
    const { w } = this;
    const frame = this.frames.at(-1 - label)!;
    const condition = w.pop();
    const isCarrying = frame.kind !== "loop" && frame.results.length > 0;
    if (isCarrying || w.stack.some(({ isEager }) => isEager)) {
      // What is below is evaluated first, and the condition before its parts are given to the branch.
      const test = condition.isEager ? w.atom(condition) : condition;
      this.writeBranchIf(frame, test, isCarrying);
    } else this.writeBranchIf(frame, condition, false);
  }
  private writeBranchIf(frame: Frame, condition: Operand, isCarrying: boolean): void {
    const { w } = this;
    w.settleEager();
    let target: string;
    if (frame.kind === "loop") target = `continue ${frame.label};`;
    else {
      if (isCarrying) {
        if (frame.results.length > 1) throw new NotGenerated("several results");
        const value = w.lanesOf(w.atom(w.pop()));
        w.stack.push(value);
        target =
          frame.kind === "body"
            ? this.returnStatements(value)
            : `${this.carryStatements(value, frame.height)} break ${frame.label};`;
      } else target = frame.kind === "body" ? this.returnStatements(undefined) : `break ${frame.label};`;
    }
    frame.isTargeted = true;
    w.emit(`if (${testOf(condition)}) { ${target} }`);
    w.release(condition);
  }

  private branchTable(labels: readonly number[]): void {
    const { w } = this;
    let index = w.pop();
    const carries = labels.some((label) => {
      const frame = this.frames.at(-1 - label)!;
      return frame.kind !== "loop" && frame.results.length > 0;
    });
    if (index.isEager || carries) index = w.atom(index);
    w.settleEager();
    let value: Operand | undefined;
    if (carries) value = w.lanesOf(w.atom(w.pop()));
    const targets = new Map<number, number[]>();
    labels.slice(0, -1).forEach((label, i) => {
      if (label === labels.at(-1)) return;
      const cases = targets.get(label) ?? [];
      cases.push(i);
      targets.set(label, cases);
    });
    w.emit(`switch (${index.lo}) {`);
    for (const [label, cases] of targets) {
      w.emit(`${cases.map((i) => `case ${i}:`).join(" ")} ${this.jump(label, value)}`);
    }
    w.emit(`default: ${this.jump(labels.at(-1)!, value)} }`);
    w.release(index);
    if (value !== undefined) w.release(value);
  }
  private jump(label: number, value: Operand | undefined): string {
    const frame = this.frames.at(-1 - label)!;
    const isCarrying = frame.kind !== "loop" && frame.results.length > 0;
    if (frame.kind === "body") return this.returnStatements(isCarrying ? value : undefined);
    frame.isTargeted = true;
    if (frame.kind === "loop") return `continue ${frame.label};`;
    return `${isCarrying ? this.carryStatements(value!, frame.height) : ""} break ${frame.label};`;
  }

  private endBody(): void {
    const { w } = this;
    w.settleEager();
    const { results } = this.type;
    if (results.length > 1) throw new NotGenerated("several results");
    const value = results.length === 0 ? undefined : w.lanesOf(w.pop());
    w.emit(this.returnStatements(value));
  }

  private returnStatements(value: Operand | undefined): string {
    const leave = this.height === 0 ? "" : `s.height = s.height - ${this.height}; `;
    if (value === undefined) return `${leave}return g;`;
    const hi = value.hi === undefined ? "" : `W[${RESULT + 1}] = ${value.hi}; `;
    return `W[${RESULT}] = ${value.lo}; ${hi}${leave}return g;`;
  }

  /** Code that is never reached: on to the `else` or `end` from which it is again. */
  private skip({ operator }: Instruction): void {
    switch (operator.name) {
      case "block":
      case "loop":
      case "if":
        this.dead++;
        return;
      case "else":
        if (this.dead === 0) this.startElse(false);
        return;
      case "end":
        if (this.dead > 0) this.dead--;
        else this.close(false);
    }
  }

  /** Statements before a loop that run it in bulk, if the machine does: its lanes go to the frame and come back. */
  private bulk(block: number): string {
    const { code, w } = this;
    const loop = block < 0 ? undefined : bulkAt(code, code.entries[this.index]! + block);
    if (loop === undefined) return "";
    const { read, written } = lanesOfLoop(loop);
    const isInteger = (lane: number): boolean => {
      const type = w.localTypes[lane >> 1];
      return type !== undefined && !isFloat(type);
    };
    if (![...read, ...written].every(isInteger)) return "";
    const name = (lane: number): string => ((lane & 1) === 0 ? low(lane >> 1) : high(lane >> 1));
    const writes = read.map((lane) => `I[fp + ${lane} | 0] = ${name(lane)};`);
    const reads = written.map((lane) => `${name(lane)} = I[fp + ${lane} | 0];`);
    const run = `g = h.bulk(s, ${this.placeOf(block)}, x, g);`;
    return `{ ${RESET} const I = h.room(s, x, ${code.frames[this.index]!}), fp = x >> 8; ${writes.join(" ")} ${run} ${reads.join(" ")} } `;
  }

  // --- calls ---------------------------------------------------------------------------------------------------

  private call(instruction: Instruction): void {
    const { w } = this;
    const { module } = this.code;
    const type = module.types[module.functions[instruction.index]!]!;
    const own = instruction.index - module.importedFunctionCount;
    let args = this.arguments(type);
    if (own < 0) {
      this.callImport(instruction, type, args);
      return;
    }
    if (args.some(({ isEager }) => isEager)) args = w.atoms(args);
    w.settleEager();
    // Itself is compiled by now; of others that is known only when they are called.
    const callee = own === this.index ? `f${own}` : `c${own}.call`;
    if (own !== this.index) this.callees.add(own);
    const at = standing(this.lane(w.stack.length));
    this.finishCall(instruction, type, args, `${callee}(s, g, ${at}${lanesOf(args)})`);
  }

  /** Pops the arguments: lanes, to be evaluated in order. */
  private arguments(type: FuncType): Operand[] {
    const { w } = this;
    const args = w.popAll(type.params.length);
    if (!args.some((arg) => isFloat(arg.type))) return args;
    return w.atoms(args).map((arg) => w.lanesOf(arg));
  }

  private finishCall(instruction: Instruction, type: FuncType, args: readonly Operand[], call: string): void {
    const { w } = this;
    if (type.results.length > 1) throw new NotGenerated("several results");
    const result = type.results[0];
    w.release(...args);
    const resume = this.sites.get(instruction.next)!.address;
    w.emit(RESET);
    w.emit(`if ((g = ${call}) < 0) { h.unwind(s, x, ${this.placeOf(resume)}); ${this.saves()}break X; }`);
    this.takeResult(result, `W[${RESULT}]`, `W[${RESULT + 1}]`, resume);
  }

  /** Goes on after a call. */
  private takeResult(result: ValType | undefined, low: string, high: string, resume: number): void {
    const { w } = this;
    if (result !== undefined) {
      const lo = w.temporary();
      const hi = isWide(result) ? w.temporary() : undefined;
      w.emit(`${lo} = ${low};${hi === undefined ? "" : ` ${hi} = ${high};`}`);
      w.pushLanes(result, lo, hi, true);
    }
    w.emit(RELOAD);
    // Control goes back only to where a loop begins, which looks for itself.
    if (resume < this.lastBlock) w.emit(this.refill("refillWithin", resume));
  }

  private callImport(instruction: Instruction, type: FuncType, given: readonly Operand[]): void {
    const { w } = this;
    if (type.results.length > 1) throw new NotGenerated("several results");
    const args = w.atoms(given);
    w.settleEager();
    const at = this.lane(w.stack.length);
    const saves = args.map((arg, i) => this.save(arg, at + 2 * i)).join("");
    const { address } = this.site;
    const call = `h.host(s, g, ${instruction.index}, ${at}, ${this.placeOf(address)}, x)`;
    w.emit(`${RESET} ${saves}if ((g = ${call}) < 0) { ${this.saves()}break X; }`);
    w.release(...args);
    const resume = this.sites.get(instruction.next)!.address;
    this.takeResult(
      type.results[0],
      `s.i32[(x >> 8) + ${at} | 0]`,
      `s.i32[(x >> 8) + ${at + 1} | 0]`,
      resume,
    );
  }

  private callIndirect(instruction: Instruction): void {
    const { w } = this;
    const { module, canonicalTypes } = this.code;
    const type = module.types[instruction.index]!;
    let callee = w.pop();
    let args = this.arguments(type);
    if (callee.isEager || args.some(({ isEager }) => isEager)) args = w.atoms(args);
    callee = w.atom(callee);
    const target = w.temporary();
    const { lo } = callee;
    w.emit(`${target} = (${lo} >>> 0) < s.table.length ? s.table[${lo}] : -1;`);
    const typeId = canonicalTypes[instruction.index]!;
    this.leaveIf(`${target} < 0 || s.typeIds[${target}] !== ${typeId}`, ...args, callee);
    const delta = this.lane(w.stack.length);
    const call = `C[${target}].call(s, g, ${standing(delta)}${lanesOf(args)})`;
    this.finishCall(
      instruction,
      type,
      [...args, { ...callee, temporaries: [...callee.temporaries, target] }],
      call,
    );
  }

  // --- the whole -----------------------------------------------------------------------------------------------

  /** What reads the arguments from the machine's frame, calls and puts the result there. */
  get adapter(): string {
    return adapterOf(this);
  }

  /** Functions that it calls, by index among those that the module defines. */
  get calledFunctions(): readonly number[] {
    return [...this.callees].sort((a, b) => a - b);
  }
}

/** Operators that neither trap nor leave, by mnemonic. */
const RULES = new Map([...INTEGER_RULES, ...FLOAT_RULES]);

/** The standing of a callee whose frame begins so many lanes into this one. */
const standing = (delta: number): string => `x + ${delta * 256 - 1} | 0`;

const testOf = ({ condition, lo }: Operand): string => condition ?? `${lo} !== 0`;
const isCanonical = ({ lo, nan }: Operand): boolean => lo === undefined && nan === undefined;
const lanesOf = (operands: readonly Operand[]): string =>
  operands.map(({ lo, hi }) => `, ${lo}${hi === undefined ? "" : `, ${hi}`}`).join("");
/** A function as JavaScript source. */
export interface GeneratedSource {
  readonly index: number;
  /** Declares `f<index>`, and `e<index>` for the machine to call it by. */
  readonly source: string;
  readonly callees: readonly number[];
}

/** Writes the defined function `index`, which has been lowered. @throws NotGenerated if it has to stay in the machine */
export function writeFunction(code: Code, index: number): GeneratedSource {
  const { module } = code;
  const { params } = module.types[module.functions[module.importedFunctionCount + index]!]!;
  const { locals } = module.bodies[index]!;
  const types = [...params, ...locals.flatMap(({ count, type }) => new Array<ValType>(count).fill(type))];
  const sites = sitesOf(code, index);
  let forms = types.map((type, i): LocalForm => {
    if (!isFloat(type)) return "lanes";
    return i < params.length ? "number-with-lanes" : "number";
  });
  // Whether a float local may hold a NaN that is not canonical is known once all is written that sets it.
  for (;;) {
    const w = new Writer(types, forms);
    const writer = new FunctionWriter(code, index, sites, w);
    const source = writer.write();
    if (!w.isStale) return { index, source: `${source}\n${writer.adapter}`, callees: writer.calledFunctions };
    forms = w.forms;
  }
}
