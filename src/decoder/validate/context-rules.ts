import { I32, type Module, type ValType } from "../module.ts";
import { isValType } from "../sections/types.ts";
import { type BodyReader, UNKNOWN } from "./body-reader.ts";
import { EMPTY, type Stacks } from "./stacks.ts";

const LOOP = 21;
const IF = 22;
const ELSE = 23;

/**
 * The rules of the operators whose types depend on where they stand: control, calls, globals, parametric ones
 * (spec, Validation, Instructions). The reader stands after the opcode and is left after the immediates.
 */
export class ContextRules {
  private readonly module: Module;
  private readonly reader: BodyReader;
  private readonly stacks: Stacks;

  constructor(module: Module, reader: BodyReader, stacks: Stacks) {
    this.module = module;
    this.reader = reader;
    this.stacks = stacks;
  }

  /** @param rule a number of `rules.ts` */
  apply(rule: number): void {
    const { reader, stacks } = this;
    switch (rule) {
      case 15: // select
        this.select();
        break;
      case 16: // global.get
        stacks.push(this.global(reader.u32()).type);
        break;
      case 17: {
        // global.set
        const { type, mutable } = this.global(reader.u32());
        if (!mutable) throw reader.invalid("global is immutable");
        stacks.pop(type);
        break;
      }
      case 18: // call
        this.call(this.function(reader.u32()));
        break;
      case 19: // call_indirect
        this.callIndirect();
        break;
      case 20: // block
      case 21: // loop
        stacks.pushFrame(rule, EMPTY, this.blockType());
        break;
      case 22: {
        // if
        const type = this.blockType();
        stacks.pop(I32);
        stacks.pushFrame(rule, EMPTY, type);
        break;
      }
      case 23: // else
        this.otherwise();
        break;
      case 24: // end
        this.end();
        break;
      case 25: // br
        stacks.popList(this.label(reader.u32()));
        stacks.leave();
        break;
      case 26: {
        // br_if
        const label = this.label(reader.u32());
        stacks.pop(I32);
        stacks.popList(label);
        stacks.pushList(label);
        break;
      }
      case 27: // br_table
        this.branchTable();
        break;
      case 28: // return
        stacks.popList(stacks.endAt(0));
        stacks.leave();
        break;
      case 29: // unreachable
        stacks.leave();
        break;
      default:
        throw new Error(`no context rule ${rule}`);
    }
  }

  /** Spec 1.0: one byte, 0x40 or a value type. */
  private blockType(): number {
    const byte = this.reader.u8();
    if (byte !== EMPTY && !isValType(byte))
      throw this.reader.malformed("malformed block type", this.reader.pos - 1);
    return byte;
  }

  /** The types a branch to this label takes: what a loop starts with, and what other blocks end with. */
  private label(index: number): number {
    const { stacks } = this;
    if (index >= stacks.depth) throw this.reader.invalid(`unknown label ${index}`);
    const frame = stacks.depth - 1 - index;
    return stacks.kindAt(frame) === LOOP ? stacks.startAt(frame) : stacks.endAt(frame);
  }

  private otherwise(): void {
    const { reader, stacks } = this;
    const frame = stacks.depth - 1;
    if (stacks.kindAt(frame) !== IF) throw reader.malformed("END opcode expected", reader.at);
    stacks.popFrame();
    stacks.pushFrame(ELSE, stacks.startAt(frame), stacks.endAt(frame));
  }

  private end(): void {
    const { reader, stacks } = this;
    const frame = stacks.depth - 1;
    const start = stacks.startAt(frame);
    const end = stacks.endAt(frame);
    stacks.popFrame();
    // An `if` without `else` passes its operands on unchanged.
    if (stacks.kindAt(frame) === IF && start !== end) {
      throw reader.invalid("type mismatch: an if with a result needs an else");
    }
    if (frame > 0) stacks.pushList(end);
  }

  private branchTable(): void {
    const { reader, stacks } = this;
    const at = reader.pos;
    const count = reader.u32();
    if (count >= reader.left) throw reader.unexpectedEnd();
    reader.limit("brTableTargets", count, at);
    const first = this.label(reader.u32());
    // Spec 1.0: all labels must have the same types, also where the code cannot be reached.
    for (let i = 0; i < count; i++) {
      if (this.label(reader.u32()) !== first) {
        throw reader.invalid("type mismatch: the labels of a br_table differ in their types");
      }
    }
    stacks.pop(I32);
    stacks.popList(first);
    stacks.leave();
  }

  /** @param typeIndex one that exists */
  private call(typeIndex: number): void {
    const { params, results } = this.module.types[typeIndex]!;
    this.stacks.popAll(params);
    this.stacks.pushAll(results);
  }

  private callIndirect(): void {
    const { reader, module } = this;
    const typeIndex = reader.u32();
    reader.zeroByte();
    if (module.tables.length === 0) throw reader.invalid("unknown table 0");
    if (typeIndex >= module.types.length) throw reader.invalid(`unknown type ${typeIndex}`);
    this.stacks.pop(I32);
    this.call(typeIndex);
  }

  private select(): void {
    const { reader, stacks } = this;
    stacks.pop(I32);
    const second = stacks.pop(UNKNOWN);
    const first = stacks.pop(UNKNOWN);
    if (first !== second && first !== UNKNOWN && second !== UNKNOWN) throw reader.mismatch(first, second);
    stacks.push(first === UNKNOWN ? second : first);
  }

  /** The type index of a function. */
  private function(index: number): number {
    const typeIndex = this.module.functions[index];
    if (typeIndex === undefined) throw this.reader.invalid(`unknown function ${index}`);
    return typeIndex;
  }

  private global(index: number): { readonly type: ValType; readonly mutable: boolean } {
    const global = this.module.globals[index];
    if (global === undefined) throw this.reader.invalid(`unknown global ${index}`);
    return global;
  }
}
