import type { ValidModule } from "../../decoder/module.ts";
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
}

interface Open {
  readonly kind: "body" | "block" | "loop" | "if" | "else";
  readonly isReachable: boolean;
  readonly height: number;
  readonly arity: number;
  /** Whether its end is reached from elsewhere than the operator before: by a branch, or past an arm of an `if`. */
  isJoined: boolean;
}

const EMPTY_BLOCK = 0x40;

/** Number of results of a block. */
export function blockArity({ index }: Instruction): number {
  return index === EMPTY_BLOCK ? 0 : 1;
}

/** All operators of defined function `func`, in order. */
export function* walk(module: ValidModule, func: number): Generator<Site> {
  const { start, end } = module.bodies[func]!;
  const open: Open[] = [{ kind: "body", isReachable: true, height: 0, arity: 0, isJoined: false }];
  let isReachable = true;
  let startsBlock = true;
  let height = 0;

  const branchTo = (label: number): void => {
    const target = open[open.length - 1 - label]!;
    if (isReachable && target.kind !== "loop") target.isJoined = true;
  };

  for (let offset = start; offset < end; ) {
    const instruction = readInstruction(module.bytes, offset);
    yield { instruction, isReachable, startsBlock: startsBlock && isReachable, height };
    startsBlock = false;
    height += heightChange(module, instruction);
    const { name } = instruction.operator;
    switch (name) {
      case "block":
      case "loop":
      case "if":
        open.push({ kind: name, isReachable, height, arity: blockArity(instruction), isJoined: false });
        startsBlock = name !== "block";
        break;
      case "else": {
        const then = open.pop()!;
        open.push({ ...then, kind: "else", isJoined: then.isJoined || isReachable });
        isReachable = then.isReachable;
        height = then.height;
        startsBlock = true;
        break;
      }
      case "end": {
        const block = open.pop()!;
        // An `if` without `else` is passed by when its condition does not hold.
        const isJoined = block.isJoined || (block.kind === "if" && block.isReachable);
        isReachable ||= isJoined;
        height = block.height + block.arity;
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

/** By how much an operator changes the height of the operand stack. What it says of unreachable code means nothing. */
function heightChange(module: ValidModule, { operator, index }: Instruction): number {
  if (operator.params !== undefined) return operator.results!.length - operator.params.length;
  switch (operator.name) {
    case "local.get":
    case "global.get":
      return 1;
    case "if":
    case "br_if":
    case "br_table":
    case "drop":
    case "local.set":
    case "global.set":
      return -1;
    case "select":
      return -2;
    case "call": {
      const { params, results } = module.types[module.functions[index]!]!;
      return results.length - params.length;
    }
    case "call_indirect": {
      const { params, results } = module.types[index]!;
      return results.length - params.length - 1;
    }
    default:
      return 0;
  }
}
