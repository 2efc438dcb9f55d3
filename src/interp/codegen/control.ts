import type { FuncType, ValType } from "../../decoder/module.ts";
import type { Code } from "../machine/code.ts";
import type { Instruction } from "../reference/instruction.ts";
import { RESULT, type Refill, resultHigh, resultLow } from "./assemble.ts";
import { bulkStatements } from "./bulk.ts";
import { type Exits, REACH } from "./exits.ts";
import { type LoopNest, LoopNests, type LoopRange } from "./loops.ts";
import { isWide, type Operand } from "./operand.ts";
import { blockResults, NotGenerated } from "./supported.ts";
import type { Writer } from "./writer.ts";

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
  /** A loop's first block, and the statement at its end that looks at the gas before it starts over. */
  block: number;
  look: string;
  /** The loops within, in this arm if it is one of two. */
  readonly loops: LoopRange;
  /** The same for all of it. */
  readonly nest: LoopNest;
  /** Whether the code being written is passed over on the way to a loop: it stands in a block of its own. */
  isGuarded: boolean;
}

/** Writes structured control: frames, branches between them, and the way to loops that refill from outside of them. */
export class Control {
  private readonly w: Writer;
  private readonly code: Code;
  private readonly index: number;
  private readonly exits: Exits;
  private readonly type: FuncType;
  /** What the function adds to the logical stack height. */
  private readonly height: number;
  private readonly frames: Frame[] = [];
  private readonly nests: LoopNests;
  /** Stack heights at which blocks have results. */
  readonly results = new Set<number>();
  /** The loops that refill from outside, where each begins and what is on the stack there. */
  readonly refills: Refill[] = [];
  private labels = 0;
  /** How many blocks were opened in code that is never reached; -1 in code that is. */
  private dead = -1;

  constructor(code: Code, index: number, type: FuncType, height: number, exits: Exits, w: Writer) {
    this.code = code;
    this.index = index;
    this.type = type;
    this.height = height;
    this.exits = exits;
    this.w = w;
    this.nests = new LoopNests(code.module, index);
  }

  get isDead(): boolean {
    return this.dead >= 0;
  }
  get hasNumberedLoops(): boolean {
    return this.nests.body.last > 0;
  }

  /** What follows is never reached. */
  die(): void {
    this.dead = 0;
  }

  openBody(): void {
    this.open("body", this.type.results, this.nests.body);
    this.guard(0);
  }

  /** `block` or `loop`. */
  block(kind: "block" | "loop", { index, offset }: Instruction): void {
    this.w.settleAll();
    this.open(kind, blockResults(index), this.nests.at(offset));
    // A loop's own start is where control arrives.
    if (kind === "block") this.guard(0);
  }

  /** Before the first operator of a block that costs gas. */
  startBlock(block: number): void {
    const frame = this.frames.at(-1)!;
    const isLooping = frame.kind === "loop" && frame.block < 0;
    if (isLooping) this.beginLoop(frame, block);
    this.exits.charge(block);
  }

  /**
   * The start of a loop, where control arrives after the gas was refilled. Gas is looked at where the loop starts over:
   * on the way in, what was looked at before covers it. Loops that refill from outside look here, all the same: they
   * mostly go round more often than they are entered, and their bodies need no label.
   */
  private beginLoop(frame: Frame, block: number): void {
    const { exits } = this;
    frame.block = block;
    this.guard(0);
    const { first, isNumbered } = frame.nest;
    if (isNumbered) {
      this.w.emit(`if (g < ${REACH}) { e = ${first}; break X; }`);
      this.refills.push({ number: first, block, saves: exits.saves() });
    } else frame.look = exits.refill(block);
  }

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
      look: "",
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

  if({ index, offset }: Instruction): void {
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

  else(): void {
    this.carry(this.frames.at(-1)!);
    this.startElse(true);
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

  end(): void {
    this.close(true);
  }

  /** An `end`, and whether it is reached by what is before it. */
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
    if (kind === "loop") this.closeLoop(frame, isReached);
    else if (kind === "block") {
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

  private closeLoop(frame: Frame, isReached: boolean): void {
    const { w } = this;
    const { label, line, isTargeted, nest, look } = frame;
    const holdsLoops = nest.first <= nest.last;
    const arrival = nest.isNumbered ? "e = 0; " : "";
    const [enter, leave] = holdsLoops ? [`if (e <= ${nest.last}) { ${arrival}`, " }"] : ["", ""];
    if (!isTargeted) {
      w.lines[line] = `${enter}{`;
      w.emit(`}${leave}`);
      return;
    }
    const bulk = bulkStatements(this.code, this.index, frame.block, w);
    // What runs in bulk takes gas as well.
    const before = bulk === "" ? "" : `${bulk}${look} `;
    const [open, close] = look === "" ? ["", ""] : [` K${label}: {`, `} ${look} `];
    w.lines[line] = `${enter}${before}${label}: for (;;) {${open}`;
    w.emit(`${isReached ? `break ${label}; ` : ""}${close}}${leave}`);
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

  /** The frame around all. */
  return(): void {
    this.branch(this.frames.length - 1);
  }

  branch(label: number): void {
    const { w } = this;
    this.dead = 0;
    const frame = this.frames.at(-1 - label)!;
    w.settleEager();
    if (frame.kind === "body") {
      w.emit(this.returnStatements(this.resultOf(frame)));
      return;
    }
    frame.isTargeted = true;
    if (frame.kind === "loop") w.emit(startOver(frame));
    else {
      this.carry(frame);
      w.emit(`break ${frame.label};`);
    }
  }
  private resultOf({ results }: Frame): Operand | undefined {
    if (results.length > 1) throw new NotGenerated("several results");
    return results.length === 0 ? undefined : this.w.lanesOf(this.w.pop());
  }

  branchIf(label: number): void {
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
    if (frame.kind === "loop") target = startOver(frame);
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

  branchTable(labels: readonly number[]): void {
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
    this.dead = 0;
    w.release(index);
    if (value !== undefined) w.release(value);
  }
  private jump(label: number, value: Operand | undefined): string {
    const frame = this.frames.at(-1 - label)!;
    const isCarrying = frame.kind !== "loop" && frame.results.length > 0;
    if (frame.kind === "body") return this.returnStatements(isCarrying ? value : undefined);
    frame.isTargeted = true;
    if (frame.kind === "loop") return startOver(frame);
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
  skip({ operator }: Instruction): void {
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
}

/** A branch to a loop: past what looks at the gas, if that stands at its end. */
const startOver = ({ label, look }: Frame): string =>
  look === "" ? `continue ${label};` : `break K${label};`;

export const testOf = ({ condition, lo }: Operand): string => condition ?? `${lo} !== 0`;
