import { declared, type HostFunctions } from "../define.ts";
import { spanView } from "../types/bytes.ts";
import { none, u32 } from "../types/numbers.ts";
import { returnedSpan } from "../types/returned.ts";
import { raw } from "../types/scale-values.ts";
import type { PolkadotHost } from "./host.ts";

/**
 * The sandbox in which contracts ran before pallet-contracts had an interpreter of its own (host-functions.md
 * section 15). No context has it; declared so that a runtime that imports it links, and is told by name.
 */
export const sandbox: HostFunctions<PolkadotHost> = {
  ext_sandbox_instantiate_version_1: declared([u32, spanView, spanView, u32], u32),
  ext_sandbox_instantiate_version_2: declared([u32, spanView, spanView, u32], u32),
  ext_sandbox_invoke_version_1: declared([u32, spanView, spanView, u32, u32, u32], u32),
  ext_sandbox_memory_new_version_1: declared([u32, u32], u32),
  ext_sandbox_memory_get_version_1: declared([u32, u32, u32, u32], u32),
  ext_sandbox_memory_set_version_1: declared([u32, u32, u32, u32], u32),
  ext_sandbox_memory_teardown_version_1: declared([u32], none),
  ext_sandbox_instance_teardown_version_1: declared([u32], none),
  ext_sandbox_get_global_val_version_1: declared([u32, spanView], returnedSpan(raw)),
};
