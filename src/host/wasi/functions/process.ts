import { Trap } from "../../../interp/trap.ts";
import { outBytes } from "../../types/array.ts";
import { none, u32 } from "../../types/numbers.ts";
import { cell } from "../../types/pointers.ts";
import { call, fn } from "../declare.ts";
import { WasiError } from "../errno.ts";
import { ProcExit } from "../exit.ts";
import type { Wasi } from "../state.ts";

/** Arguments, environment, entropy, and the end. */
export const processFunctions = {
  args_get: call([u32, u32], (wasi, list, buffer) => writeStrings(wasi, wasi.args, list, buffer)),
  args_sizes_get: call([cell(u32), cell(u32)], (wasi, count, size) => {
    count.set(wasi.args.length);
    size.set(sizeOf(wasi.args));
  }),
  environ_get: call([u32, u32], (wasi, list, buffer) => writeStrings(wasi, wasi.env, list, buffer)),
  environ_sizes_get: call([cell(u32), cell(u32)], (wasi, count, size) => {
    count.set(wasi.env.length);
    size.set(sizeOf(wasi.env));
  }),
  proc_exit: fn([u32], none, (wasi, code) => {
    wasi.descriptors.closeAll();
    throw new ProcExit(code);
  }),
  /** There are no signals; a program that raises one means to end. */
  proc_raise: call([u32], (_, signal) => {
    throw new Trap("proc-raise", `the program raised signal ${signal}`);
  }),
  random_get: call([outBytes], (wasi, bytes) => {
    wasi.charge(bytes.length);
    wasi.entropy.fill(bytes);
  }),
  /** There is nobody to yield to. */
  sched_yield: call([], () => {}),
  sock_accept: call([u32, u32, cell(u32)], (wasi, fd) => notASocket(wasi, fd)),
  sock_recv: call([u32, u32, u32, u32, cell(u32), u32], (wasi, fd) => notASocket(wasi, fd)),
  sock_send: call([u32, u32, u32, u32, cell(u32)], (wasi, fd) => notASocket(wasi, fd)),
  sock_shutdown: call([u32, u32], (wasi, fd) => notASocket(wasi, fd)),
};

function notASocket(wasi: Wasi, fd: number): never {
  wasi.descriptors.get(fd);
  throw new WasiError("notsock");
}

function sizeOf(strings: readonly Uint8Array[]): number {
  return strings.reduce((sum, string) => sum + string.length + 1, 0);
}

/** Writes the strings, each with a NUL behind it, to `buffer`, and their addresses to `list`. */
function writeStrings(wasi: Wasi, strings: readonly Uint8Array[], list: number, buffer: number): void {
  wasi.bytesAt(list, 4 * strings.length);
  const room = wasi.bytesAt(buffer, sizeOf(strings));
  wasi.charge(room.length);
  let at = 0;
  strings.forEach((string, i) => {
    wasi.memory.view.setUint32(list + 4 * i, buffer + at, true);
    room.set(string, at);
    at += string.length;
    room[at++] = 0;
  });
}
