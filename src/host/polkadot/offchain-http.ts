import { Trap } from "../../interp/trap.ts";
import { functionsOf, type HostFunctions } from "../define.ts";
import { outSpan, span, text } from "../types/bytes.ts";
import { i64, none, u32 } from "../types/numbers.ts";
import { resultCode } from "../types/optional.ts";
import { returnedSpan } from "../types/returned.ts";
import { result, tuple, variant, vec } from "../types/scale-composites.ts";
import { scaleSpan } from "../types/scale-span.ts";
import { byteVec, u16le, u32le, unit } from "../types/scale-values.ts";
import type { PolkadotHost } from "./host.ts";
import { HTTP_ERRORS, type HttpService, type HttpStatus } from "./http-service.ts";
import { optionalInt, unitResult } from "./results.ts";
import { deadlineArg } from "./scale-args.ts";

const fn = functionsOf<PolkadotHost>();

function http(host: PolkadotHost): HttpService {
  const service = host.offchain?.http;
  if (service === undefined) throw new Trap("offchain-unavailable", "this call has no HTTP service attached");
  return service;
}

/** In a `Result` the variants count from 1, … */
const httpError = variant("HttpError", {
  "deadline-reached": [1, unit],
  "io-error": [2, unit],
  invalid: [3, unit],
});
/** … as a request's status from 0. */
const httpStatus = variant("HttpRequestStatus", {
  "deadline-reached": [0, unit],
  "io-error": [1, unit],
  invalid: [2, unit],
  finished: [3, u16le],
});

const requestResult = returnedSpan(result(u16le, unit));
const writeResult = returnedSpan(result(unit, httpError));
const readResult = returnedSpan(result(u32le, httpError));
const statuses = returnedSpan(vec(httpStatus));
const headerList = returnedSpan(vec(tuple(byteVec, byteVec)));
/** RFC-145: not negative, or −1, −2, −3. */
const requestCode = resultCode(i64, ["refused"]);
const transferCode = resultCode(i64, HTTP_ERRORS);
const requestIds = scaleSpan(vec(u16le));

const OK = { ok: undefined } as const;

/** Statuses come from outside; there must be one for each request, as buffers are made for so many. */
function wait(
  host: PolkadotHost,
  ids: readonly number[],
  deadline: bigint | undefined,
): readonly HttpStatus[] {
  const list = http(host).wait(ids, deadline);
  if (list.length !== ids.length) {
    throw new Trap(
      "offchain-fault",
      `the HTTP service told ${list.length} statuses of ${ids.length} requests`,
    );
  }
  return list;
}

function statusCode(status: HttpStatus): number {
  return typeof status === "number" ? status : -1 - HTTP_ERRORS.indexOf(status);
}

function readBody(host: PolkadotHost, id: number, buffer: Uint8Array, deadline: bigint | undefined) {
  const read = http(host).readBody(id, buffer, deadline);
  if (typeof read === "number" && read > buffer.length) {
    throw new Trap("offchain-fault", `the HTTP service gave ${read} bytes to a buffer of ${buffer.length}`);
  }
  return read;
}

/** Writes one half of a header where it fits, and returns its length; undefined if there is no such header. */
function storeHeader(host: PolkadotHost, id: number, index: number, half: 0 | 1, out: Uint8Array) {
  const value = http(host).headers(id)[index]?.[half];
  if (value !== undefined && value.length <= out.length) out.set(value);
  return value?.length;
}

/** HTTP requests of offchain workers (host-functions.md section 9). Version 2 is RFC-145's, without allocation. */
export const offchainHttp: HostFunctions<PolkadotHost> = {
  ext_offchain_http_request_start_version_1: fn(
    [text, text, span],
    requestResult,
    (host, method, uri, meta) => {
      const id = http(host).start(method, uri, meta);
      return id === undefined ? { error: undefined } : { ok: id };
    },
  ),
  ext_offchain_http_request_start_version_2: fn(
    [text, text, span],
    requestCode,
    (host, method, uri, meta) => {
      const id = http(host).start(method, uri, meta);
      return id === undefined ? { error: "refused" } : { ok: BigInt(id) };
    },
  ),
  ext_offchain_http_request_add_header_version_1: fn(
    [u32, text, text],
    unitResult,
    (host, id, name, value) => (http(host).addHeader(id, name, value) ? OK : { error: undefined }),
  ),
  ext_offchain_http_request_add_header_version_2: fn(
    [u32, text, text],
    requestCode,
    (host, id, name, value) => (http(host).addHeader(id, name, value) ? { ok: 0n } : { error: "refused" }),
  ),
  ext_offchain_http_request_write_body_version_1: fn(
    [u32, span, deadlineArg],
    writeResult,
    (host, id, chunk, deadline) => {
      const kind = http(host).writeBody(id, chunk, deadline);
      return kind === undefined ? OK : { error: { kind, value: undefined } };
    },
  ),
  ext_offchain_http_request_write_body_version_2: fn(
    [u32, span, deadlineArg],
    transferCode,
    (host, id, chunk, deadline) => {
      const error = http(host).writeBody(id, chunk, deadline);
      return error === undefined ? { ok: 0n } : { error };
    },
  ),
  ext_offchain_http_response_wait_version_1: fn([requestIds, deadlineArg], statuses, (host, ids, deadline) =>
    wait(host, ids, deadline).map((status) =>
      typeof status === "number" ? { kind: "finished", value: status } : { kind: status, value: undefined },
    ),
  ),
  // RFC-145 wants one i32 for each request; what they mean is told by the RFC it grew from (RFC-4).
  ext_offchain_http_response_wait_version_2: fn(
    [requestIds, deadlineArg, outSpan],
    none,
    (host, ids, deadline, out) => {
      if (out.length !== 4 * ids.length) {
        throw new Trap("invalid-argument", `${ids.length} statuses do not fill ${out.length} bytes`);
      }
      wait(host, ids, deadline).forEach((status, i) => {
        u32le.write(statusCode(status), out, 4 * i);
      });
    },
  ),
  ext_offchain_http_response_headers_version_1: fn([u32], headerList, (host, id) => http(host).headers(id)),
  ext_offchain_http_response_header_name_version_1: fn(
    [u32, u32, outSpan],
    optionalInt,
    (host, id, index, out) => storeHeader(host, id, index, 0, out),
  ),
  ext_offchain_http_response_header_value_version_1: fn(
    [u32, u32, outSpan],
    optionalInt,
    (host, id, index, out) => storeHeader(host, id, index, 1, out),
  ),
  ext_offchain_http_response_read_body_version_1: fn(
    [u32, outSpan, deadlineArg],
    readResult,
    (host, id, buffer, deadline) => {
      const read = readBody(host, id, buffer, deadline);
      return typeof read === "number" ? { ok: read } : { error: { kind: read, value: undefined } };
    },
  ),
  ext_offchain_http_response_read_body_version_2: fn(
    [u32, outSpan, deadlineArg],
    transferCode,
    (host, id, buffer, deadline) => {
      const read = readBody(host, id, buffer, deadline);
      return typeof read === "number" ? { ok: BigInt(read) } : { error: read };
    },
  ),
};
