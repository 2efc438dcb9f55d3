import { type FuncType, V128, type ValidModule } from "../../decoder/module.ts";
import { globalLanes } from "../index-spaces.ts";
import * as OP from "../machine/instructions.ts";
import type { Emitter } from "./emitter.ts";
import type { OperandStack } from "./operands.ts";
import { NARROW, REFERENCE, type Slots, slotsOf, slotsOfOne, UPPER, WIDE } from "./slots.ts";

/** Lowers operators on locals and globals. */
export class VariableLowering {
  private readonly emitter: Emitter;
  private readonly stack: OperandStack;
  private module!: ValidModule;
  /** What each slot of the locals holds. */
  private holds = new Uint8Array(0);
  /** The first slot of each local; undefined where every one has just its own. */
  private slots: Int32Array | undefined;

  constructor(emitter: Emitter, stack: OperandStack) {
    this.emitter = emitter;
    this.stack = stack;
  }

  /** Begins a body of a function of this type; returns the number of its locals' slots, parameters included. */
  begin(module: ValidModule, type: FuncType, body: ValidModule["bodies"][number]): number {
    this.module = module;
    const params = slotsOf(type.params);
    let count = params.length;
    let hasVectors = params.length > type.params.length;
    for (const run of body.locals) {
      hasVectors ||= run.type === V128;
      count += run.count * slotsOfOne(run.type).length;
    }
    if (this.holds.length <= count) this.holds = new Uint8Array(count * 2 + 1);
    this.holds.set(params);
    // No vector's half, whatever it was to the body before.
    this.holds[count] = NARROW;
    let at = params.length;
    for (const run of body.locals) {
      const one = slotsOfOne(run.type);
      const end = at + run.count * one.length;
      this.holds.fill(one[0]!, at, end);
      for (let upper = at + 1; one.length > 1 && upper < end; upper += 2) this.holds[upper] = one[1]!;
      at = end;
    }
    this.slots = hasVectors ? firstSlots(this.holds, count) : undefined;
    return count;
  }

  getLocal(local: number): void {
    const { stack, holds } = this;
    const slot = this.slotOf(local);
    stack.pushLocal(slot, holds[slot]!);
    if (this.isVector(slot)) stack.pushLocal(slot + 1, UPPER);
  }

  private slotOf(local: number): number {
    return this.slots === undefined ? local : this.slots[local]!;
  }
  private isVector(slot: number): boolean {
    return this.slots !== undefined && this.holds[slot + 1] === UPPER;
  }

  /** Pops the top entry into `local`; true if the entry's own slot keeps the value, too. */
  private assign(local: number): boolean {
    const { stack, emitter } = this;
    stack.pop();
    const at = stack.height;
    if (stack.localOf(at) === local) return true;
    if (stack.isTemporary(at) && !stack.hasAlias(local) && emitter.isLastResult(stack.slotAt(at))) {
      emitter.redirectLast(local * 2);
      return false;
    }
    stack.saveAliases(local);
    stack.copyTo(at, local * 2);
    // The copy's result is a local: no later instruction may take it for an operand's.
    emitter.last = -1;
    return true;
  }

  setLocal(local: number): void {
    const slot = this.slotOf(local);
    if (this.isVector(slot)) this.assign(slot + 1);
    this.assign(slot);
  }

  teeLocal(local: number): void {
    this.setLocal(local);
    this.getLocal(local);
  }

  globalGet(index: number): void {
    const { stack, emitter, module } = this;
    const slots = slotsOfOne(module.globals[index]!.type);
    const own = index - module.importedGlobalCount;
    if (slots[0] === REFERENCE) {
      emitter.def1(OP.REFERENCE_GLOBAL_GET, stack.nextSlot, index);
      stack.pushTemporary(REFERENCE);
    } else if (own < 0) {
      // Not as the definition of a slot where it is one of two.
      if (slots.length > 1) emitter.op2(OP.IMPORTED_VECTOR_GET, stack.nextSlot, index);
      else emitter.def1(OP.IMPORTED_GLOBAL_GET, stack.nextSlot, index);
      stack.pushSlots(slots);
    } else {
      this.getOwn(slots, own);
    }
  }

  private getOwn(slots: Slots, own: number): void {
    const { stack, emitter } = this;
    const at = slots.length > 1 ? globalLanes(this.module).at[own]! : own * 2;
    for (let i = 0; i < slots.length; i++) {
      const op = slots[i] === NARROW ? OP.GLOBAL_GET_32 : OP.GLOBAL_GET_64;
      emitter.def1(op, stack.nextSlot, at + 2 * i);
      stack.pushTemporary(slots[i]!);
    }
  }

  globalSet(index: number): void {
    const { stack, emitter, module } = this;
    const slots = slotsOfOne(module.globals[index]!.type);
    const own = index - module.importedGlobalCount;
    stack.popValue();
    const a = slots.length > 1 ? stack.vectorAt(stack.height) : stack.slotOf(stack.height);
    if (slots[0] === REFERENCE) emitter.op2(OP.REFERENCE_GLOBAL_SET, index, a);
    else if (own < 0)
      emitter.op2(slots.length > 1 ? OP.IMPORTED_VECTOR_SET : OP.IMPORTED_GLOBAL_SET, index, a);
    else if (slots.length === 1)
      emitter.op2(slots[0] === WIDE ? OP.GLOBAL_SET_64 : OP.GLOBAL_SET_32, own * 2, a);
    else {
      const at = globalLanes(module).at[own]!;
      emitter.op2(OP.GLOBAL_SET_64, at, a);
      emitter.op2(OP.GLOBAL_SET_64, at + 2, a + 2);
    }
  }
}

/** The first slot of each local. */
function firstSlots(holds: Uint8Array, count: number): Int32Array {
  const slots: number[] = [];
  for (let at = 0; at < count; at++) if (holds[at] !== UPPER) slots.push(at);
  return Int32Array.from(slots);
}
