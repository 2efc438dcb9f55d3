import type { FuncType, ValType } from "../../decoder/module.ts";
import type { Code } from "../machine/code.ts";
import type { Instruction } from "../reference/instruction.ts";
import { type Form, resultHigh, resultLow } from "./assemble.ts";
import { Branches } from "./branches.ts";
import { bulkStatements } from "./bulk.ts";
import { type Exits, REACH } from "./exits.ts";
import { type Frame, testOf } from "./frame.ts";
import { coercion } from "./locals.ts";
import { type LoopNest, LoopNests } from "./loops.ts";
import { isWide } from "./operand.ts";
import { blockResults } from "./supported.ts";
import type { Writer } from "./writer.ts";

/** Writes structured control: frames, and in functions that are resumed the way to the loop where they are. */
export class Control {
  private readonly w: Writer;
  private readonly code: Code;
  private readonly index: number;
  private readonly exits: Exits;
  private readonly type: FuncType;
  private readonly frames: Frame[] = [];
  private readonly nests: LoopNests;
  readonly branches: Branches;
  /** The blocks that begin the loops that are left for gas, by their numbers from 1. */
  readonly refills = new Map<number, number>();
  hasLoops = false;
  private labels = 0;
  /** How many blocks were opened in code that is never reached; -1 in code that is. */
  private dead = -1;

  constructor(
    code: Code,
    index: number,
    type: FuncType,
    height: number,
    form: Form,
    exits: Exits,
    w: Writer,
  ) {
    this.code = code;
    this.index = index;
    this.type = type;
    this.exits = exits;
    this.w = w;
    this.nests = new LoopNests(code, index, form);
    this.branches = new Branches(this.frames, type, height, w);
  }

  get isDead(): boolean {
    return this.dead >= 0;
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
   * on the way in, what was looked at before covers it. Loops that are left for gas look here, all the same: they mostly
   * go round more often than they are entered, and their bodies need no label.
   */
  private beginLoop(frame: Frame, block: number): void {
    const { exits } = this;
    frame.block = block;
    this.hasLoops = true;
    this.guard(0);
    const { number } = frame.nest;
    // What is on the stack would have to be kept as well.
    if (number > 0 && this.w.stack.length === 0) {
      this.w.emit(`if (g < ${REACH}) { e = ${number}; break X; }`);
      this.refills.set(number, block);
    } else frame.look = exits.refill(block);
  }

  /** Opens a frame; what holds loops ends the code that was to be passed over on the way to them. */
  private open(kind: Frame["kind"], results: readonly ValType[], nest: LoopNest): void {
    const { w } = this;
    const { first, last, lastOfThen } = nest;
    if (kind !== "body" && first <= last) this.endGuard();
    const loops =
      nest.number > 0
        ? { first: first + 1, last }
        : kind === "if"
          ? { first, last: lastOfThen }
          : { first, last };
    if (kind === "loop") for (const frame of this.frames) frame.isAroundLoop = true;
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
      written: w.written.length,
      isAroundLoop: false,
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
    this.branches.carry(this.frames.at(-1)!);
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
      if (isReached) this.branches.endBody();
      this.endGuard();
      this.frames.pop();
      return;
    }
    const holdsLoops = nest.first <= nest.last;
    // A loop is a branch's target at its start only; its results stay as they are, as do those of a block that no
    // branch leaves.
    const joins = kind === "if" || kind === "else" || (kind === "block" && isTargeted);
    if (joins && isReached) this.branches.carry(frame);
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
    const arrival = nest.number > 0 ? "e = 0; " : "";
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
    w.lines[line] = `${enter}${before}${label}: for (;;) {${this.coercions(frame)}${open}`;
    w.emit(`${isReached ? `break ${label}; ` : ""}${close}}${leave}`);
  }

  /**
   * V8 enters a function that is hot in the middle at its outermost loop, and knows nothing then of what is in locals:
   * inner loops would make an object of each double (nbody took twice as long). So it is told.
   */
  private coercions({ isAroundLoop, written }: Frame): string {
    if (!isAroundLoop || this.frames.some(({ kind }) => kind === "loop")) return "";
    const locals = [...new Set(this.w.written.slice(written))];
    return ` g = g | 0; ${locals.map((local) => coercion(this.w, local)).join(" ")}`;
  }

  private restack(height: number, results: readonly ValType[]): void {
    const { w } = this;
    w.dropTo(height);
    results.forEach((type, i) => {
      this.branches.results.add(height + i);
      w.pushLanes(type, resultLow(height + i), isWide(type) ? resultHigh(height + i) : undefined, false);
    });
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
