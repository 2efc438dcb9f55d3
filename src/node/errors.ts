import { ERRNO, type ErrnoName, WasiError } from "../host/wasi/errno.ts";

/** Runs `action`, whose system errors become those of WASI: ENOENT is "noent". Anything else is a bug and stays one. */
export function withErrno<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asWasiError(error);
  }
}

function asWasiError(error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || typeof syscall !== "string") return error;
  const name = code.replace(/^E/, "").toLowerCase();
  const known = Object.hasOwn(ERRNO, name) ? (name as ErrnoName) : (OTHER_NAMES.get(code) ?? "io");
  return new WasiError(known);
}

const OTHER_NAMES: ReadonlyMap<string, ErrnoName> = new Map([
  ["EOPNOTSUPP", "notsup"],
  ["EWOULDBLOCK", "again"],
]);
