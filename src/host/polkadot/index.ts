/** The Polkadot host: the functions runtimes import, runtimes themselves, their state, and blocks. */
export * from "../chain/build.ts";
export * from "../chain/index.ts";
export * from "../chain/parachain.ts";
export * from "../chain/verify.ts";
export * from "../runtime/index.ts";
export * from "../state/index.ts";
export { AllocatorError, type AllocatorErrorKind, FreeingBumpAllocator } from "./allocator.ts";
export * from "./host.ts";
export type { HttpError, HttpService, HttpStatus } from "./http-service.ts";
export type { Keystore, Scheme } from "./keystore.ts";
export { MemoryKeystore } from "./memory-keystore.ts";
export { type HostApiEntry, hostApi, polkadotModule } from "./module.ts";
export type { OffchainHost } from "./offchain-host.ts";
export { UNSUPPORTED, type UnsupportedFamily, unsupportedFamily } from "./unsupported.ts";
