import { functionsOf, type HostFunction, type ValuesOf } from "../define.ts";
import type { Param } from "../types/value-type.ts";
import type { Descriptor, OpenFile, OpenFolder } from "./descriptors.ts";
import { WasiError } from "./errno.ts";
import type { Wasi } from "./state.ts";
import { errno } from "./types.ts";

export const fn = functionsOf<Wasi>();

/** A function whose body succeeds, or throws the `WasiError` that the guest is told of. */
export function call<const P extends readonly Param<unknown>[]>(
  params: P,
  body: (wasi: Wasi, ...args: ValuesOf<P>) => void,
): HostFunction<Wasi> {
  return fn(params, errno, (wasi, ...args) => {
    try {
      body(wasi, ...args);
      return "success";
    } catch (error) {
      if (error instanceof WasiError) return error.errno;
      throw error;
    }
  });
}

/** @throws WasiError "badf", "notcapable" */
export function descriptorWith(wasi: Wasi, fd: number, rights: bigint): Descriptor {
  const descriptor = wasi.descriptors.get(fd);
  if ((descriptor.base & rights) !== rights) throw new WasiError("notcapable");
  return descriptor;
}

/** @throws WasiError "badf" if it is none, or of another kind; "notcapable" */
export function fileWith(wasi: Wasi, fd: number, rights: bigint): OpenFile {
  const descriptor = wasi.descriptors.get(fd);
  if (descriptor.kind !== "file") throw new WasiError(descriptor.kind === "stream" ? "spipe" : "badf");
  if ((descriptor.base & rights) !== rights) throw new WasiError("notcapable");
  return descriptor;
}

/** @throws WasiError "badf", "notdir", "notcapable" */
export function folderWith(wasi: Wasi, fd: number, rights: bigint): OpenFolder {
  const descriptor = wasi.descriptors.get(fd);
  if (descriptor.kind !== "folder") throw new WasiError("notdir");
  if ((descriptor.base & rights) !== rights) throw new WasiError("notcapable");
  return descriptor;
}
