import { UsageError } from "../args.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { LineBuffer } from "../trace/line-buffer.ts";
import { EVENT_KINDS, type EventKind, Tracer } from "../trace/tracer.ts";
import { selectWorkload, WATCHED_OPTIONS, WATCHED_POSITIONALS } from "../workload/select.ts";

export const trace = defineCommand({
  name: "trace",
  summary: "print each call, host call and memory growth of a run",
  positionals: WATCHED_POSITIONALS,
  options: {
    ...WATCHED_OPTIONS,
    only: { value: "KINDS", help: "of call, return, host, memory, by commas (default all)" },
    "host-only": { help: "the same as --only host" },
    "calls-only": { help: "the same as --only call,return" },
    depth: { value: "N", help: "leave out calls nested N deep and deeper (the first is 0)" },
  },
  notes: `
COMMAND and its arguments are those of another command, with its options:
  lockstep trace run FILE EXPORT [ARG…]        (the word run may be left out)
  lockstep trace call CODE METHOD --input HEX
  lockstep trace verify --block FILE --spec FILE
  lockstep trace demo
Each event is a line of JSON on stdout, the same on every machine and with
either executor; "gas" is what has been used up to then, "depth" how many
functions are running around:
  {"event":"call","depth","func","name","types":[…],"args":[…],"gas"}
  {"event":"return","depth","func","name","type","result","gas"}
  {"event":"host","depth","name","types","args","gas"}       a host function,
  {"event":"host-return","depth","name","type","result","gas"}   by its types
  {"event":"grow","depth","pages","previous","gas"}  memory.grow, -1 if refused
  {"event":"trap","code","message","stack","gas"}
  {"event":"result",…} or, for each verified block, {"event":"block",…}
"type" and "result" are left out where there is none. Byte strings longer than
64 bytes are cut.
`,
  async run({ positionals, options }, io) {
    const traceOptions = { kinds: parseKinds(options), maxDepth: parseDepth(options.depth) };
    const workload = await selectWorkload(positionals, options, io);
    const lines = new LineBuffer(io.stdout);
    const tell = (event: object) => lines.line(JSON.stringify(event));
    const tracer = new Tracer(traceOptions, tell);
    try {
      workload.execute({ observer: tracer.observer, decorate: tracer.decorate }, tell);
    } finally {
      tracer.end();
      lines.flush();
    }
    return EXIT.ok;
  },
});

function parseKinds(options: {
  readonly only: string | undefined;
  readonly "host-only": boolean;
  readonly "calls-only": boolean;
}): ReadonlySet<EventKind> {
  const chosen = [
    ...(options.only === undefined ? [] : [options.only]),
    ...(options["host-only"] ? ["host"] : []),
    ...(options["calls-only"] ? ["call,return"] : []),
  ];
  if (chosen.length > 1) throw new UsageError("--only, --host-only and --calls-only exclude each other");
  const [text] = chosen;
  if (text === undefined) return new Set(EVENT_KINDS);
  const names = text.split(",").filter((name) => name !== "");
  const unknown = names.find((name) => !(EVENT_KINDS as readonly string[]).includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw new UsageError(`--only takes some of ${EVENT_KINDS.join(", ")}, not "${unknown ?? text}"`);
  }
  return new Set(names as EventKind[]);
}

function parseDepth(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`--depth takes a number, not "${text}"`);
  return Number(text);
}
