import { Trap } from "../../interp/trap.ts";
import { functionsOf, type HostFunctions } from "../define.ts";
import { outSpan } from "../types/bytes.ts";
import { none, u32 } from "../types/numbers.ts";
import type { PolkadotHost } from "./host.ts";

const fn = functionsOf<PolkadotHost>();

/** The host-side heap, and RFC-145's way to the call's input without it (host-functions.md section 8). */
export const memoryFunctions: HostFunctions<PolkadotHost> = {
  ext_allocator_malloc_version_1: fn([u32], u32, (host, size) => host.allocate(size)),
  ext_allocator_free_version_1: fn([u32], none, (host, address) => host.free(address)),
  ext_input_read_version_1: fn([outSpan], none, (host, out) => {
    const input = host.input;
    if (input === undefined) throw new Trap("no-input", "the runtime fetched its input a second time");
    if (input.length > out.length) {
      throw new Trap("buffer-too-small", `an input of ${input.length} bytes does not fit ${out.length}`);
    }
    out.set(input);
    host.input = undefined;
  }),
};
