import type { FuncType } from "../../decoder/module.ts";
import { RESULT, resultHigh, resultLow } from "./assemble.ts";
import { type Frame, startOver, testOf } from "./frame.ts";
import type { Operand } from "./operand.ts";
import { NotGenerated } from "./supported.ts";
import type { Writer } from "./writer.ts";

/** Writes branches between frames. */
export class Branches {
  private readonly w: Writer;
  private readonly type: FuncType;
  /** What the function adds to the logical stack height. */
  private readonly height: number;
  private readonly frames: readonly Frame[];
  /** Stack heights at which blocks have results. */
  readonly results = new Set<number>();

  /** @param frames those that are open, which others push and pop */
  constructor(frames: readonly Frame[], type: FuncType, height: number, w: Writer) {
    this.frames = frames;
    this.type = type;
    this.height = height;
    this.w = w;
  }

  /** Puts the results of a branch to the frame's end into their places. */
  carry({ height, results }: Frame): void {
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

  /** To the frame around all. */
  return(): void {
    this.branch(this.frames.length - 1);
  }

  branch(label: number): void {
    const { w } = this;
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

  /** The end of the body, where control reaches it. */
  endBody(): void {
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
}
