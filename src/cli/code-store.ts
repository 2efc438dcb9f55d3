import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeStore } from "../host/runtime/code-store.ts";
import { InputError } from "./input.ts";

export const CODE_STORE_OPTION = {
  "code-store": { value: "FOLDER", help: "keep loaded runtimes there; what it holds is believed" },
} as const;

/** A folder of files that are named by their code's hash. @throws InputError if it cannot be used as one */
export function folderStore(folder: string): CodeStore {
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw new InputError(`cannot use ${folder} for code: ${(error as Error).message}`);
    }
  };
  attempt(() => mkdirSync(folder, { recursive: true }));
  return {
    get: (codeHash) => {
      const path = join(folder, codeHash);
      return existsSync(path) ? attempt(() => readFileSync(path)) : undefined;
    },
    put: (codeHash, entry) => {
      // Another process may be reading: it finds either nothing or all of it.
      const part = join(folder, `${codeHash}.${process.pid}.part`);
      attempt(() => {
        writeFileSync(part, entry);
        renameSync(part, join(folder, codeHash));
      });
    },
  };
}
