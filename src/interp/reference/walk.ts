import { type FuncType, V128, type ValidModule, type ValType } from "../../decoder/module.ts";
import { type Instruction, readInstruction } from "./instruction.ts";

/** One operator of a body, with what the spec's validation algorithm (Appendix) knows before it. */
export interface Site {
  readonly instruction: Instruction;
  /** Whether control can get here. Then the other two mean something. */
  readonly isReachable: boolean;
  /** Whether a basic block, as `GasSchedule` defines them, starts here. */
  readonly startsBlock: boolean;
  /** Operands on the stack before it. */
  readonly height: number;
  /** Which of them are vectors, bottom first. Only good until the next site is asked for. */
  readonly vectors: readonly boolean[];
}

interface Open {
  readonly kind: "body" | "block" | "loop" | "if" | "else";
  readonly isReachable: boolean;
  /** Operands below those that the block takes. */
  readonly height: number;
  readonly type: FuncType;
  /** Whether its end is reached from elsewhere than the operator before: by a branch, or past an arm of an `if`. */
  isJoined: boolean;
}

const EMPTY_BLOCK = 0x40 - 0x80;
const NOTHING: FuncType = { params: [], results: [] };

/** What a block takes and gives. */
export function blockType({ types }: ValidModule, { index }: Instruction): FuncType {
  if (index >= 0) return types[index]!;
  return index === EMPTY_BLOCK ? NOTHING : { params: [], results: [(index + 0x80) as ValType] };
}

const isVector = (type: ValType): boolean => type === V128;

/** All operators of defined function `func`, in order. */
export function* walk(module: ValidModule, func: number): Generator<Site> {
  const { start, end } = module.bodies[func]!;
  const open: Open[] = [{ kind: "body", isReachable: true, height: 0, type: NOTHING, isJoined: false }];
  let isReachable = true;
  let startsBlock = true;
  const vectors: boolean[] = [];
  const stack = new StackEffects(module, func, vectors);

  const branchTo = (label: number): void => {
    const target = open[open.length - 1 - label]!;
    if (isReachable && target.kind !== "loop") target.isJoined = true;
  };

  for (let offset = start; offset < end; ) {
    const instruction = readInstruction(module.bytes, offset);
    const { length: height } = vectors;
    yield { instruction, isReachable, startsBlock: startsBlock && isReachable, height, vectors };
    startsBlock = false;
    // Code that cannot be reached would take operands that are not its own.
    if (isReachable) stack.apply(instruction);
    const { name } = instruction.operator;
    switch (name) {
      case "block":
      case "loop":
      case "if": {
        const type = blockType(module, instruction);
        const below = Math.max(vectors.length - type.params.length, 0);
        open.push({ kind: name, isReachable, height: below, type, isJoined: false });
        startsBlock = name !== "block";
        break;
      }
      case "else": {
        const then = open.pop()!;
        open.push({ ...then, kind: "else", isJoined: then.isJoined || isReachable });
        isReachable = then.isReachable;
        if (then.isReachable) stack.set(then.height, then.type.params);
        startsBlock = true;
        break;
      }
      case "end": {
        const block = open.pop()!;
        // An `if` without `else` is passed by when its condition does not hold.
        const isJoined = block.isJoined || (block.kind === "if" && block.isReachable);
        isReachable ||= isJoined;
        if (block.isReachable) stack.set(block.height, block.type.results);
        startsBlock = isJoined || block.kind === "else";
        break;
      }
      case "br_if":
        branchTo(instruction.index);
        startsBlock = true;
        break;
      case "br":
        branchTo(instruction.index);
        isReachable = false;
        break;
      case "br_table":
        instruction.labels.forEach(branchTo);
        isReachable = false;
        break;
      case "return":
      case "unreachable":
        isReachable = false;
    }
    offset = instruction.next;
  }
}

/** What operators that are reached do to the operand stack. */
class StackEffects {
  private readonly module: ValidModule;
  private readonly vectors: boolean[];
  private readonly locals: readonly boolean[];

  constructor(module: ValidModule, func: number, vectors: boolean[]) {
    this.module = module;
    this.vectors = vectors;
    const { params } = module.types[module.functions[module.importedFunctionCount + func]!]!;
    const declared = module.bodies[func]!.locals.flatMap(({ count, type }) =>
      new Array<boolean>(count).fill(isVector(type)),
    );
    this.locals = [...params.map(isVector), ...declared];
  }

  /** The stack as a block finds or leaves it. */
  set(height: number, types: readonly ValType[]): void {
    this.vectors.length = Math.min(this.vectors.length, height);
    this.push(types);
  }

  apply({ operator, index }: Instruction): void {
    const { module } = this;
    if (operator.params !== undefined) {
      this.pop(operator.params.length);
      this.push(operator.results!);
      return;
    }
    switch (operator.name) {
      case "local.get":
        this.vectors.push(this.locals[index]!);
        break;
      case "global.get":
        this.push([module.globals[index]!.type]);
        break;
      case "ref.null":
        this.vectors.push(false);
        break;
      case "if":
      case "br_if":
      case "br_table":
      case "drop":
      case "local.set":
      case "global.set":
        this.pop(1);
        break;
      // These two leave the operand that was lowest in place of all.
      case "select":
      case "select t":
        this.pop(2);
        break;
      case "table.grow":
        this.pop(1);
        break;
      case "table.set":
        this.pop(2);
        break;
      case "table.fill":
        this.pop(3);
        break;
      case "call":
        this.call(module.types[module.functions[index]!]!);
        break;
      case "call_indirect":
        this.pop(1);
        this.call(module.types[index]!);
    }
  }

  private call({ params, results }: FuncType): void {
    this.pop(params.length);
    this.push(results);
  }

  private pop(count: number): void {
    this.vectors.length = Math.max(this.vectors.length - count, 0);
  }

  private push(types: readonly ValType[]): void {
    for (const type of types) this.vectors.push(isVector(type));
  }
}
