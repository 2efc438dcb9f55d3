import { segmentLength } from "../decoder/module.ts";
import { evaluateReference } from "./constants.ts";
import type { Instance } from "./instance.ts";
import type { Reference } from "./references.ts";
import { Trap } from "./trap.ts";

/** Elements of a segment that `table.init` can still copy. */
export function elementCount({ module, droppedElements }: Instance, segment: number): number {
  return droppedElements[segment] === 1 ? 0 : segmentLength(module.elements[segment]!);
}

/** Bytes of a segment that `memory.init` can still copy. */
export function dataSize({ module, droppedData }: Instance, segment: number): number {
  return droppedData[segment] === 1 ? 0 : module.data[segment]!.bytes.length;
}

/**
 * `table.init` (spec: Execution, Table Instructions): `count` elements of a segment from `from` on to `to`.
 * @param charge pays for them, once they are known to fit @throws Trap out-of-bounds-table
 */
export function initTable(
  instance: Instance,
  table: number,
  segment: number,
  to: number,
  from: number,
  count: number,
  charge: () => void = () => undefined,
): void {
  const target = instance.tables[table]!;
  if (from + count > elementCount(instance, segment) || to + count > target.elements.length) {
    throw Trap.core("out-of-bounds-table");
  }
  charge();
  const { functions, expressions } = instance.module.elements[segment]!;
  const references: Reference[] = [];
  for (let i = from; i < from + count; i++) {
    const expression = expressions?.[i];
    references.push(
      expression === undefined ? instance.funcs.at(functions[i]!)! : evaluateReference(expression, instance),
    );
  }
  target.write(to, references);
}

/** `memory.init`: so many bytes of a data segment. @throws Trap out-of-bounds-memory */
export function initMemory(
  instance: Instance,
  segment: number,
  to: number,
  from: number,
  count: number,
  charge: () => void = () => undefined,
): void {
  const { bytes } = instance.memory!;
  if (from + count > dataSize(instance, segment) || to + count > bytes.length) {
    throw Trap.core("out-of-bounds-memory");
  }
  charge();
  bytes.set(instance.module.data[segment]!.bytes.subarray(from, from + count), to);
}
