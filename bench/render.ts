import type { Column, MachineInfo, Result, Table, Unit } from "./result.ts";
import type { Estimate } from "./statistics.ts";

/** A result as Markdown: where it was measured, then its tables. */
export function renderResult(result: Result): string {
  const { machine, load, date, commit, tables, skipped } = result;
  const when = `${date.slice(0, 10)}${commit === undefined ? "" : `, commit ${commit}`}`;
  return [
    `Measured on ${describeMachine(machine)}, load ${load.toFixed(1)} at the start, ${when}.`,
    ...tables.map(renderTable),
    ...skipped.map((what) => `Skipped: ${what}.`),
  ].join("\n\n");
}

export function describeMachine({ cpu, cores, memory, platform, node, v8 }: MachineInfo): string {
  return `${cpu}, ${cores} cores, ${memory} GiB, ${platform}, Node ${node} (V8 ${v8})`;
}

function renderTable({ title, note, columns, rows }: Table): string {
  const head = ["", ...columns.map(({ title, unit }) => `${title}${SUFFIX[unit]}`)];
  const body = rows.map(({ name, cells }) => [
    name,
    ...columns.map((column) => renderCell(cells[column.id], column)),
  ]);
  const widths = head.map((_, i) => Math.max(3, ...[head, ...body].map((line) => line[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [`### ${title}`, "", note, "", line(head), rule, ...body.map(line)].join("\n");
}

const SUFFIX: Readonly<Record<Unit, string>> = {
  ratio: "",
  ms: ", ms",
  "MB/s": ", MB/s",
  MB: ", MB",
  share: ", %",
  count: "",
};

/** Ratios with the span of the rounds, the rest as its median. */
function renderCell(value: Estimate | undefined, { unit }: Column): string {
  if (value === undefined) return "";
  if (unit === "count") return String(value.median);
  if (unit !== "ratio") return digits(value.median);
  return `**${digits(value.median)}** (${digits(value.low)}–${digits(value.high)})`;
}

/** Three significant digits, no exponent. */
export function digits(value: number): string {
  if (value === 0) return "0";
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  return value.toFixed(Math.min(6, Math.max(0, 3 - whole)));
}
