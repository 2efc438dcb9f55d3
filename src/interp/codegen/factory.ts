import type { Cell, Generated } from "../machine/generated.ts";
import type { HELPERS } from "../machine/generated-helpers.ts";
import type { GeneratedSource } from "./write.ts";

/** The parameters of a factory: the helpers, the cells of all functions, and scratch as int32, f64 and f32. */
export const FACTORY_PARAMETERS = ["h", "C", "W", "X", "Y"] as const;
/** Those behind them where functions have their i64 in slots: the slots as u64, s64 and lanes. */
export const SLOT_PARAMETERS = ["B", "S", "L"] as const;

/** Makes the generated functions: for each its number, the function, its adapter, and how it goes on in loops. */
export type Factory = (
  h: typeof HELPERS,
  C: readonly Cell[],
  W: Int32Array,
  X: Float64Array,
  Y: Float32Array,
  B?: BigUint64Array,
  S?: BigInt64Array,
  L?: Int32Array,
) => readonly Generated[];

/** The body of a `Factory` that makes these functions. */
export function factoryBody(functions: readonly GeneratedSource[]): string {
  const callees = new Set(functions.flatMap((func) => func.callees));
  const cells = [...callees].sort((a, b) => a - b).map((callee) => `c${callee} = C[${callee}]`);
  const sources = functions.map(({ source }) => source);
  const entries = functions.map(({ index, loops }) =>
    loops.length === 0
      ? `[${index}, f${index}, e${index}]`
      : `[${index}, f${index}, e${index}, o${index}, [${loops.join(", ")}]]`,
  );
  return [
    ...(cells.length === 0 ? [] : [`const ${cells.join(", ")};`]),
    ...sources,
    `return [${entries.join(", ")}];`,
  ].join("\n");
}
