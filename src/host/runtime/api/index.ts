export {
  babeSlotData,
  encodeInherentData,
  type InherentData,
  readInherentData,
  timestampData,
} from "./inherent-data.ts";
export { RUNTIME_API_NAMES, runtimeApiName } from "./names.ts";
export {
  apiVersion,
  type InclusionMode,
  type InherentsCheck,
  RuntimeCalls,
  type TransactionSource,
  type TransactionToValidate,
} from "./runtime-calls.ts";
export {
  type ApplyResult,
  readApplyResult,
  readValidity,
  readValidityError,
  type TransactionValidity,
  type TransactionValidityError,
  type ValidTransaction,
} from "./validity.ts";
