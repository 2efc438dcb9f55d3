/**
 * Writes the saved results into bench/README.md and README.md, each between its markers, and the plots into bench/plots:
 * `npm run bench:report`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { savedIn } from "./command.ts";
import { RESULTS, ROOT } from "./paths.ts";
import { svgPlot } from "./plot.ts";
import { executorsPlot, realWorkPlot } from "./plots.ts";
import { renderPrograms } from "./programs-table.ts";
import { renderResult } from "./render.ts";
import { type Results, renderTargets } from "./targets.ts";

const MARKED = /<!-- results: ([a-z]+) -->\n[\s\S]*?<!-- end -->/g;
const TARGETS = /<!-- targets -->\n[\s\S]*?<!-- end -->/g;
const PROGRAMS = /<!-- programs -->\n[\s\S]*?<!-- end -->/g;

/**
 * The text with every part between `<!-- results: NAME -->`, `<!-- targets -->` or `<!-- programs -->` and `<!-- end -->`
 * made anew.
 * @param result undefined where there is none
 */
export function withResults(text: string, result: Results): string {
  return text
    .replace(MARKED, (_, name: string) => {
      const found = result(name);
      const content = found === undefined ? "Not measured yet." : renderResult(found);
      return `<!-- results: ${name} -->\n\n${content}\n\n<!-- end -->`;
    })
    .replace(TARGETS, () => `<!-- targets -->\n\n${renderTargets(result)}\n\n<!-- end -->`)
    .replace(PROGRAMS, () => `<!-- programs -->\n\n${renderPrograms(result)}\n\n<!-- end -->`);
}

const savedResult = savedIn(RESULTS);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of ["bench/README.md", "README.md"]) {
    const readme = new URL(path, ROOT);
    writeFileSync(readme, withResults(readFileSync(readme, "utf8"), savedResult));
  }
  mkdirSync(new URL("bench/plots/", ROOT), { recursive: true });
  for (const [name, plot] of [
    ["executors", executorsPlot(savedResult)],
    ["real-work", realWorkPlot(savedResult)],
  ] as const) {
    if (plot !== undefined) writeFileSync(new URL(`bench/plots/${name}.svg`, ROOT), svgPlot(plot));
  }
}
