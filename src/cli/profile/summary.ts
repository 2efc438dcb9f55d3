import type { FunctionProfile, GasProfile } from "../../interp/index.ts";
import { count } from "../format.ts";
import { printable } from "../printable.ts";

/**
 * The functions that used most gas, a line each: gas of their own, with everything they called, calls, name. Those
 * with the most of their own first; `top` of them.
 */
export function profileLines(profile: GasProfile, top: number): string[] {
  const { total } = profile.root;
  const { functions } = profile;
  const shown = functions.slice(0, top);
  const rows = [
    ["self", "", "total", "", "calls", "function"],
    ...shown.map((func) => [
      count(func.self),
      percent(func.self, total),
      count(func.total),
      percent(func.total, total),
      count(func.calls),
      printable(func.name) + (func.kind === "host" ? " (host)" : ""),
    ]),
  ];
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padStart(widths[i]!))).join("  "),
  );
  const hidden = functions.length - shown.length;
  return [
    `${count(total)} gas, ${count(functions.length, "function")}, ${count(sumOfCalls(functions), "call")}`,
    "",
    ...lines,
    ...(hidden > 0 ? [`and ${count(hidden, "more function")}: see --top`] : []),
  ];
}

/** The same for programs: every function. */
export function profileToJson(profile: GasProfile) {
  return {
    gas: Number(profile.root.total),
    functions: profile.functions.map(({ name, kind, index, calls, self, total }) => {
      return { name, kind, func: index ?? null, calls, self: Number(self), total: Number(total) };
    }),
  };
}

function sumOfCalls(functions: readonly FunctionProfile[]): number {
  return functions.reduce((sum, { calls }) => sum + calls, 0);
}

/** `12.3%`, rounded down, in whole tenths: no floating point in what must be the same everywhere. */
function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return "";
  const tenths = (part * 1000n) / whole;
  return `${tenths / 10n}.${tenths % 10n}%`;
}
