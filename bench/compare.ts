/**
 * Compares two results of one suite: `node dist/bench/compare.js BEFORE.json AFTER.json [--times]`. Names what became
 * slower or larger beyond the noise, and ends with code 1 if anything did.
 */
import { fileURLToPath } from "node:url";
import { describeMachine, digits } from "./render.ts";
import { type Column, loadResult, type Result, type Table } from "./result.ts";
import type { Estimate } from "./statistics.ts";

/** Changes below this are not worth a look, however still the machine. */
const THRESHOLD = 0.05;

export interface Change {
  readonly table: string;
  readonly row: string;
  readonly column: string;
  readonly before: Estimate;
  readonly after: Estimate;
  /** By how much the quantity changed, as a part of what it was. */
  readonly change: number;
  readonly worse: boolean;
}

/** @param times whether times count too, and not only ratios: for a machine that did nothing else both times */
export function compareResults(before: Result, after: Result, times: boolean): Change[] {
  return before.tables.flatMap((table) => {
    const other = after.tables.find(({ title }) => title === table.title);
    const columns = table.columns.filter(
      ({ better, unit }) => better !== undefined && (times || unit === "ratio"),
    );
    return table.rows.flatMap((row) => {
      const cells = other?.rows.find(({ name }) => name === row.name)?.cells;
      return columns.flatMap((column) => {
        const [a, b] = [row.cells[column.id], cells?.[column.id]];
        const change = a && b && significant(a, b, column);
        return change ? [{ table: table.title, row: row.name, column: column.title, ...change }] : [];
      });
    });
  });
}

/** Beyond noise: the rounds of one do not reach those of the other, and the medians are far enough apart. */
function significant(
  before: Estimate,
  after: Estimate,
  { better }: Column,
): Pick<Change, "before" | "after" | "change" | "worse"> | undefined {
  const apart = after.low > before.high || after.high < before.low;
  const change = after.median / before.median - 1;
  if (!apart || Math.abs(change) < THRESHOLD) return undefined;
  return { before, after, change, worse: change > 0 === (better === "lower") };
}

/** Rows and tables of the first that the second lacks: what is no longer measured cannot be seen to regress. */
export function missingRows(before: Result, after: Result): string[] {
  return before.tables.filter(isJudged).flatMap((table) => {
    const other = after.tables.find(({ title }) => title === table.title);
    if (other === undefined) return [table.title];
    return table.rows
      .filter(({ name }) => !other.rows.some((row) => row.name === name))
      .map(({ name }) => `${table.title}: ${name}`);
  });
}

/** Whether better and worse mean anything in it. */
const isJudged = ({ columns }: Table): boolean => columns.some(({ better }) => better !== undefined);

function describeChange({ table, row, column, before, after, change }: Change): string {
  const percent = `${change > 0 ? "+" : ""}${(100 * change).toFixed(0)} %`;
  return `  ${table}, ${row}, ${column}: ${digits(before.median)} -> ${digits(after.median)} (${percent})`;
}

function main(args: readonly string[]): number {
  const [first, second, ...more] = args.filter((arg) => arg !== "--times");
  if (first === undefined || second === undefined || more.length > 0) {
    console.error("usage: node dist/bench/compare.js BEFORE.json AFTER.json [--times]");
    return 2;
  }
  const [before, after] = [loadResult(first), loadResult(second)];
  if (before.suite !== after.suite) {
    console.error(`these are results of different suites: ${before.suite}, ${after.suite}`);
    return 2;
  }
  const [one, other] = [describeMachine(before.machine), describeMachine(after.machine)];
  if (one !== other) console.log(`Measured on different machines:\n  ${one}\n  ${other}`);
  const changes = compareResults(before, after, args.includes("--times"));
  const worse = changes.filter((change) => change.worse);
  const better = changes.filter((change) => !change.worse);
  const missing = missingRows(before, after);
  const list = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) console.log([`${title}:`, ...lines].join("\n"));
  };
  list("Worse", worse.map(describeChange));
  list("Better", better.map(describeChange));
  list(
    "No longer measured",
    missing.map((name) => `  ${name}`),
  );
  if (changes.length === 0) console.log("No change beyond the noise.");
  return worse.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2));
