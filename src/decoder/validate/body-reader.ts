import type { ModuleError } from "../errors.ts";
import { type Module, typeName, type ValType } from "../module.ts";
import { densePrefixed, operatorAt } from "../opcodes.ts";
import { Reader } from "../reader.ts";

/** Stands for a type not known, in code that cannot be reached (spec, Appendix, Validation Algorithm). */
export const UNKNOWN = 0;
/** What stands for the type of a slot that is not there. */
export const NOTHING = -1;

/** Longer names are cut in messages, in UTF-16 code units. */
const MAX_NAME = 120;

/** Reads function bodies, one after another; its errors name the function and the operator. */
export class BodyReader extends Reader {
  /** Offset of the operator being validated. */
  at = 0;
  private readonly module: Module;
  private bodyIndex = 0;

  constructor(module: Module) {
    super(module.bytes, module.limits);
    this.module = module;
  }

  open(bodyIndex: number): void {
    const { start, end } = this.module.bodies[bodyIndex]!;
    this.bodyIndex = bodyIndex;
    this.pos = start;
    this.end = end;
  }

  override get context(): string {
    const index = this.module.importedFunctionCount + this.bodyIndex;
    const name = this.module.names.functions.get(index);
    if (name === undefined) return `function ${index}`;
    return `function ${index} (${name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name})`;
  }

  /** Spec 1.0: exactly one byte 0x00 stands where later versions put an index. */
  zeroByte(): void {
    if (this.u8() !== 0) throw this.malformed("zero flag expected", this.pos - 1);
  }

  skip(bytes: number): void {
    if (bytes > this.left) throw this.unexpectedEnd();
    this.pos += bytes;
  }

  /** The operator at `at` breaks a rule. */
  invalid(reason: string): ModuleError {
    return this.error("invalid", reason, this.at);
  }

  mismatch(expected: number, found: number): ModuleError {
    return this.invalid(
      `type mismatch: ${this.operatorName()} takes ${nameOf(expected)}, found ${nameOf(found)}`,
    );
  }

  /** The mnemonic of the operator at `at`, which must be one. */
  operatorName(): string {
    const byte = this.bytes[this.at]!;
    const op = operatorAt(byte);
    if (op !== undefined) return op.name;
    const pos = this.pos;
    this.pos = this.at + 1;
    const dense = densePrefixed(byte, this.u32());
    this.pos = pos;
    return operatorAt(dense)!.name;
  }
}

function nameOf(type: number): string {
  if (type === NOTHING) return "nothing";
  return type === UNKNOWN ? "any type" : typeName(type as ValType);
}
