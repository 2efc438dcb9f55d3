import { writeFileSync } from "node:fs";
import { GasProfile } from "../../interp/index.ts";
import { UsageError } from "../args.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { count } from "../format.ts";
import { type Io, printJson, printLines, showProgress } from "../io.ts";
import { chromeTrace } from "../profile/chrome.ts";
import { foldedStacks } from "../profile/folded.ts";
import { pprof } from "../profile/pprof.ts";
import { speedscope } from "../profile/speedscope.ts";
import { profileLines, profileToJson } from "../profile/summary.ts";
import { selectWorkload, WATCHED_OPTIONS, WATCHED_POSITIONALS } from "../workload/select.ts";

const FORMATS: {
  readonly [format: string]: (profile: GasProfile, title: string) => string | Uint8Array;
} = { speedscope, chrome: chromeTrace, folded: foldedStacks, pprof };

/** Functions listed unless `--top` says otherwise. */
const DEFAULT_TOP = 30;

export const profile = defineCommand({
  name: "profile",
  summary: "show which functions use the gas of a run, call or verification",
  positionals: WATCHED_POSITIONALS,
  options: {
    ...WATCHED_OPTIONS,
    format: { value: "NAME", help: "speedscope, chrome, folded or pprof" },
    out: { value: "FILE", short: "o", help: "where to write it (default stdout)" },
    top: { value: "N", help: `functions to list without --format (default ${DEFAULT_TOP})` },
    json: COMMON_OPTIONS.json,
  },
  notes: `
COMMAND and its arguments are those of another command, with its options:
  lockstep profile run FILE EXPORT [ARG…]      (the word run may be left out)
  lockstep profile call CODE METHOD --input HEX
  lockstep profile verify --block FILE --spec FILE
  lockstep profile demo
The axis is gas, not time: the same run gives the same bytes on every machine
and with either executor. Host functions are frames too; they cost no gas. A run
that fails is profiled up to where it did.

Without --format the functions with the most gas of their own are listed: self,
total with all they called, calls. --format writes the tree of calls for
speedscope.app, chrome://tracing or Perfetto (1 µs = 1 gas), flamegraph.pl, or
pprof (gzipped protobuf; takes --out). --out alone means speedscope.

--json prints {"gas":N,"functions":[{"name","kind":"wasm" or "host","func",
"calls","self","total"}]}.
`,
  async run({ positionals, options }, io) {
    const top = parseTop(options.top);
    const format = chosenFormat(options);
    const workload = await selectWorkload(positionals, options, io);
    const gasProfile = new GasProfile();
    showProgress(io, `profiling ${workload.title}`);
    try {
      workload.execute({ observer: gasProfile }, () => undefined);
    } finally {
      gasProfile.end();
      showProgress(io, "");
      if (options.json) printJson(io, profileToJson(gasProfile));
      if (format === undefined) {
        if (!options.json) printLines(io, ...profileLines(gasProfile, top));
      } else {
        deliver(FORMATS[format]!(gasProfile, workload.title), options.out, options.json, io);
      }
    }
    return EXIT.ok;
  },
});

function deliver(content: string | Uint8Array, out: string | undefined, quiet: boolean, io: Io): void {
  if (out === undefined) {
    // Bytes only ever go to a file: `chosenFormat` sees to it.
    io.stdout.write(content as string);
    return;
  }
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  writeFileSync(out, bytes);
  if (!quiet) printLines(io, `wrote ${out}, ${count(bytes.length, "byte")}`);
}

function parseTop(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TOP;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--top takes a number, not "${text}"`);
  return Number(text);
}

/** Undefined: a list for people. */
function chosenFormat(options: {
  readonly format: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
}): string | undefined {
  const { format = options.out === undefined ? undefined : "speedscope", out, json } = options;
  if (format === undefined) return undefined;
  if (!Object.hasOwn(FORMATS, format)) {
    throw new UsageError(`--format is one of ${Object.keys(FORMATS).join(", ")}, not "${format}"`);
  }
  if (format === "pprof" && out === undefined) throw new UsageError("--format pprof needs --out FILE");
  if (json && out === undefined) throw new UsageError("--json and --format exclude each other without --out");
  return format;
}
