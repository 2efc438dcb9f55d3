import type { CallNode, FunctionProfile } from "../../interp/index.ts";

/** A node of the tree of calls, placed on the axis of gas. */
export interface Placed {
  readonly node: CallNode;
  /** Gas before it. */
  readonly start: bigint;
}

/**
 * The nodes below the root, callers before callees, each with its place: its own gas comes first, then its callees in
 * the order in which they were called first. `leave` is told of each when all below it have been given.
 */
export function* inOrder(root: CallNode, leave?: (placed: Placed) => void): Generator<Placed> {
  // By hand, as calls may nest deeper than JavaScript's.
  const open: { readonly placed: Placed; next: number; at: bigint }[] = [];
  const enter = (node: CallNode, start: bigint) => {
    open.push({ placed: { node, start }, next: 0, at: start + node.self });
  };
  enter(root, 0n);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const child = top.placed.node.children[top.next++];
    if (child === undefined) {
      open.pop();
      if (open.length > 0) leave?.(top.placed);
      continue;
    }
    const start = top.at;
    top.at += child.total;
    enter(child, start);
    yield { node: child, start };
  }
}

/** Functions from the outermost to the node's own; the root is none. */
export function stackOf(node: CallNode): (FunctionProfile | undefined)[] {
  const stack: (FunctionProfile | undefined)[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) stack.push(at.func);
  return stack.reverse();
}

/** For the node in which is shown what the tree had no room for. */
export function frameName(func: FunctionProfile | undefined): string {
  return func?.name ?? "(beyond the size of the profile)";
}

/** Numbers functions in the order in which they are asked for. */
export class FrameTable {
  readonly frames: (FunctionProfile | undefined)[] = [];
  readonly #indices = new Map<FunctionProfile | undefined, number>();

  indexOf(func: FunctionProfile | undefined): number {
    let index = this.#indices.get(func);
    if (index === undefined) {
      index = this.frames.push(func) - 1;
      this.#indices.set(func, index);
    }
    return index;
  }
}
