import { readSync } from "node:fs";
import type { Input } from "../host/wasi/streams.ts";

/** Milliseconds between looks at an input that has nothing for now. */
const PATIENCE = 10;

/** What is read from an open descriptor of the process, 0 for its standard input. Waits while there is nothing. */
export function descriptorInput(fd: number): Input {
  return {
    read(into) {
      for (;;) {
        try {
          return readSync(fd, into);
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === "EOF") return 0;
          if (code !== "EAGAIN") throw error;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE);
        }
      }
    },
  };
}
