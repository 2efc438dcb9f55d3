/**
 * The core of Lockstep: decode and validate a module, instantiate it, call it. Deterministic, and without the
 * engine's own Wasm.
 *
 * Typed host modules are in `lockstep/host`, Polkadot's host, runtimes and block verification in
 * `lockstep/polkadot`; `lockstep/decoder` and `lockstep/interp` have everything of their part.
 */
export * from "./decoder/index.ts";
export * from "./interp/index.ts";
