import { type DecodeOptions, decode } from "./decode.ts";
import type { ValidModule } from "./module.ts";
import { validate } from "./validate/validate.ts";

export { type DecodeOptions, decode } from "./decode.ts";
export { type SourcePosition, sourcePosition } from "./dwarf/source.ts";
export { ModuleError, type ModuleErrorKind } from "./errors.ts";
export { allFeatures, type Feature, type FeatureSet, resolveFeatures } from "./features.ts";
export { DEFAULT_LIMITS, type DecoderLimits } from "./limits.ts";
export * from "./module.ts";
export {
  denseCode,
  type GasClass,
  type Immediates,
  OPERATORS,
  type Operator,
  operatorAt,
} from "./opcodes.ts";
export { isValidated, maxStackHeight, validate } from "./validate/validate.ts";

/** Decodes and validates. @throws ModuleError */
export function load(bytes: Uint8Array, options?: DecodeOptions): ValidModule {
  return validate(decode(bytes, options));
}
