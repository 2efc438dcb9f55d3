import { FUNCREF, I32, isRefType, type Module, type RefType, type ValType } from "../module.ts";
import { isValType, readRefType, readValType } from "../sections/types.ts";
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
  private readonly hasMultiValue: boolean;
  private readonly hasReferences: boolean;
  /** What a block type gave: lists of parameters and results. */
  private blockStart = EMPTY;
  private blockEnd = EMPTY;

  constructor(module: Module, reader: BodyReader, stacks: Stacks) {
    this.module = module;
    this.reader = reader;
    this.stacks = stacks;
    this.hasMultiValue = module.features.has("multi-value");
    this.hasReferences = module.features.has("reference-types");
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
        this.blockType();
        stacks.popList(this.blockStart);
        stacks.pushFrame(rule, this.blockStart, this.blockEnd);
        break;
      case 22: // if
        this.blockType();
        stacks.pop(I32);
        stacks.popList(this.blockStart);
        stacks.pushFrame(rule, this.blockStart, this.blockEnd);
        break;
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
      case 30: // select t
        this.selectTyped();
        break;
      case 31: {
        // table.get
        const type = this.table(reader.u32());
        stacks.pop(I32);
        stacks.push(type);
        break;
      }
      case 32: {
        // table.set
        const type = this.table(reader.u32());
        stacks.pop(type);
        stacks.pop(I32);
        break;
      }
      case 33: {
        // table.grow
        const type = this.table(reader.u32());
        stacks.pop(I32);
        stacks.pop(type);
        stacks.push(I32);
        break;
      }
      case 34: {
        // table.fill
        const type = this.table(reader.u32());
        stacks.pop(I32);
        stacks.pop(type);
        stacks.pop(I32);
        break;
      }
      case 35: // ref.null
        stacks.push(readRefType(reader, this.module));
        break;
      case 36: {
        // ref.is_null
        const found = stacks.pop(UNKNOWN);
        if (found !== UNKNOWN && !isRefType(found)) {
          throw reader.invalid("type mismatch: ref.is_null takes a reference");
        }
        stacks.push(I32);
        break;
      }
      default:
        throw new Error(`no context rule ${rule}`);
    }
  }

  /**
   * Spec 1.0: one byte, 0x40 or a value type. With multi-value it may be the index of a type instead, a signed integer
   * of 33 bits so that it cannot be taken for one of those. Leaves the lists in `blockStart` and `blockEnd`.
   */
  private blockType(): void {
    const { reader, module, stacks } = this;
    const at = reader.pos;
    const byte = reader.u8();
    if (byte === EMPTY || isValType(byte, module)) {
      this.blockStart = EMPTY;
      this.blockEnd = byte;
      return;
    }
    // A single byte with the bit 0x40 is a negative number.
    if (!this.hasMultiValue || (byte & 0xc0) === 0x40) throw reader.malformed("malformed block type", at);
    reader.pos = at;
    const index = reader.u32();
    const type = module.types[index];
    if (type === undefined) throw reader.invalid(`unknown type ${index}`);
    this.blockStart = stacks.listOf(type.params);
    this.blockEnd = stacks.listOf(type.results);
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
    const start = stacks.startAt(frame);
    stacks.popFrame();
    stacks.pushFrame(ELSE, start, stacks.endAt(frame));
  }

  private end(): void {
    const { reader, stacks } = this;
    const frame = stacks.depth - 1;
    const start = stacks.startAt(frame);
    const end = stacks.endAt(frame);
    stacks.popFrame();
    // An `if` without `else` passes its operands on unchanged.
    if (stacks.kindAt(frame) === IF && start !== end) {
      throw reader.invalid("type mismatch: an if without else gives what it takes");
    }
    if (frame > 0) stacks.pushList(end);
  }

  private branchTable(): void {
    const { reader, stacks } = this;
    const at = reader.pos;
    const count = reader.u32();
    if (count >= reader.left) throw reader.unexpectedEnd();
    reader.limit("brTableTargets", count, at);
    // Before the labels it would not stand on the stack that they are checked against.
    if (this.hasReferences) stacks.pop(I32);
    const first = this.label(reader.u32());
    const arity = stacks.lengthOf(first);
    for (let i = 0; i < count; i++) {
      const label = this.label(reader.u32());
      if (label === first) continue;
      // Spec 1.0: all labels must have the same types, also where the code cannot be reached. Since reference types
      // each must fit the stack by itself.
      if (!this.hasReferences || stacks.lengthOf(label) !== arity) {
        throw reader.invalid("type mismatch: the labels of a br_table differ in their types");
      }
      stacks.expectList(label);
    }
    if (!this.hasReferences) stacks.pop(I32);
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
    let table = 0;
    if (this.hasReferences) table = reader.u32();
    else reader.zeroByte();
    if (this.table(table) !== FUNCREF)
      throw reader.invalid("type mismatch: call_indirect takes a table of funcref");
    if (typeIndex >= module.types.length) throw reader.invalid(`unknown type ${typeIndex}`);
    this.stacks.pop(I32);
    this.call(typeIndex);
  }

  private select(): void {
    const { reader, stacks } = this;
    stacks.pop(I32);
    const second = stacks.pop(UNKNOWN);
    const first = stacks.pop(UNKNOWN);
    if (isRefType(first) || isRefType(second)) {
      throw reader.invalid("type mismatch: select without a type takes numbers or vectors");
    }
    if (first !== second && first !== UNKNOWN && second !== UNKNOWN) throw reader.mismatch(first, second);
    stacks.push(first === UNKNOWN ? second : first);
  }

  private selectTyped(): void {
    const { reader, stacks } = this;
    const count = reader.u32();
    if (count !== 1) throw reader.invalid("invalid result arity");
    const type = readValType(reader, this.module);
    stacks.pop(I32);
    stacks.pop(type);
    stacks.pop(type);
    stacks.push(type);
  }

  /** The type of a table's elements. */
  private table(index: number): RefType {
    const table = this.module.tables[index];
    if (table === undefined) throw this.reader.invalid(`unknown table ${index}`);
    return table.element;
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
