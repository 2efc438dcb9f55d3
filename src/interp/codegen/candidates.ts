import type { ValidModule } from "../../decoder/module.ts";
import type { Code } from "../machine/code.ts";

/** More functions of one type are called without looking which it is. */
const MAX_CANDIDATES = 4;

const known = new WeakMap<ValidModule, ReadonlyMap<number, readonly number[]>>();

/**
 * Which of its own functions a module puts into tables, by their number, if few have that canonical type. What is in a
 * table when the module runs may be others.
 */
export function candidatesOf({ module, typeIds }: Code, canonicalType: number): readonly number[] {
  let byType = known.get(module);
  if (byType === undefined) {
    byType = inTables(module, typeIds);
    known.set(module, byType);
  }
  const found = byType.get(canonicalType) ?? [];
  return found.length <= MAX_CANDIDATES ? found : [];
}

function inTables(module: ValidModule, typeIds: Int32Array): ReadonlyMap<number, readonly number[]> {
  const byType = new Map<number, number[]>();
  const all = new Set(module.elements.flatMap(({ functions }) => [...functions]));
  for (const index of all) {
    const own = index - module.importedFunctionCount;
    if (own < 0) continue;
    const type = typeIds[own]!;
    const list = byType.get(type);
    if (list === undefined) byType.set(type, [own]);
    else list.push(own);
  }
  return byType;
}
