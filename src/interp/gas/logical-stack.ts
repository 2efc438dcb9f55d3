import { type Module, operatorAt } from "../../decoder/index.ts";
import type { FuncType, ValType } from "../../decoder/module.ts";
import { densePrefixed, isPrefix } from "../../decoder/opcodes.ts";

/**
 * The logical stack height of wasm-instrument 0.4's stack limiter, to which Polkadot holds parachain validation
 * functions (65,536 by default): every active function counts its declared locals (parameters not included) plus the
 * greatest height of its operand stack, where the height begins at 2 for the activation frame.
 *
 * The height is computed as that tool does it, with its quirks: code is taken for unreachable until the *frame*
 * ends, so an `else` after a `then` that never ends normally is not counted; `else` does not reset the height, so the
 * result of the `then` arm is still counted there; `br_table` leaves its index. That tool knows 1.0 alone; what came later
 * is counted in the same way, a value as 1 of whatever type.
 */
const ACTIVATION_FRAME_COST = 2;

const costs = new WeakMap<Module, Int32Array>();

/** Cost of every defined function; computed for all at first use, linear in the size of the code. */
export function logicalStackCosts(module: Module): Int32Array {
  let table = costs.get(module);
  if (table === undefined) {
    table = Int32Array.from(
      module.bodies,
      (body, index) => body.localCount + new HeightCounter(module, index).count(),
    );
    costs.set(module, table);
  }
  return table;
}

interface Frame {
  polymorphic: boolean;
  readonly endArity: number;
  readonly branchArity: number;
  readonly startHeight: number;
}

class HeightCounter {
  private height = ACTIVATION_FRAME_COST;
  private max = 0;
  private at: number;
  private readonly frames: Frame[] = [];
  private readonly module: Module;
  private readonly end: number;

  constructor(module: Module, index: number) {
    this.module = module;
    const { start, end } = module.bodies[index]!;
    this.at = start;
    this.end = end;
    const arity = module.types[module.functions[module.importedFunctionCount + index]!]!.results.length;
    this.frames.push({ polymorphic: false, endArity: arity, branchArity: arity, startHeight: 0 });
  }

  count(): number {
    while (this.at < this.end) {
      if (this.height > this.max && !this.top.polymorphic) this.max = this.height;
      this.operator();
    }
    return this.max;
  }

  private get top(): Frame {
    return this.frames[this.frames.length - 1]!;
  }

  private push(count: number): void {
    this.height += count;
  }
  /** At the frame's bottom, which only unreachable code can reach, nothing is popped. */
  private pop(count: number): void {
    if (count === 0 || this.height === this.top.startHeight) return;
    this.height -= count;
  }
  private branchArity(label: number): number {
    return this.frames[this.frames.length - 1 - label]!.branchArity;
  }

  private operator(): void {
    const { module } = this;
    let code = module.bytes[this.at++]!;
    if (isPrefix(code)) code = densePrefixed(code, this.unsigned());
    const operator = operatorAt(code)!;
    switch (operator.name) {
      case "block":
      case "loop":
      case "if": {
        const { params, results } = this.blockType();
        if (operator.name === "if") this.pop(1);
        this.pop(params.length);
        this.frames.push({
          polymorphic: false,
          endArity: results.length,
          branchArity: operator.name === "loop" ? params.length : results.length,
          startHeight: this.height,
        });
        this.push(params.length);
        return;
      }
      case "nop":
      case "else":
        return;
      case "end": {
        const frame = this.frames.pop()!;
        this.height = frame.startHeight + frame.endArity;
        return;
      }
      case "unreachable":
        this.top.polymorphic = true;
        return;
      case "br":
        this.pop(this.branchArity(this.unsigned()));
        this.top.polymorphic = true;
        return;
      case "br_if": {
        const arity = this.branchArity(this.unsigned());
        this.pop(arity);
        this.pop(1);
        this.push(arity);
        return;
      }
      case "br_table": {
        const count = this.unsigned();
        let label = 0;
        for (let i = 0; i <= count; i++) label = this.unsigned();
        this.pop(this.branchArity(label));
        this.top.polymorphic = true;
        return;
      }
      case "return":
        this.pop(this.frames[0]!.endArity);
        this.top.polymorphic = true;
        return;
      case "call":
        this.call(module.functions[this.unsigned()]!);
        return;
      case "call_indirect": {
        const type = this.unsigned();
        this.unsigned();
        this.pop(1);
        this.call(type);
        return;
      }
      case "drop":
      case "local.set":
      case "global.set":
        this.skipImmediates(operator.immediates);
        this.pop(1);
        return;
      case "ref.null":
        this.at++;
        this.push(1);
        return;
      case "ref.is_null":
        return;
      case "table.get":
        this.unsigned();
        return;
      case "table.set":
        this.unsigned();
        this.pop(2);
        return;
      case "table.grow":
        this.unsigned();
        this.pop(1);
        return;
      case "table.fill":
        this.unsigned();
        this.pop(3);
        return;
      case "select":
      case "select t":
        if (operator.name === "select t") this.at += 2;
        this.pop(2);
        this.pop(1);
        this.push(1);
        return;
      case "local.get":
      case "global.get":
        this.unsigned();
        this.push(1);
        return;
      case "local.tee":
        this.unsigned();
        this.pop(1);
        this.push(1);
        return;
      default:
        this.skipImmediates(operator.immediates);
        this.pop(operator.params!.length);
        this.push(operator.results!.length);
    }
  }

  private blockType(): FuncType {
    const byte = this.module.bytes[this.at]!;
    if (byte >= 0x40 && byte < 0x80) {
      this.at++;
      return { params: [], results: byte === 0x40 ? [] : [byte as ValType] };
    }
    return this.module.types[this.unsigned()]!;
  }

  private call(typeIndex: number): void {
    const { params, results } = this.module.types[typeIndex]!;
    this.pop(params.length);
    this.push(results.length);
  }

  private skipImmediates(kind: string): void {
    switch (kind) {
      case "none":
        return;
      case "memarg":
      case "memories":
      case "memory.init":
      case "tables":
      case "table.init":
        this.skipLeb();
        this.skipLeb();
        return;
      case "memarg-lane":
        this.skipLeb();
        this.skipLeb();
        this.at++;
        return;
      case "lane":
        this.at++;
        return;
      case "lanes":
      case "v128":
        this.at += 16;
        return;
      case "f32":
        this.at += 4;
        return;
      case "f64":
        this.at += 8;
        return;
      default:
        this.skipLeb();
    }
  }

  private skipLeb(): void {
    while (this.module.bytes[this.at++]! >= 0x80);
  }

  private unsigned(): number {
    let value = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.module.bytes[this.at++]!;
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return value >>> 0;
  }
}
