import { decodeUtf8 } from "../../decoder/utf8.ts";
import { functionsOf, type HostFunctions } from "../define.ts";
import { outSpan, spanView } from "../types/bytes.ts";
import { none, u64 } from "../types/numbers.ts";
import type { PolkadotHost } from "./host.ts";
import { optionalBytes, optionalInt } from "./results.ts";

const fn = functionsOf<PolkadotHost>();

/** Printing, and the version of other runtimes (host-functions.md section 6). */
export const misc: HostFunctions<PolkadotHost> = {
  ext_misc_print_num_version_1: fn([u64], none, (host, value) => host.print(value.toString())),
  // polkadot-sdk ignores what is not UTF-8.
  ext_misc_print_utf8_version_1: fn([spanView], none, (host, data) => {
    const text = decodeUtf8(data, 0, data.length);
    if (text !== undefined) host.print(text);
  }),
  ext_misc_print_hex_version_1: fn([spanView], none, (host, data) => host.printBytes(data)),
  ext_misc_runtime_version_version_1: fn([spanView], optionalBytes, (host, code) =>
    host.runtimeVersionOf(code),
  ),
  ext_misc_runtime_version_version_2: fn([spanView, outSpan], optionalInt, (host, code, out) => {
    const version = host.runtimeVersionOf(code);
    if (version !== undefined && version.length <= out.length) out.set(version);
    return version?.length;
  }),
  // The cursor stays until it was given to a buffer that holds it.
  ext_misc_last_cursor_version_1: fn([outSpan], optionalInt, (host, out) => {
    const cursor = host.lastCursor;
    if (cursor !== undefined && cursor.length <= out.length) {
      out.set(cursor);
      host.lastCursor = undefined;
    }
    return cursor?.length;
  }),
};
