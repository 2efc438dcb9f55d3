import type { ValidModule } from "../../decoder/module.ts";
import { I32 } from "../../decoder/module.ts";
import { equalTypes, type Func, type Instance } from "../../interp/index.ts";
import type { Memory } from "../../interp/memory.ts";
import { Trap } from "../../interp/trap.ts";
import { type Allocator, FreeingBumpAllocator } from "../polkadot/allocator.ts";
import { checkRange } from "../types/value-type.ts";
import { RuntimeError } from "./errors.ts";

/**
 * Who has the heap that the host puts inputs and results on.
 * - `host`: the host's freeing-bump allocator, above `__heap_base`: every runtime in use.
 * - `runtime`: the runtime's own exported allocator (RFC-0061).
 */
export type HeapOwner = "host" | "runtime";

/** An export of this name, a function never called, says that a runtime brings its own allocator. */
const MARKER = "v1";
const ALLOC = { params: [I32], results: [I32] } as const;
/** Functions of the host's allocator. A runtime with one of its own must not know them. */
const HOST_ALLOCATOR = /^ext_(allocator_.*|malloc|free)$/;

/**
 * Tells who has a module's heap. Comes before any other look at the module, as RFC-0061 has it.
 * @throws RuntimeError `bad-allocator` if it brings its own allocator and that cannot be used, or imports the host's
 */
export function heapOwner(module: ValidModule): HeapOwner {
  const exported = (name: string) =>
    module.exports.find((item) => item.name === name && item.kind === "func");
  if (exported(MARKER) === undefined) return "host";
  const alloc = exported("alloc");
  if (alloc === undefined) {
    throw badAllocator("the module exports v1, for an allocator of its own, and no function alloc");
  }
  if (!equalTypes(module.types[module.functions[alloc.index]!]!, ALLOC)) {
    throw badAllocator("the module's alloc has not the type (i32) -> (i32)");
  }
  const imported = hostAllocatorImport(module);
  if (imported !== undefined) {
    throw badAllocator(`the module has an allocator of its own and imports the host's ${imported}`);
  }
  return "runtime";
}

/** Name of the first function of the host's allocator that a module imports. */
export function hostAllocatorImport(module: ValidModule): string | undefined {
  return module.imports.find(({ name, desc }) => desc.kind === "func" && HOST_ALLOCATOR.test(name))?.name;
}

/** The allocator for one call in an instance. @throws RuntimeError `no-heap-base` */
export function allocatorOf(instance: Instance, memory: Memory, owner: HeapOwner): Allocator {
  return owner === "host"
    ? new FreeingBumpAllocator(memory, heapBase(instance))
    : new GuestAllocator(instance, memory);
}

function constantHeapBase(instance: Instance): number | undefined {
  const base = instance.externs.get("__heap_base");
  const isConstant = base?.kind === "global" && base.value.type.type === I32 && !base.value.type.mutable;
  return isConstant ? Number(base.value.value) >>> 0 : undefined;
}

function heapBase(instance: Instance): number {
  const base = constantHeapBase(instance);
  if (base === undefined) {
    throw new RuntimeError("no-heap-base", "the module exports no constant i32 __heap_base");
  }
  return base;
}

/**
 * The runtime's exported `alloc`, which runs in the same instance while the function that needs the block is still
 * being called. Nothing is ever given back: the runtime frees what it was given by itself.
 */
class GuestAllocator implements Allocator {
  readonly #instance: Instance;
  readonly #memory: Memory;
  readonly #alloc: Func;

  constructor(instance: Instance, memory: Memory) {
    this.#instance = instance;
    this.#memory = memory;
    this.#alloc = instance.exportedFunction("alloc");
  }

  allocate(size: number): number {
    const lanes = Int32Array.of(size, 0);
    this.#instance.store.callLanes(this.#alloc, lanes);
    const [low] = lanes;
    const address = low! >>> 0;
    // The RFC does not say how alloc fails. Null is what allocators answer then, and no block lies there.
    if (address === 0) throw new Trap("allocator", `allocator: the runtime has no ${size} bytes left`);
    checkRange(this.#memory, address, size);
    return address;
  }
}

function badAllocator(reason: string): RuntimeError {
  return new RuntimeError("bad-allocator", reason);
}
