import { decodeUtf8 } from "../../decoder/utf8.ts";
import { Trap } from "../../interp/trap.ts";
import { functionsOf, type HostFunctions } from "../define.ts";
import { spanView, text } from "../types/bytes.ts";
import { bool, enumOf, none, u32, u64 } from "../types/numbers.ts";
import { LOG_LEVELS, type PolkadotHost } from "./host.ts";

const fn = functionsOf<PolkadotHost>();
const level = enumOf("log level", LOG_LEVELS);

/**
 * `ext_logging_max_level` answers 0, "off", always. Runtimes format fewer messages then, which moves what they
 * allocate: a constant keeps traces and gas the same everywhere (host-functions.md section 7).
 */
export const MAX_LOG_LEVEL = 0;

/** Logging, panics and tracing (host-functions.md section 7). */
export const logging: HostFunctions<PolkadotHost> = {
  ext_logging_log_version_1: fn([level, text, spanView], none, (host, at, target, data) => {
    const message = decodeUtf8(data, 0, data.length);
    if (message !== undefined) host.log(at, target, message);
  }),
  ext_logging_max_level_version_1: fn([], u32, () => MAX_LOG_LEVEL),
  ext_panic_handler_abort_on_panic_version_1: fn([text], none, (host, message) => {
    host.panicMessage = message;
    throw new Trap("panic", `the runtime panicked: ${message}`);
  }),
};

/** Wasm tracing: off, so spans have no identity. */
export const tracing: HostFunctions<PolkadotHost> = {
  ext_wasm_tracing_enabled_version_1: fn([spanView], bool, () => false),
  ext_wasm_tracing_enter_span_version_1: fn([spanView], u64, () => 0n),
  ext_wasm_tracing_event_version_1: fn([spanView], none, () => {}),
  ext_wasm_tracing_exit_version_1: fn([u64], none, () => {}),
};
