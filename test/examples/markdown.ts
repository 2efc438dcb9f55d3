/** A fenced block of a Markdown document that a comment on the line before it names. */
export interface NamedBlock {
  /** What the comment says: "examples/x.mjs", "output: lockstep demo", … */
  readonly name: string;
  readonly text: string;
}

const NAMED_BLOCK = /^<!-- (.+) -->\n```\w*\n([\s\S]*?)^```$/gm;

/** All blocks with a name, in order. */
export function namedBlocks(markdown: string): NamedBlock[] {
  return [...markdown.matchAll(NAMED_BLOCK)].map(([, name, text]) => ({ name: name!, text: text! }));
}

/** The rows of all tables, as cells without their padding and without code marks; rules between rows left out. */
export function tableRows(markdown: string): string[][] {
  return markdown
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll("`", "").replaceAll("\\|", "|")));
}
