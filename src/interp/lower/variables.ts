import type { FuncType, ValidModule } from "../../decoder/module.ts";
import * as OP from "../machine/instructions.ts";
import type { Emitter } from "./emitter.ts";
import { wideOf } from "./forms.ts";
import type { OperandStack } from "./operands.ts";

/** Lowers operators on locals and globals. */
export class VariableLowering {
  private readonly emitter: Emitter;
  private readonly stack: OperandStack;
  private module!: ValidModule;
  private localWide = new Uint8Array(0);

  constructor(emitter: Emitter, stack: OperandStack) {
    this.emitter = emitter;
    this.stack = stack;
  }

  /** Begins a body of a function of this type; returns the number of its locals, parameters included. */
  begin(module: ValidModule, type: FuncType, body: ValidModule["bodies"][number]): number {
    this.module = module;
    const localCount = type.params.length + body.localCount;
    if (this.localWide.length < localCount) this.localWide = new Uint8Array(localCount * 2);
    let i = 0;
    for (const param of type.params) this.localWide[i++] = wideOf(param);
    for (const { count, type } of body.locals) {
      this.localWide.fill(wideOf(type), i, i + count);
      i += count;
    }
    return localCount;
  }

  getLocal(local: number): void {
    this.stack.pushLocal(local, this.localWide[local]!);
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
    this.assign(local);
  }

  teeLocal(local: number): void {
    this.assign(local);
    this.getLocal(local);
  }

  globalGet(index: number): void {
    const { stack, emitter, module } = this;
    const wide = wideOf(module.globals[index]!.type);
    const own = index - module.importedGlobalCount;
    if (own < 0) emitter.def1(OP.IMPORTED_GLOBAL_GET, stack.nextSlot, index);
    else emitter.def1(wide === 1 ? OP.GLOBAL_GET_64 : OP.GLOBAL_GET_32, stack.nextSlot, own * 2);
    stack.pushTemporary(wide);
  }

  globalSet(index: number): void {
    const { stack, emitter, module } = this;
    const wide = wideOf(module.globals[index]!.type);
    stack.pop();
    const a = stack.slotOf(stack.height);
    const own = index - module.importedGlobalCount;
    if (own < 0) emitter.op2(OP.IMPORTED_GLOBAL_SET, index, a);
    else emitter.op2(wide === 1 ? OP.GLOBAL_SET_64 : OP.GLOBAL_SET_32, own * 2, a);
  }
}
