import type { Module } from "../decoder/module.ts";
import { demangle } from "./demangle.ts";
import type { HostFunc } from "./func.ts";
import { functionName } from "./names.ts";
import type { Entry, Exit, Observer, Place } from "./observe.ts";
import type { Trap } from "./trap.ts";
import type { Lanes } from "./values.ts";

/** What one function used, wherever it was called from. */
export interface FunctionProfile {
  /** Demangled; `function N` if it has none. */
  readonly name: string;
  readonly kind: "wasm" | "host";
  /** The module that defines it, and its index there (imports first); undefined for host functions. */
  readonly module: Module | undefined;
  readonly index: number | undefined;
  readonly calls: number;
  /** Gas of its own operators, and for a host function what it charged. */
  readonly self: bigint;
  /** The same with everything it called; where it calls itself, counted once. */
  readonly total: bigint;
}

/** A function as it was called from one place in the tree of calls. */
export interface CallNode {
  /** Undefined for the root, and for the node that takes what no longer fits into the tree. */
  readonly func: FunctionProfile | undefined;
  readonly parent: CallNode | undefined;
  /** In the order in which they were called first. */
  readonly children: readonly CallNode[];
  /** Frames between it and the root; the root's is 0. */
  readonly depth: number;
  readonly calls: number;
  readonly self: bigint;
  /** With all below it. */
  readonly total: bigint;
}

export interface GasProfileOptions {
  /** Frames deeper than this are shown at this depth, beside each other. Default 256. */
  readonly maxDepth?: number;
  /** Nodes the tree may have, about; calls that would need more are shown in one node below the root. Default 50,000. */
  readonly maxNodes?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Stats = Mutable<FunctionProfile> & { active: number };
type Node = Omit<Mutable<CallNode>, "children" | "parent" | "func"> & {
  readonly func: Stats | undefined;
  readonly parent: Node | undefined;
  readonly children: Node[];
  readonly byFunction: Map<Stats, Node>;
};

interface Frame {
  readonly func: Stats;
  readonly node: Node;
  /** Gas used when it began. */
  readonly since: bigint;
}

/**
 * Where the gas went: an observer that adds up the tree of calls. Gas is the axis, not time, so equal runs give equal
 * profiles on every machine and every executor, and all of the gas is accounted for exactly.
 *
 *     const profile = new GasProfile();
 *     const store = new Store({ observer: profile });
 *
 * It follows one run at a time, of one store or of several one after the other. Read it when the run has ended; what
 * was already running when the observing began is the root's own. After a run that ended by an error other than a
 * trap, call `end`.
 */
export class GasProfile implements Observer {
  readonly #maxDepth: number;
  readonly #maxNodes: number;
  /** In the order of their creation: every parent stands before its children. */
  readonly #nodes: Node[];
  readonly #stack: Frame[] = [];
  readonly #wasm = new Map<Module, (Stats | undefined)[]>();
  readonly #host = new Map<string, Stats>();
  #overflow: Node | undefined;
  /** Gas used at the last event. */
  #last = 0n;

  constructor({ maxDepth = 256, maxNodes = 50_000 }: GasProfileOptions = {}) {
    this.#maxDepth = maxDepth;
    this.#maxNodes = maxNodes;
    this.#nodes = [newNode(undefined, undefined)];
  }

  // --- what is read ------------------------------------------------------------------------------------------

