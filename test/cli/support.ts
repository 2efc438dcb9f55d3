import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { main } from "../../src/cli/index.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in this process, its clock standing still. `interactive`: as if on a terminal. */
export async function lockstep(
  args: readonly string[],
  env: Record<string, string> = {},
  interactive = false,
): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const code = await main(args, {
    stdout: { write: (text) => (stdout += asText(text)) },
    stderr: { write: (text) => (stderr += asText(text)) },
    interactive,
    colors: pc.createColors(interactive),
    env,
    now: () => 0,
  });
  return { code, stdout, stderr };
}

function asText(text: string | Uint8Array): string {
  return typeof text === "string" ? text : new TextDecoder().decode(text);
}

/** The same with `--json`: the one line on stdout, parsed. */
export async function lockstepJson<T>(
  ...args: string[]
): Promise<{ readonly code: number; readonly json: T }> {
  const { code, stdout } = await lockstep([...args, "--json"]);
  if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line of JSON: ${stdout.slice(0, 200)}`);
  return { code, json: JSON.parse(stdout) as T };
}

/** A folder of test files, removed by `after`. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), "lockstep-test-"));

  /** Writes bytes, or anything else as JSON, and returns the path. */
  write(name: string, content: Uint8Array | unknown): string {
    const path = join(this.path, name);
    writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content));
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
