import { type BoundModule, hostModule } from "../define.ts";
import { clockFunctions } from "./functions/clock.ts";
import { fdFunctions } from "./functions/fd.ts";
import { pathFunctions } from "./functions/path.ts";
import { processFunctions } from "./functions/process.ts";
import { transferFunctions } from "./functions/transfer.ts";
import { Wasi, type WasiOptions } from "./state.ts";

/**
 * WASI preview 1, whole. `instantiate(options)` gives imports whose `state` is to be attached to the instance made with
 * them; `runCommand` and `loadReactor` do so.
 */
export const wasiPreview1 = hostModule<Wasi>(
  "wasi_snapshot_preview1",
  processFunctions,
  clockFunctions,
  fdFunctions,
  transferFunctions,
  pathFunctions,
).creating((options: WasiOptions) => new Wasi(options));

/** `wasiPreview1.instantiate` as the type of its result. */
export type WasiImports = BoundModule<Wasi>;