  /** The tree of calls. Its root stands for the host. */
  get root(): CallNode {
    for (const node of this.#nodes) node.total = node.self;
    for (let i = this.#nodes.length - 1; i > 0; i--) {
      const { parent, total } = this.#nodes[i]!;
      parent!.total += total;
    }
    return this.#nodes[0]!;
  }

  /** Every function that was called: first those with the most gas of their own, then by total gas, calls and name. */
  get functions(): FunctionProfile[] {
    const wasm = [...this.#wasm.values()].flatMap((functions) => functions.filter((f) => f !== undefined));
    return [...wasm, ...this.#host.values()].sort(byGas);
  }

  // --- what is observed --------------------------------------------------------------------------------------

  call(entry: Entry, gasUsed: bigint): void {
    this.#enter(this.#wasmFunction(entry), gasUsed - BigInt(entry.blockGas));
    this.#charge(gasUsed);
  }

  return(exit: Exit, gasUsed: bigint): void {
    this.#leave(this.#wasmFunction(exit), gasUsed);
  }

  hostCall(func: HostFunc, _lanes: Lanes, _at: number, gasUsed: bigint): void {
    this.#enter(this.#hostFunction(func), gasUsed);
  }

  hostReturn(func: HostFunc, _lanes: Lanes, _at: number, gasUsed: bigint): void {
    this.#leave(this.#hostFunction(func), gasUsed);
  }

  trap(_trap: Trap, gasUsed: bigint): void {
    this.#charge(gasUsed);
    this.#unwind(0);
  }

  /** Closes what is open: frames that an error of the host's has left. */
  end(): void {
    this.#unwind(0);
  }

  // --- bookkeeping -------------------------------------------------------------------------------------------

  /** Everything since the last event was the innermost function's. */
  #charge(gasUsed: bigint): void {
    const gas = gasUsed - this.#last;
    this.#last = gasUsed;
    const frame = this.#stack.at(-1);
    (frame?.node ?? this.#nodes[0]!).self += gas;
    if (frame !== undefined) frame.func.self += gas;
  }

  #enter(func: Stats, gasUsed: bigint): void {
    // The next store has begun to count.
    if (this.#stack.length === 0 && gasUsed < this.#last) this.#last = 0n;
    this.#charge(gasUsed);
    const node = this.#child(this.#stack.at(-1)?.node ?? this.#nodes[0]!, func);
    node.calls++;
    func.calls++;
    func.active++;
    this.#stack.push({ func, node, since: gasUsed });
  }

  /** Frames above it, if any, were left by a trap that a host function caught. */
  #leave(func: Stats, gasUsed: bigint): void {
    this.#charge(gasUsed);
    let at = this.#stack.length - 1;
    while (at >= 0 && this.#stack[at]!.func !== func) at--;
    if (at >= 0) this.#unwind(at);
  }

  #unwind(length: number): void {
    for (let i = this.#stack.length - 1; i >= length; i--) {
      const { func, since } = this.#stack[i]!;
      if (--func.active === 0) func.total += this.#last - since;
    }
    this.#stack.length = length;
  }

  #child(parent: Node, func: Stats): Node {
    const caller = parent.depth >= this.#maxDepth ? parent.parent! : parent;
    const known = caller.byFunction.get(func);
    if (known !== undefined) return known;
    if (this.#nodes.length < this.#maxNodes) return this.#add(caller, func);
    this.#overflow ??= this.#add(this.#nodes[0]!, undefined);
    return this.#overflow.byFunction.get(func) ?? this.#add(this.#overflow, func);
  }

  #add(parent: Node, func: Stats | undefined): Node {
    const node = newNode(func, parent);
    parent.children.push(node);
    if (func !== undefined) parent.byFunction.set(func, node);
    this.#nodes.push(node);
    return node;
  }

  #wasmFunction({ instance, func }: Place): Stats {
    const { module } = instance;
    let functions = this.#wasm.get(module);
    if (functions === undefined) {
      functions = new Array(module.bodies.length).fill(undefined);
      this.#wasm.set(module, functions);
    }
    const known = functions[func];
    if (known !== undefined) return known;
    const index = module.importedFunctionCount + func;
    const name = demangle(functionName(instance, index) ?? `function ${index}`);
    const stats: Stats = { name, kind: "wasm", module, index, ...unused() };
    functions[func] = stats;
    return stats;
  }

  /** By name: every call into a runtime has host functions of its own. */
  #hostFunction({ name }: HostFunc): Stats {
    let stats = this.#host.get(name);
    if (stats === undefined) {
      stats = { name, kind: "host", module: undefined, index: undefined, ...unused() };
      this.#host.set(name, stats);
    }
    return stats;
  }
}

const unused = () => ({ calls: 0, self: 0n, total: 0n, active: 0 });

function newNode(func: Stats | undefined, parent: Node | undefined): Node {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  return { func, parent, depth, children: [], byFunction: new Map(), calls: 0, self: 0n, total: 0n };
}

function byGas(a: FunctionProfile, b: FunctionProfile): number {
  if (a.self !== b.self) return a.self > b.self ? -1 : 1;
  if (a.total !== b.total) return a.total > b.total ? -1 : 1;
  if (a.calls !== b.calls) return b.calls - a.calls;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return (a.index ?? -1) - (b.index ?? -1);
}
