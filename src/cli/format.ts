/** `1,234`, or with a noun `1 block`, `2 blocks`. */
export function count(value: number | bigint, noun?: string): string {
  const digits = String(value).replace(/\B(?=(\d{3})+$)/g, ",");
  return noun === undefined ? digits : `${digits} ${noun}${digits === "1" ? "" : "s"}`;
}

/** `12 ms`, `3.4 s`: for people, never in JSON. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `512 B`, `1.8 MB` (decimal units). */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(2)} MB`;
}

/** Long text by its two ends, at most `width` characters: `0x26aa394e…9ef7`. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.min(4, Math.floor(width / 3));
  return `${text.slice(0, width - tail - 1)}…${text.slice(text.length - tail)}`;
}

/** Left-aligned columns, each as wide as its widest cell, two spaces apart; no spaces at line ends. */
export function columns(rows: readonly (readonly string[])[], indent = "  "): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows.map((row) => (indent + row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ")).trimEnd());
}
