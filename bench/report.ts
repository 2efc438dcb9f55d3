/** Writes the saved results into bench/README.md, each between its markers: `npm run bench:report`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RESULTS, ROOT } from "./paths.ts";
import { renderResult } from "./render.ts";
import { loadResult, type Result } from "./result.ts";

const MARKED = /<!-- results: ([a-z]+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * The text with every part between `<!-- results: NAME -->` and `<!-- end -->` made anew.
 * @param result undefined where there is none
 */
export function withResults(text: string, result: (name: string) => Result | undefined): string {
  return text.replace(MARKED, (_, name: string) => {
    const found = result(name);
    const content = found === undefined ? "Not measured yet." : renderResult(found);
    return `<!-- results: ${name} -->\n\n${content}\n\n<!-- end -->`;
  });
}

function savedResult(name: string): Result | undefined {
  const path = fileURLToPath(new URL(`${name}.json`, RESULTS));
  return existsSync(path) ? loadResult(path) : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = new URL("bench/README.md", ROOT);
  writeFileSync(readme, withResults(readFileSync(readme, "utf8"), savedResult));
}
