import type { Memory } from "../../interp/memory.ts";

/**
 * Memories as `ArrayBuffer`s. Scripts get the very buffer that the memory lives in, so that both see each other's
 * writes; when the memory grows that buffer is detached, and they must ask for the new one.
 */

type Transferable = ArrayBuffer & { transfer?: (size: number) => ArrayBuffer };
type Clone = (value: ArrayBuffer, options: { transfer: readonly ArrayBuffer[] }) => ArrayBuffer;

const buffers = new WeakMap<Memory, ArrayBuffer>();

/** The buffer of exactly the memory's size. It is the same until the memory grows. */
export function bufferOf(memory: Memory): ArrayBuffer {
  let buffer = memory.bytes.buffer as ArrayBuffer;
  if (buffers.get(memory) === buffer) return buffer;
  // A memory that no script has looked at has room to grow behind its bytes.
  if (buffer.byteLength !== memory.bytes.length) buffer = memory.compact();
  buffers.set(memory, buffer);
  memory.whenGrown = leave;
  return buffer;
}

/**
 * Where a memory whose buffer was handed out grows: the old buffer is detached. Until a script asks for the new one,
 * growing needs no more of this.
 */
function leave(memory: Memory, size: number): ArrayBuffer {
  const old = memory.bytes.buffer as Transferable;
  memory.whenGrown = undefined;
  buffers.delete(memory);
  if (old.transfer !== undefined) return old.transfer(size);
  const clone = (globalThis as unknown as { structuredClone?: Clone }).structuredClone;
  if (size === old.byteLength && clone !== undefined) return clone(old, { transfer: [old] });
  const buffer = new ArrayBuffer(size);
  new Uint8Array(buffer).set(new Uint8Array(old));
  // An engine with neither cannot detach: there the old buffer stays as it is, cut off from the memory.
  clone?.(old, { transfer: [old] });
  return buffer;
}
