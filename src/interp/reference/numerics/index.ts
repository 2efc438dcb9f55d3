import { conversions } from "./conversion.ts";
import { F32_FORMAT, F64_FORMAT } from "./float.ts";
import { floatOperators } from "./float-operators.ts";
import { integerOperators, type Numeric, type NumericTable } from "./integer.ts";
import { vectorOperators } from "./vector.ts";

export type { Numeric } from "./integer.ts";

const SCALARS: ReadonlyMap<string, Numeric> = new Map([
  ...ofType("i32", integerOperators(32)),
  ...ofType("i64", integerOperators(64)),
  ...ofType("f32", floatOperators(F32_FORMAT)),
  ...ofType("f64", floatOperators(F64_FORMAT)),
  ...conversions(),
]);

/** Every numeric operator by mnemonic, those on vectors too, as a function from raw bits to raw bits. They throw `Trap`. */
export const NUMERICS: ReadonlyMap<string, Numeric> = new Map([...SCALARS, ...vectorOperators(SCALARS)]);

function ofType(type: string, table: NumericTable): [string, Numeric][] {
  return Object.entries(table).map(([name, numeric]) => [`${type}.${name}`, numeric]);
}
