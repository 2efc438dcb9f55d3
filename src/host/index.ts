/** Typed host modules: how to declare what a module may import. */
export {
  type CallCost,
  type CallRecord,
  charging,
  counting,
  type GasMeter,
  linearCost,
  logging,
  recording,
} from "./decorate.ts";
export * from "./define.ts";
export { bytesToHex, HexError, hexToBytes } from "./hex.ts";
export * from "./types/index.ts";
