export { type Block, encodeBlock, readBlocks, readJsonHeader } from "./block.ts";
export { type ChainSpec, type CodeSubstitute, readChainSpec } from "./chain-spec.ts";
export type { ChangesTrieConfiguration, DigestItem, EngineItem } from "./digest.ts";
export { ChainFormatError, type ChainFormatErrorKind } from "./errors.ts";
export { decodeExecutorParams, type ExecutorParams, pvfLimits } from "./executor-params.ts";
export { genesisHash, genesisHeader } from "./genesis.ts";
export {
  blockHash,
  decodeHeader,
  encodeHeader,
  extrinsicsRoot,
  type Header,
  readHeader,
  sealOf,
  withoutSeal,
} from "./header.ts";
export { type BrokenRule, brokenRule, type ChainRules, CodeSubstitutes } from "./rules.ts";
export {
  decodeRuntimeApis,
  decodeRuntimeVersion,
  decodeVersionSections,
  encodeRuntimeVersion,
  extrinsicsTrieVersion,
  type RuntimeApi,
  type RuntimeVersion,
  runtimeApiId,
  stateTrieVersion,
} from "./runtime-version.ts";
export { readStateFile, type StateFile } from "./state-file.ts";
export { buildState, findState, type Storage } from "./storage.ts";
export { readWitnessFile, type WitnessFile, type WitnessJson, witnessToJson } from "./witness-file.ts";
