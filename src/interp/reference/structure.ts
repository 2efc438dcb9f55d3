import type { Module, ValidModule } from "../../decoder/module.ts";
import type { Label } from "./frame.ts";
import { blockType, walk } from "./walk.ts";

/** A `block`, `loop` or `if` of a function body, or the body itself. Byte offsets in the module. */
export interface Structured {
  readonly kind: "body" | "block" | "loop" | "if";
  /** The first operator inside. */
  readonly body: number;
  /** The first operator after `else`, if there is one. */
  else: number | undefined;
  /** What follows the matching `end`. */
  next: number;
  /** Numbers of operands that it takes, and of results. */
  readonly params: number;
  readonly arity: number;
  /** Operands below those it takes, those of the blocks around it included. */
  readonly height: number;
}

export interface Structure {
  readonly body: Structured;
  /** By the byte offset of the operator that opens them, in ascending order. */
  readonly blocks: ReadonlyMap<number, Structured>;
}

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
  const { kind, params, arity, height, body, next } = block;
  // A branch to a loop carries what the loop begins with.
  if (kind === "loop") return { kind: "loop", arity: params, height, continuation: body };
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
  const { results } = module.types[module.functions[module.importedFunctionCount + func]!]!;
  const body: Structured = {
    kind: "body",
    body: start,
    else: undefined,
    next: end,
    params: 0,
    arity: results.length,
    height: 0,
  };
  const blocks = new Map<number, Structured>();
  const open = [body];
  for (const { instruction, height } of walk(module, func)) {
    const { name } = instruction.operator;
    switch (name) {
      case "block":
      case "loop":
      case "if": {
        const { params, results } = blockType(module, instruction);
        const block: Structured = {
          kind: name,
          body: instruction.next,
          else: undefined,
          next: end,
          params: params.length,
          arity: results.length,
          height: height - params.length - (name === "if" ? 1 : 0),
        };
        blocks.set(instruction.offset, block);
        open.push(block);
        break;
      }
      case "else":
        open.at(-1)!.else = instruction.next;
        break;
      case "end":
        open.pop()!.next = instruction.next;
    }
  }
  return { body, blocks };
}
