import type { Module, ValidModule } from "../../decoder/module.ts";
import type { Label } from "./frame.ts";
import { type Instruction, readInstruction } from "./instruction.ts";

/** A `block`, `loop` or `if` of a function body, or the body itself. Byte offsets in the module. */
export interface Structured {
  readonly kind: "body" | "block" | "loop" | "if";
  /** The first operator inside. */
  readonly body: number;
  /** The first operator after `else`, if there is one. */
  else: number | undefined;
  /** What follows the matching `end`. */
  next: number;
  /** Number of results. */
  readonly arity: number;
  /** Operands on the stack when it is entered, those of the blocks around it included. */
  readonly height: number;
}

export interface Structure {
  readonly body: Structured;
  /** By the byte offset of the operator that opens them, in ascending order. */
  readonly blocks: ReadonlyMap<number, Structured>;
}

const EMPTY_BLOCK = 0x40;
const cache = new WeakMap<Module, Map<number, Structure>>();

/** Where the blocks of defined function `func` begin and end. */
export function structureOf(module: ValidModule, func: number): Structure {
  let functions = cache.get(module);
  if (functions === undefined) {
    functions = new Map();
    cache.set(module, functions);
  }
  let structure = functions.get(func);
  if (structure === undefined) {
    structure = findStructure(module, func);
    functions.set(func, structure);
  }
  return structure;
}

/** The label that entering `block` gives. */
export function labelOf(block: Structured): Label {
  const { kind, arity, height, body, next } = block;
  // 1.0: a loop takes nothing, so a branch to it carries nothing.
  if (kind === "loop") return { kind: "loop", arity: 0, height, continuation: body };
  return { kind: "block", arity, height, continuation: next };
}

/** The labels of a frame of `func` whose next operator is at `offset`, innermost last: what `Frame.labels` holds. */
export function labelsAt(module: ValidModule, func: number, offset: number): Label[] {
  const { body, blocks } = structureOf(module, func);
  const labels = [labelOf(body)];
  for (const block of blocks.values()) {
    if (block.body <= offset && offset < block.next) labels.push(labelOf(block));
  }
  return labels;
}

function findStructure(module: ValidModule, func: number): Structure {
  const { start, end } = module.bodies[func]!;
  const type = module.types[module.functions[module.importedFunctionCount + func]!]!;
  const body: Structured = {
    kind: "body",
    body: start,
    else: undefined,
    next: end,
    arity: type.results.length,
    height: 0,
  };
  const blocks = new Map<number, Structured>();
  const open = [body];
  let height = 0;
  for (let offset = start; offset < end; ) {
    const instruction = readInstruction(module.bytes, offset);
    const innermost = open.at(-1)!;
    height += heightChange(module, instruction);
    switch (instruction.operator.name) {
      case "block":
      case "loop":
      case "if": {
        const block: Structured = {
          kind: instruction.operator.name,
          body: instruction.next,
          else: undefined,
          next: -1,
          arity: instruction.index === EMPTY_BLOCK ? 0 : 1,
          height,
        };
        blocks.set(offset, block);
        open.push(block);
        break;
      }
      case "else":
        innermost.else = instruction.next;
        height = innermost.height;
        break;
      case "end":
        innermost.next = instruction.next;
        height = innermost.height + innermost.arity;
        open.pop();
    }
    offset = instruction.next;
  }
  return { body, blocks };
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

/** The byte offset of the operator that ends where the one at `offset` begins. */
export function operatorBefore(module: ValidModule, func: number, offset: number): number {
  let before = module.bodies[func]!.start;
  for (let at = before; at < offset; ) {
    before = at;
    at = readInstruction(module.bytes, at).next;
  }
  return before;
}
