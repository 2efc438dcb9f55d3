/** What must and must not compile: tsc checks this file with everything else, and it is never run. */
import { functionsOf, type HostFunction, type HostFunctions, hostModule } from "../../../src/host/define.ts";
import {
  type ArrayCell,
  array,
  bool,
  byteField,
  byteVec,
  type Cell,
  cell,
  enumOf,
  type Guest,
  GuestState,
  type Heap,
  i32,
  i64,
  none,
  nullable,
  option,
  optional,
  outArray,
  type Param,
  pointer,
  pointerTo,
  type Result,
  raw,
  record,
  result,
  resultCode,
  returnedPointer,
  returnedSpan,
  scaleSpan,
  span,
  struct,
  text,
  tuple,
  u8le,
  u32,
  u32le,
  u64,
  variant,
  vec,
} from "../../../src/host/types/index.ts";

interface Counter extends Guest {
  count: number;
}
interface HeapCounter extends Heap {
  count: number;
}

const fn = functionsOf<Counter>();
const heapFn = functionsOf<HeapCounter>();

// Argument types follow from the parameters.
fn([u32, span, text, bool, u64], none, (state, a, b, c, d, e) => {
  const types: [number, number, Uint8Array, string, boolean, bigint] = [state.count, a, b, c, d, e];
  void types;
});
fn([enumOf("kind", ["one", "two"])], none, (_, kind) => {
  const known: "one" | "two" = kind;
  void known;
  // @ts-expect-error: a variant is one of its names
  const other: "three" = kind;
  void other;
});
// A body may ignore its last arguments.
fn([u32, u32], none, (_, a) => void a);

// @ts-expect-error: a u32 is a number, not a bigint
fn([u32], none, (_, a: bigint) => void a);
// @ts-expect-error: one parameter is declared, the body wants two
fn([u32], none, (_, a: number, b: number) => void (a + b));
// @ts-expect-error: the result is an i64, so a bigint
fn([], i64, () => 1);
// @ts-expect-error: a u32 has to be returned
fn([], u32, () => {});
// @ts-expect-error: the state has no such field
fn([], u32, (state) => state.total);

// Results that allocate ask for a state that can.
heapFn([], returnedSpan(option(raw)), () => undefined);
heapFn([], returnedSpan(result(raw, u8le)), (state) =>
  state.count > 0 ? { ok: new Uint8Array(1) } : { error: 1 },
);
heapFn([pointer(4)], returnedPointer(4), (_, id) => id);
// @ts-expect-error: this state cannot allocate
fn([], returnedPointer(4), () => new Uint8Array(4));
// @ts-expect-error: neither Ok nor Err
heapFn([], returnedSpan(result(raw, u8le)), () => undefined);
// @ts-expect-error: an error is a number here
heapFn([], returnedSpan(result(raw, u8le)), () => ({ error: "bad" }));

// Functions over a state fit a table over that state.
const declared: HostFunction<Counter> = fn([], u32, (state) => state.count);
export const table: HostFunctions<Counter> = { declared };
// @ts-expect-error: tables hold functions, not value types
export const wrong: HostFunctions<Counter> = { declared: u32 };

// Structs, arrays and pointers to them.
const entry = struct("Entry", { id: u32, at: u64, key: byteField(4) });
type Entry = { readonly id: number; readonly at: bigint; readonly key: Uint8Array };
fn(
  [
    array(entry),
    pointerTo(entry),
    cell(u32),
    outArray(entry),
    nullable(pointerTo(entry)),
    optional(i64, -1n),
  ],
  none,
  (_, a, b, c, d, e, f) => {
    const types: [
      readonly Entry[],
      Entry,
      Cell<number>,
      ArrayCell<Entry>,
      Entry | undefined,
      bigint | undefined,
    ] = [a, b, c, d, e, f];
    void types;
    // @ts-expect-error: the field is a bigint
    const wrong: number = b.at;
    void wrong;
    // @ts-expect-error: a cell holds a number here
    c.set(1n);
    // @ts-expect-error: a field is missing
    d.set(0, { id: 1, at: 2n });
  },
);

// SCALE values, in and out.
const shape = variant("Shape", { none: [0, raw], side: [1, u32le] });
const owner = record("Owner", { name: byteVec, parts: vec(tuple(u32le, option(byteVec))), shape });
heapFn([scaleSpan(owner)], returnedSpan(owner), (_, value) => {
  const [first] = value.parts;
  const id: number | undefined = first?.[0];
  if (value.shape.kind === "side") {
    const side: number = value.shape.value;
    void side;
  }
  void id;
  return { ...value, shape: { kind: "side", value: 3 } };
});
// @ts-expect-error: a case that is not there
heapFn([], returnedSpan(shape), () => ({ kind: "circle", value: 1 }));
// @ts-expect-error: the content of another case
heapFn([], returnedSpan(shape), () => ({ kind: "side", value: new Uint8Array(1) }));

// Results that may fail: by name, and only by the names declared.
fn([], resultCode(i32, ["late", "broken"]), () => ({ error: "late" }));
fn([], optional(i32, -1), () => undefined);
// @ts-expect-error: an error that is not declared
fn([], resultCode(i32, ["late", "broken"]), () => ({ error: "early" }));

// A type of one's own is used like any other.
const celsius: Param<{ readonly degrees: number }> & Result<{ readonly degrees: number }> = {
  name: "celsius",
  wasm: i32.wasm,
  load: (lanes, at, memory) => ({ degrees: i32.load(lanes, at, memory) / 100 }),
  store: (value, frame, guest) => i32.store(value.degrees * 100, frame, guest),
  format: (value) => `${value.degrees} °C`,
};
fn([celsius], celsius, (_, value) => ({ degrees: value.degrees + 1 }));
// @ts-expect-error: it is not a number
fn([celsius], u32, (_, value) => value);

// Modules that make their states from options.
class Tally extends GuestState {
  readonly step: number;
  constructor(step: number) {
    super();
    this.step = step;
  }
}
const tally = hostModule<Tally>("tally", {
  step: functionsOf<Tally>()([], u32, (state) => state.step),
}).creating(({ step }: { readonly step: number }) => new Tally(step));
export const made: Tally = tally.instantiate({ step: 2 }).state;
// @ts-expect-error: an option is missing
tally.instantiate({});
