import type { FuncType, ValidModule } from "../../decoder/module.ts";
import type { Code } from "../machine/code.ts";
import * as OP from "../machine/instructions.ts";
import type { Emitter } from "./emitter.ts";
import type { OperandStack } from "./operands.ts";
import { slotsOf } from "./slots.ts";

/** Lowers calls: arguments are left where the callee's frame begins, its result is found there. */
export class CallLowering {
  private readonly emitter: Emitter;
  private readonly stack: OperandStack;
  private code!: Code;
  private module!: ValidModule;
  /** The last call, and the address after it. */
  private callType: FuncType | undefined;
  private callEnd = -1;

  constructor(emitter: Emitter, stack: OperandStack) {
    this.emitter = emitter;
    this.stack = stack;
  }

  begin(code: Code): void {
    this.code = code;
    this.module = code.module;
    this.callEnd = -1;
  }

  /** The type of the call that is the last instruction, if it is one. */
  get justCalled(): FuncType | undefined {
    return this.callEnd === this.emitter.size ? this.callType : undefined;
  }

  call(index: number): void {
    const { module, emitter } = this;
    const type = module.types[module.functions[index]!]!;
    const delta = this.arguments(type);
    const own = index - module.importedFunctionCount;
    if (own < 0) emitter.op2(OP.CALL_IMPORT, index, delta);
    else emitter.op2(OP.CALL, own, delta);
    this.pushResults(type);
  }

  callIndirect(typeIndex: number, table: number): void {
    const { module, stack, emitter, code } = this;
    const type = module.types[typeIndex]!;
    stack.pop();
    const callee = stack.slotOf(stack.height);
    const delta = this.arguments(type);
    const canonical = code.canonicalTypes[typeIndex]!;
    // The loop knows table 0 alone.
    if (table === 0) emitter.op3(OP.CALL_INDIRECT, canonical, callee, delta);
    else emitter.op4(OP.CALL_TABLE, table, canonical, callee, delta);
    this.pushResults(type);
  }

  /** Puts the arguments into their slots and pops them: there the callee's frame begins. */
  private arguments({ params }: FuncType): number {
    const { stack } = this;
    const count = slotsOf(params).length;
    stack.materialise(count);
    stack.dropTo(stack.height - count);
    return stack.nextSlot;
  }

  private pushResults(type: FuncType): void {
    this.callType = type;
    this.callEnd = this.emitter.size;
    this.stack.pushSlots(slotsOf(type.results));
  }
}
