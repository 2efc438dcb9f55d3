import { closeSync, fstatSync, fsyncSync, ftruncateSync, futimesSync, readSync, writeSync } from "node:fs";
import type { File, FileStat, FileTimes } from "../host/wasi/file-system.ts";
import { withErrno } from "./errors.ts";
import { statOf, timesFor } from "./stat.ts";

/** An open file of the machine's. */
export class NodeFile implements File {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  stat(): FileStat {
    return withErrno(() => statOf(fstatSync(this.#fd, { bigint: true })));
  }

  read(into: Uint8Array, position: number): number {
    return withErrno(() => {
      let total = 0;
      while (total < into.length) {
        const length = readSync(this.#fd, into, total, into.length - total, position + total);
        if (length === 0) break;
        total += length;
      }
      return total;
    });
  }

  write(bytes: Uint8Array, position: number): void {
    withErrno(() => {
      for (let total = 0; total < bytes.length; ) {
        total += writeSync(this.#fd, bytes, total, bytes.length - total, position + total);
      }
    });
  }

  resize(size: number): void {
    withErrno(() => ftruncateSync(this.#fd, size));
  }

  setTimes(times: FileTimes): void {
    withErrno(() => {
      const { accessed, modified } = timesFor(fstatSync(this.#fd, { bigint: true }), times);
      futimesSync(this.#fd, accessed, modified);
    });
  }

  sync(): void {
    withErrno(() => fsyncSync(this.#fd));
  }

  close(): void {
    withErrno(() => closeSync(this.#fd));
  }
}
