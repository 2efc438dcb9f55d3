import { type Profiler, Session } from "node:inspector";

/** Parts of the program by their files, the first that fits. */
const PARTS: readonly (readonly [part: string, files: RegExp])[] = [
  ["machine: loop", /\/src\/interp\/machine\/loop\.js$/],
  ["machine: lowering", /\/src\/interp\/lower\//],
  ["machine: around the loop", /\/src\/interp\/(machine|gas|numeric)\/|\/src\/interp\/(memory|store)\.js$/],
  ["instantiation", /\/src\/interp\//],
  ["decoding and validating", /\/src\/decoder\//],
  ["hashing", /\/@noble\/hashes\/|\/src\/host\/polkadot\/(hash|hashing)\b|\/src\/host\/state\/hash\.js$/],
  ["signatures", /\/@noble\/curves\/|\/@scure\//],
  ["trie", /\/src\/host\/state\/(trie\/|state\.js$)/],
  ["overlay", /\/src\/host\/state\//],
  ["allocator", /\/src\/host\/polkadot\/allocator\.js$/],
  ["marshalling", /\/src\/host\/(types\/|define\.js$)/],
  ["host functions", /\/src\/host\/polkadot\//],
  ["finding the runtime by its code", /\/src\/host\/runtime\/cache\.js$/],
  ["SCALE, headers, calls", /\/src\/host\/(?!bytes\.js$)/],
];
const REST = "other";
/** Names in the profile: V8's for its collector, and that of the function below that calls the work. */
const COLLECTOR = "(garbage collector)";
const WORK = "profiledWork";

/** Microseconds between samples. */
const INTERVAL = 100;

/** Names of parts in the order in which they are shown. */
export const PART_NAMES: readonly string[] = [...PARTS.map(([part]) => part), "garbage collection", REST];

/** Runs `work` under the sampling profiler. Returns the milliseconds spent in each part, that in callees not counted. */
export async function profiled(work: () => void): Promise<Record<string, number>> {
  const session = new Session();
  session.connect();
  const post = <T>(method: string, params: object = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      session.post(method, params, (error, result) =>
        error === null ? resolve(result as T) : reject(error),
      );
    });
  await post("Profiler.enable");
  await post("Profiler.setSamplingInterval", { interval: INTERVAL });
  function profiledWork(): void {
    work();
  }
  await post("Profiler.start");
  profiledWork();
  const { profile } = await post<{ profile: Profiler.Profile }>("Profiler.stop");
  session.disconnect();
  return byPart(profile);
}

/** A sample counts for the part of its innermost function that has one; built-ins and helpers belong to whoever calls. */
function byPart(profile: Profiler.Profile): Record<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children } of profile.nodes) for (const child of children ?? []) parents.set(child, id);
  const known = new Map<number, string>();
  const partOf = (id: number): string => {
    let part = known.get(id);
    if (part === undefined) {
      const { functionName, url } = nodes.get(id)!.callFrame;
      const parent = parents.get(id);
      part =
        functionName === COLLECTOR
          ? "garbage collection"
          : (PARTS.find(([, files]) => files.test(url))?.[0] ??
            (parent === undefined || functionName === WORK ? REST : partOf(parent)));
      known.set(id, part);
    }
    return part;
  };
  const within = new Set<number>();
  const isWithin = (id: number | undefined): boolean => {
    if (id === undefined) return false;
    if (within.has(id) || nodes.get(id)!.callFrame.functionName === WORK) return true;
    if (!isWithin(parents.get(id))) return false;
    within.add(id);
    return true;
  };
  // The profiler samples itself too, before and after. Collections have no callers, hence the range.
  const samples = profile.samples!;
  const first = samples.findIndex(isWithin);
  const last = samples.findLastIndex(isWithin);
  const sums: Record<string, number> = {};
  for (let i = Math.max(first, 0); i <= last; i++) {
    const part = partOf(samples[i]!);
    sums[part] = (sums[part] ?? 0) + profile.timeDeltas![i]! / 1000;
  }
  return sums;
}
