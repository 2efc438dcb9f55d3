import type { FuncType, ValType } from "../../decoder/module.ts";
import type { Code } from "../machine/code.ts";
import type { Instruction } from "../reference/instruction.ts";
import { RELOAD, RESULT, SELF } from "./assemble.ts";
import { candidatesOf } from "./candidates.ts";
import type { Exits } from "./exits.ts";
import { isFloat, isWide, type Operand } from "./operand.ts";
import { NotGenerated } from "./supported.ts";
import { RESET, type Writer } from "./writer.ts";

/** Writes calls. */
export class Calls {
  private readonly w: Writer;
  private readonly code: Code;
  private readonly index: number;
  private readonly exits: Exits;
  private readonly callees = new Set<number>();
  isRecursive = false;

  constructor(code: Code, index: number, exits: Exits, w: Writer) {
    this.code = code;
    this.index = index;
    this.exits = exits;
    this.w = w;
  }

  /** Functions that are called through their cells, by index among those that the module defines. */
  get calledFunctions(): readonly number[] {
    return [...this.callees].sort((a, b) => a - b);
  }

  call(instruction: Instruction): void {
    const { w, exits } = this;
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
    const at = standing(exits.lane(w.stack.length));
    w.emit(`${RESET} ${gasOf(`${this.ownFunction(own)}(s, g, ${at}${lanesOf(args)})`)}`);
    this.finishCall(instruction, type, args);
  }

  /** Itself is compiled by now; of others that is known only when they are called. */
  private ownFunction(index: number): string {
    if (index === this.index) {
      this.isRecursive = true;
      return SELF;
    }
    this.callees.add(index);
    return `c${index}.call`;
  }

  /** Pops the arguments: lanes, to be evaluated in order. */
  private arguments(type: FuncType): Operand[] {
    const { w } = this;
    const args = w.popAll(type.params.length);
    if (!args.some((arg) => isFloat(arg.type))) return args;
    return w.atoms(args).map((arg) => w.lanesOf(arg));
  }

  private finishCall(instruction: Instruction, type: FuncType, args: readonly Operand[]): void {
    const { w, exits } = this;
    if (type.results.length > 1) throw new NotGenerated("several results");
    const result = type.results[0];
    w.release(...args);
    const resume = exits.siteAt(instruction.next).address;
    const left = `h.unwind(s, x, ${exits.placeOf(resume)}); ${exits.saves()}break X;`;
    this.takeResult(result, `W[${RESULT}]`, `W[${RESULT + 1}]`, resume, left);
  }

  /** Goes on after a call that gave `g`, or by these statements if it has left. */
  private takeResult(
    result: ValType | undefined,
    low: string,
    high: string,
    resume: number,
    left: string,
  ): void {
    const { w } = this;
    if (result !== undefined) {
      const lo = w.temporary();
      const hi = isWide(result) ? w.temporary() : undefined;
      w.emit(`${lo} = ${low};${hi === undefined ? "" : ` ${hi} = ${high};`}`);
      w.pushLanes(result, lo, hi, true);
    }
    this.exits.lookAfterCall(resume, left);
    w.emit(RELOAD);
  }

  private callImport(instruction: Instruction, type: FuncType, given: readonly Operand[]): void {
    const { w, exits } = this;
    if (type.results.length > 1) throw new NotGenerated("several results");
    const args = w.atoms(given);
    w.settleEager();
    const at = exits.lane(w.stack.length);
    const saves = args.map((arg, i) => exits.save(arg, at + 2 * i)).join("");
    const { address } = exits.site;
    const call = `h.host(s, g, ${instruction.index}, ${at}, ${exits.placeOf(address)}, x)`;
    const left = `${exits.saves()}break X;`;
    w.emit(`${RESET} ${saves}g = ${call} | 0;`);
    w.release(...args);
    const resume = exits.siteAt(instruction.next).address;
    this.takeResult(
      type.results[0],
      `s.i32[(x >> 8) + ${at} | 0]`,
      `s.i32[(x >> 8) + ${at + 1} | 0]`,
      resume,
      left,
    );
  }

  callIndirect(instruction: Instruction): void {
    const { w, exits } = this;
    const { module, canonicalTypes } = this.code;
    const type = module.types[instruction.index]!;
    let callee = w.pop();
    let args = this.arguments(type);
    const typeId = canonicalTypes[instruction.index]!;
    const candidates = candidatesOf(this.code, typeId);
    if (candidates.length > 0 || callee.isEager || args.some(({ isEager }) => isEager)) args = w.atoms(args);
    callee = w.atom(callee);
    const target = w.temporary();
    const { lo } = callee;
    w.emit(`${target} = (${lo} >>> 0) < s.table.length ? s.table[${lo}] : -1;`);
    w.settleEager();
    const call = `(s, g, ${standing(exits.lane(w.stack.length))}${lanesOf(args)})`;
    if (candidates.length > 0) {
      const cases = candidates.map((own) => `case ${own}: ${gasOf(this.ownFunction(own) + call)} break;`);
      w.emit(`${RESET} switch (${target}) {\n${cases.join("\n")}\ndefault:`);
    }
    exits.leaveIf(`${target} < 0 || s.typeIds[${target}] !== ${typeId}`, ...args, callee);
    w.emit(`${RESET} ${gasOf(`C[${target}].call${call}`)}${candidates.length > 0 ? " }" : ""}`);
    const operands = [...args, { ...callee, temporaries: [...callee.temporaries, target] }];
    this.finishCall(instruction, type, operands);
  }
}

/** A call. V8 knows nothing of what it returns: where loops change it, `g` would be no int32 to it. */
const gasOf = (call: string): string => `g = ${call} | 0;`;

/** The standing of a callee whose frame begins so many lanes into this one. */
const standing = (delta: number): string => `x + ${delta * 256 - 1} | 0`;

const lanesOf = (operands: readonly Operand[]): string =>
  operands.map(({ lo, hi }) => `, ${lo}${hi === undefined ? "" : `, ${hi}`}`).join("");
