import {
  byteVec,
  functionsOf,
  GuestState,
  type Heap,
  hostModule,
  none,
  option,
  returnedPointer,
  returnedSpan,
  spanView,
  u32,
} from "../../src/host/index.ts";
import { twox } from "../../src/host/polkadot/hash/index.ts";
import {
  type HostCall,
  type HostFunc,
  ImportMap,
  type Instance,
  instantiate,
  load,
  Store,
  Trap,
} from "../../src/index.ts";
import { interleaved } from "../interleave.ts";
import type { Column, Findings, Row } from "../result.ts";
import { estimate, geomeanByRound, ratios } from "../statistics.ts";
import { callingModule, I32, I64, type ImportedCall, i32, span } from "../subjects/host-calls.ts";
import { RATIO, type Suite, warmUp } from "./suite.ts";

/** Seconds for each function, on each side. */
const WARM_UP = 0.3;
/** Calls in one run. */
const CALLS = 20_000;
/** Many short rounds: a call takes so little that whatever else the machine does shows in a round. */
const SAMPLING = { rounds: 15, seconds: 0.1 };

const IMPORTS: readonly ImportedCall[] = [
  { name: "nothing", params: [], results: [], args: [] },
  { name: "add", params: [I32, I32], results: [I32], args: [...i32(3), ...i32(4)] },
  { name: "length", params: [I64], results: [I32], args: span(1024, 33) },
  { name: "hash", params: [I64], results: [I32], args: span(1024, 33) },
  { name: "get", params: [I64], results: [I64], args: span(1024, 3) },
];

const WHAT: Readonly<Record<string, string>> = {
  nothing: "nothing: () -> ()",
  add: "add: (u32, u32) -> u32",
  length: "length: (span) -> u32",
  hash: "twox_128: (span) -> ptr",
  get: "get: (span) -> span Option<Bytes>",
};

const VALUE = new Uint8Array(40).fill(7);

/** Gives the same few places again and again: the allocator is not what is measured. */
class Host extends GuestState implements Heap {
  #next = 0;

  allocate(): number {
    this.#next = (this.#next + 64) & 1023;
    return this.#next;
  }
}

const fn = functionsOf<Host>();
const typed = hostModule<Host>("env", {
  nothing: fn([], none, () => {}),
  add: fn([u32, u32], u32, (_, a, b) => (a + b) >>> 0),
  length: fn([spanView], u32, (_, bytes) => bytes.length),
  hash: fn([spanView], returnedPointer(16), (_, bytes) => twox(bytes, 16)),
  get: fn([spanView], returnedSpan(option(byteVec)), (_, key) => (key.length === 3 ? VALUE : undefined)),
});

/** The bytes of the span that is the first argument. */
function bytesAt(host: Host, { lanes, at }: HostCall): Uint8Array {
  const { bytes } = host.memory;
  const address = lanes[at]! >>> 0;
  const length = lanes[at + 1]! >>> 0;
  if (address + length > bytes.length) throw new Trap("segfault", "a span is out of bounds");
  return bytes.subarray(address, address + length);
}

/** The same functions as one would write them without types: straight on the lanes and the memory. */
const BY_HAND: Readonly<Record<string, (host: Host, call: HostCall) => void>> = {
  nothing: (host) => {
    host.hostCalls++;
  },
  add: (host, { lanes, at }) => {
    host.hostCalls++;
    lanes[at] = lanes[at]! + lanes[at + 2]!;
  },
  length: (host, call) => {
    host.hostCalls++;
    call.lanes[call.at] = bytesAt(host, call).length;
  },
  hash: (host, call) => {
    host.hostCalls++;
    const digest = twox(bytesAt(host, call), 16);
    const address = host.allocate();
    host.memory.bytes.set(digest, address);
    call.lanes[call.at] = address;
  },
  get: (host, call) => {
    host.hostCalls++;
    const value = bytesAt(host, call).length === 3 ? VALUE : undefined;
    const address = host.allocate();
    const { bytes } = host.memory;
    let size = 1;
    if (value === undefined) bytes[address] = 0;
    else {
      bytes[address] = 1;
      bytes[address + 1] = value.length << 2; // below 64 bytes a length takes one
      bytes.set(value, address + 2);
      size = 2 + value.length;
    }
    call.lanes[call.at] = address;
    call.lanes[call.at + 1] = size;
  },
};

function withTypes(code: Uint8Array): Instance {
  const host = new Host();
  const instance = instantiate(new Store(), load(code), typed.bind(host));
  host.attach(instance);
  return instance;
}

function byHand(code: Uint8Array): Instance {
  const host = new Host();
  const imports = new ImportMap();
  for (const { name, params, results } of IMPORTS) {
    const invoke = BY_HAND[name]!;
    const value: HostFunc = {
      kind: "host",
      name,
      type: { params: [...params], results: [...results] } as HostFunc["type"],
      invoke: (call) => invoke(host, call),
    };
    imports.define("env", name, { kind: "func", value });
  }
  const instance = instantiate(new Store(), load(code), imports);
  host.attach(instance);
  return instance;
}

const COLUMNS: readonly Column[] = [
  RATIO,
  { id: "typed", title: "by types", unit: "ms", better: "lower" },
  { id: "hand", title: "by hand", unit: "ms" },
];

export const hostCalls: Suite = {
  name: "hostcalls",
  summary: "host functions declared by value types beside the same by hand",
  async run(): Promise<Findings> {
    const code = callingModule(IMPORTS);
    const sides = { typed: withTypes(code), hand: byHand(code) };
    const rows: Row[] = [];
    const all: (readonly number[])[] = [];
    const cases = IMPORTS.map(({ name }) =>
      (["typed", "hand"] as const).map((side) => ({
        name: side,
        run: () => sides[side].call(name, CALLS),
      })),
    );
    // All of them first, so that shared code has seen what it will see.
    for (const { run } of cases.flat()) warmUp(run, WARM_UP);
    for (const [i, { name }] of IMPORTS.entries()) {
      const times = await interleaved(`host calls: ${name}`, cases[i]!, SAMPLING);
      const ratio = ratios(times.get("typed")!, times.get("hand")!);
      all.push(ratio);
      const cells = {
        ratio: estimate(ratio),
        typed: estimate(times.get("typed")!),
        hand: estimate(times.get("hand")!),
      };
      rows.push({ name: WHAT[name]!, cells });
    }
    rows.push({ name: "geometric mean", cells: { ratio: estimate(geomeanByRound(all)) } });
    return {
      tables: [
        {
          title: "Host calls",
          note:
            "20,000 calls out of a loop of the guest. By hand: the same function on the call's lanes and the memory's " +
            "bytes, with the same check of its range. The loop and the call itself are in both.",
          columns: COLUMNS,
          rows,
        },
      ],
      skipped: [],
    };
  },
};
