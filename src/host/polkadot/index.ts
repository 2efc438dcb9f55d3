/** The Polkadot host: the functions runtimes import, runtimes themselves, their state, and blocks. */
export * from "../chain/index.ts";
export * from "../chain/verify.ts";
export * from "../runtime/index.ts";
export * from "../state/index.ts";
export { AllocatorError, type AllocatorErrorKind, FreeingBumpAllocator } from "./allocator.ts";
export * from "./host.ts";
export type { Keystore, Scheme } from "./keystore.ts";
export { polkadotModule } from "./module.ts";
export type { OffchainHost } from "./offchain-host.ts";
