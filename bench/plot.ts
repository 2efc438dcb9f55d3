/** One line of a plot: what it names, its values, and which of them sums the others up. */
export interface PlotRow {
  readonly name: string;
  readonly values: readonly number[];
  readonly mean: number;
  /** Whether it is one of ours. */
  readonly ours: boolean;
}

export interface Plot {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly PlotRow[];
}

const WIDTH = 760;
const [LEFT, RIGHT, TOP, LINE, BOTTOM] = [190, 70, 64, 30, 34];

const STYLE =
  "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-size:16px;font-weight:600}.note,.tick{fill:#57606a;font-size:12px}" +
  ".grid{stroke:#d0d7de}.one{stroke:#57606a;stroke-dasharray:4 3}.value{opacity:.4}.ours{fill:#0969da}.peer{fill:#9a6700}" +
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note,.tick{fill:#9198a1}.grid{stroke:#3d444d}.one{stroke:#9198a1}" +
  ".ours{fill:#4493f8}.peer{fill:#d29922}}";

/**
 * Values as dots on a logarithmic axis, a line for each row, as SVG without script that needs nothing else and is
 * legible on light and dark pages. The mean is the large dot, and stands in figures.
 * @throws RangeError for no rows, or for a value that is not positive
 */
export function svgPlot({ title, note, rows }: Plot): string {
  const all = rows.flatMap(({ values, mean }) => [...values, mean]);
  if (all.length === 0) throw new RangeError("a plot of nothing");
  if (all.some((value) => !(value > 0))) throw new RangeError("a logarithmic axis has no place for 0");
  const low = Math.floor(Math.log10(Math.min(1, ...all)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...all))));
  const x = (value: number): number =>
    round(LEFT + ((Math.log10(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT));
  const foot = TOP + rows.length * LINE;
  const height = foot + BOTTOM;
  const decades = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const axis = decades.map((power) => {
    const at = x(10 ** power);
    const label = power < 0 ? (10 ** power).toFixed(-power) : String(10 ** power);
    return (
      `<line class="${power === 0 ? "one" : "grid"}" x1="${at}" y1="${TOP}" x2="${at}" y2="${foot}"/>` +
      `<text class="tick" x="${at}" y="${foot + 18}" text-anchor="middle">${label}</text>`
    );
  });
  const lines = rows.map(({ name, values, mean, ours }, i) => {
    const y = TOP + i * LINE + LINE / 2;
    const color = ours ? "ours" : "peer";
    const dots = values.map((value) => `<circle class="value ${color}" cx="${x(value)}" cy="${y}" r="3.5"/>`);
    return (
      `<text x="${LEFT - 14}" y="${y + 4}" text-anchor="end">${escaped(name)}</text>${dots.join("")}` +
      `<circle class="${color}" cx="${x(mean)}" cy="${y}" r="6"/>` +
      `<text x="${WIDTH - RIGHT + 14}" y="${y + 4}">${mean.toPrecision(3)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<text class="title" x="14" y="24">${escaped(title)}</text><text class="note" x="14" y="46">${escaped(note)}</text>`,
    ...axis,
    ...lines,
    "</svg>",
    "",
  ].join("\n");
}

const round = (value: number): number => Math.round(value * 10) / 10;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
