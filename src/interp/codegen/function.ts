import type { FuncType } from "../../decoder/module.ts";
import { I32 } from "../../decoder/module.ts";
import { logicalStackCosts } from "../gas/logical-stack.ts";
import type { Code } from "../machine/code.ts";
import { type Instruction, readInstruction } from "../reference/instruction.ts";
import type { Form, FunctionParts } from "./assemble.ts";
import { Calls } from "./calls.ts";
import { Control } from "./control.ts";
import { DIVISION_RULES } from "./division.ts";
import { Exits } from "./exits.ts";
import { FLOAT_RULES, TRUNCATION_RULES } from "./floats.ts";
import { testOf } from "./frame.ts";
import { getGlobal, setGlobal } from "./globals.ts";
import { SLOT_DIVISION_RULES, slotRules } from "./i64-slots.ts";
import { INTEGER_RULES, OUT_OF_LINE } from "./integers.ts";
import { setLocal } from "./locals.ts";
import { bulkMemory, LOADS, STORES, writeLoad, writeStore } from "./memory.ts";
import { constant, isFloat, isWide, type Operand } from "./operand.ts";
import { NotGenerated, requireNumbers, requireTypes } from "./supported.ts";
import { RESET, type Writer } from "./writer.ts";

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
  readonly type: FuncType;
  /** What the function adds to the logical stack height; 0 if that is not counted. */
  private readonly height: number;
  private readonly exits: Exits;
  private readonly control: Control;
  private readonly calls: Calls;

  constructor(code: Code, index: number, form: Form, w: Writer) {
    const { module } = code;
    this.code = code;
    this.index = index;
    this.w = w;
    this.type = module.types[module.functions[module.importedFunctionCount + index]!]!;
    this.height = code.probes.logicalStack ? logicalStackCosts(module)[index]! : 0;
    this.exits = new Exits(code, index, w);
    this.control = new Control(code, index, this.type, this.height, form, this.exits, w);
    this.calls = new Calls(code, index, this.exits, w);
  }

  write(): FunctionParts {
    const { code, control, exits, w, index, type, height } = this;
    const { start, end } = code.module.bodies[index]!;
    this.requirePlainLocals();
    control.openBody();
    for (let at = start; at < end; ) {
      const instruction = readInstruction(code.module.bytes, at);
      at = instruction.next;
      if (control.isDead) control.skip(instruction);
      else this.step(instruction);
    }
    return {
      index,
      type,
      w,
      lanes: code.frames[index]!,
      cost: exits.costOf(0),
      reach: exits.reach,
      height,
      results: control.branches.results,
      hasLoops: control.hasLoops,
      refills: control.refills,
    };
  }

  /** Functions that it calls through their cells. */
  get callees(): readonly number[] {
    return this.calls.calledFunctions;
  }
  get isRecursive(): boolean {
    return this.calls.isRecursive;
  }

  private step(instruction: Instruction): void {
    const { control, exits } = this;
    requireNumbers(this.code.module, instruction);
    exits.site = exits.siteAt(instruction.offset);
    // The first block is charged where the function is entered.
    const { block } = exits.site;
    if (block > 0) control.startBlock(block);
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

  private operator(instruction: Instruction): void {
    const { w, control } = this;
    const { operator, index, bits } = instruction;
    const { name } = operator;
    if (name === "local.get") {
      w.pushLocal(index);
      return;
    }
    const rule = (w.slots === undefined ? undefined : SLOT_RULES.get(name)) ?? RULES.get(name);
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
        w.emit(this.exits.leave());
        control.die();
        return;
      case "block":
      case "loop":
        control.block(name, instruction);
        return;
      case "if":
        control.if(instruction);
        return;
      case "else":
        control.else();
        return;
      case "end":
        control.end();
        return;
      case "br":
        control.branches.branch(index);
        control.die();
        return;
      case "br_if":
        control.branches.branchIf(index);
        return;
      case "br_table":
        control.branches.branchTable(instruction.labels);
        control.die();
        return;
      case "return":
        control.branches.return();
        control.die();
        return;
      case "call":
        this.calls.call(instruction);
        return;
      case "call_indirect":
        this.calls.callIndirect(instruction);
        return;
      case "drop": {
        const operand = w.popAsItIs();
        w.release(operand.isEager ? w.atom(operand) : operand);
        return;
      }
      case "select":
        this.select();
        return;
      case "local.set":
        setLocal(w, index, w.popAsItIs());
        return;
      case "local.tee":
        setLocal(w, index, w.popAsItIs());
        w.pushLocal(index);
        return;
      case "global.get":
        getGlobal(w, this.code.module, index);
        return;
      case "global.set":
        setGlobal(w, this.code.module, index);
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
      case "memory.copy":
        bulkMemory(w, this.exits, "copyMemory", this.code.schedule, instruction.next);
        return;
      case "memory.fill":
        bulkMemory(w, this.exits, "fillMemory", this.code.schedule, instruction.next);
        return;
      case "memory.grow":
        // Rare, and the memory moves: the machine's.
        w.settleEager();
        w.emit(`if (true) ${this.exits.leave()}`);
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
    const divisions =
      w.slots !== undefined && name in SLOT_DIVISION_RULES ? SLOT_DIVISION_RULES : DIVISION_RULES;
    const trapping = divisions[name] ?? TRUNCATION_RULES[name];
    const outOfLine = OUT_OF_LINE.get(name);
    if (load !== undefined || store !== undefined) w.usesMemory = true;
    if (load !== undefined) writeLoad(w, load, index, this.exits.site.address);
    else if (store !== undefined) writeStore(w, store, index, this.exits.site.address);
    else if (trapping !== undefined) trapping(w, this.exits);
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
    if (mayTrap) this.exits.leaveIf(`h.cold(s, ${op}, ${lanes}) < 0`, ...operands);
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
    const test = testOf(c);
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
}

/** Operators that neither trap nor leave, by mnemonic. */
const RULES = new Map([...INTEGER_RULES, ...FLOAT_RULES]);
const SLOT_RULES = slotRules(INTEGER_RULES);

const isCanonical = ({ lo, nan }: Operand): boolean => lo === undefined && nan === undefined;
