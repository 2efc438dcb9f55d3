/** What must and must not compile: tsc checks this file with everything else, and it is never run. */
import { functionsOf, type HostFunction, type HostFunctions } from "../../../src/host/define.ts";
import {
  bool,
  enumOf,
  type Guest,
  type Heap,
  i64,
  none,
  option,
  pointer,
  raw,
  result,
  returnedPointer,
  returnedSpan,
  span,
  text,
  u8le,
  u32,
  u64,
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
