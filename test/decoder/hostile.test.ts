import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { decode, load, ModuleError, validate } from "../../src/decoder/index.ts";
import {
  body,
  bytesOf,
  completeModule,
  EMPTY,
  expectRefusal,
  F32,
  F64,
  funcType,
  functionModule,
  HEADER,
  I32,
  I64,
  OP,
  refusal,
  section,
  unsigned,
  vector,
} from "./assemble.ts";
import { shared } from "./shared.ts";

const SEED = 1;

/** Loads the bytes and says how that ended. Anything but a `ModuleError` is passed on, and fails the test. */
function outcome(bytes: Uint8Array): "accepted" | ModuleError {
  try {
    // The names are part of what a stranger's module makes us read.
    load(bytes).names.functions.size;
    return "accepted";
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    expect(error.offset).to.be.within(0, bytes.length);
    return error;
  }
}

function milliseconds(action: () => void): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}

describe("decoder: hostile input", () => {
  it("accepts the complete module, and refuses it cut off at any byte but those between sections", () => {
    const bytes = completeModule();
    expect(outcome(bytes)).to.equal("accepted");
    let accepted = 0;
    for (let length = 0; length < bytes.length; length++) {
      const result = outcome(bytes.slice(0, length));
      if (result === "accepted") accepted++;
      else if (result.kind !== "malformed") expect(result.kind).to.equal("invalid");
    }
    // The bare header, the first custom section, types, imports; then the code is missing until it is there; data.
    expect(accepted).to.equal(6);
  });

  it("gives typed errors, or accepts, whatever bytes are changed", () => {
    const bytes = completeModule();
    const kinds = new Map<string, number>();
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        const result = outcome(changed);
        const kind = result === "accepted" ? result : result.kind;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }),
      { seed: SEED, numRuns: 5000 },
    );
    // That all ways out were taken shows that the test reaches deep.
    expect([...kinds.keys()]).to.include.members(["accepted", "malformed", "invalid"]);
  });

  it("gives typed errors for every single bit flipped", () => {
    const bytes = completeModule();
    let refused = 0;
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      if (outcome(changed) !== "accepted") refused++;
    }
    expect(refused).to.be.above(bytes.length);
  });

  it("gives typed errors for random function bodies", () => {
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(...Object.values(OP)), fc.nat(4)), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        bytes,
        (code) =>
          void outcome(
            functionModule(
              code.map((b) => b & 0xff),
              { params: [I32, F64] },
            ),
          ),
      ),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it("gives typed errors for garbage behind a header", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void outcome(Uint8Array.from([...HEADER, ...bytes])),
      ),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it("gives typed errors for a runtime with bytes changed (skipped without ../shared)", function () {
    const path = shared("chain/runtimes/GO_research_runtime_small-d53d98db.wasm");
    if (path === undefined) return this.skip();
    const bytes = new Uint8Array(readFileSync(path));
    expect(outcome(bytes)).to.equal("accepted");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, length) => {
        const changed = bytes.slice();
        changed[at] = byte;
        outcome(changed);
        outcome(changed.subarray(0, length));
      }),
      { seed: SEED, numRuns: 150 },
    );
  });

  it("refuses huge counts in every section before making room for them", () => {
    const huge = unsigned(0xffff_ffff);
    for (const id of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]) {
      const error = refusal(bytesOf(section(id, [...huge, 0, 0, 0])));
      expectRefusal(
        error,
        "malformed",
        id === 10 ? "unexpected end" : "unexpected end of section or function",
      );
    }
    const func = funcType([], []);
    const one = (id: number, entry: readonly number[]) => section(id, vector([entry]));
    const expression = [OP["i32.const"]!, 0, OP["end"]!];
    for (const sections of [
      [one(1, [0x60, ...huge, I32])],
      [one(1, [0x60, 0, ...huge, I32])],
      [one(2, [...huge, 0x61])],
      [one(9, [0, ...expression, ...huge, 0])],
      [one(11, [0, ...expression, ...huge, 0])],
      [one(1, func), one(3, [0]), one(10, [...huge, 0, OP["end"]!])],
      [one(1, func), one(3, [0]), one(10, [7, ...huge, 0, OP["end"]!])],
      [section(0, [...huge, 0x61])],
      [[1, ...huge]],
    ]) {
      expect(refusal(bytesOf(...sections)).kind).to.equal("malformed");
    }
  });

  it("refuses a sum of locals beyond 32 bits as malformed, and a large one by the limit", () => {
    const most: readonly [number, number] = [0xffff_ffff, I32];
    const malformed = refusal(functionModule([], { locals: [most, [1, I64]] }));
    expectRefusal(malformed, "malformed", "too many locals");
    expectRefusal(refusal(functionModule([], { locals: [most] })), "limit", "too many locals");
    const runs = Array.from({ length: 20_000 }, (): readonly [number, number] => [0xffff_ffff, F32]);
    expectRefusal(refusal(functionModule([], { locals: runs })), "malformed", "too many locals");
  });

  it("does not spend the time of 50,000 locals, or 1,000 parameters, on bodies of a few bytes", () => {
    const params = new Array<number>(1000).fill(I32);
    const count = 100_000;
    const entry = body([OP["unreachable"]!, OP["call"]!, 0, OP["call"]!, 0], [[49_000, I64]]);
    const content = new Uint8Array(entry.length * count);
    for (let i = 0; i < count; i++) content.set(entry, i * entry.length);
    const start = bytesOf(
      section(1, vector([funcType(params, [])])),
      section(3, [...unsigned(count), ...zeros(count)]),
    );
    const size = unsigned(count).length + content.length;
    const bytes = new Uint8Array([...start, 10, ...unsigned(size), ...unsigned(count), ...content]);
    // Spread out, these are 5 * 10^9 locals and 2 * 10^8 operands: minutes.
    expect(milliseconds(() => load(bytes))).to.be.below(5_000);
  });

  it("stays linear on one long function body", () => {
    const reads = (count: number): number => {
      const code = Array.from({ length: count }, () => [OP["i32.const"]!, 1, OP["br_if"]!, 0]).flat();
      const module = decode(functionModule(code));
      const bytes = counted(module.bytes);
      validate({ ...module, bytes: bytes.array });
      return bytes.reads();
    };
    const few = reads(2_000);
    expect(few, "the bytes are read through the counter").to.be.above(4 * 2_000);
    expect(reads(20_000)).to.be.within(9 * few, 10.1 * few);
  });

  it("takes a million nested blocks by the limit, and as deep as one allows", () => {
    const depth = 1_000_000;
    const code = new Uint8Array(3 * depth + 1).fill(OP["end"]!);
    for (let i = 0; i < 2 * depth; i += 2) code.set([OP["block"]!, EMPTY], i);
    const limits = { nestingDepth: depth };
    const whole = wholeBody(code);
    expectRefusal(refusal(whole), "limit", "too many nested blocks");
    load(whole, { limits });
    const open = wholeBody(code.subarray(0, 2 * depth));
    expectRefusal(refusal(open, { limits }), "malformed", "unexpected end of section or function");
  });

  it("takes giant branch tables by the limit, and refuses counts beyond the bytes", () => {
    const table = (targets: number, said = targets): number[] => [
      ...[OP["i32.const"]!, 0, OP["br_table"]!, ...unsigned(said)],
      ...zeros(targets + 1),
    ];
    load(functionModule(table(65_520)));
    expectRefusal(refusal(functionModule(table(65_521))), "limit", "too many br_table targets");
    expectRefusal(
      refusal(functionModule(table(3, 0xffff_ffff))),
      "malformed",
      "unexpected end of section or function",
    );
    // As many targets as bytes are left: the default label is missing.
    expectRefusal(refusal(functionModule(table(3, 5))), "malformed", "unexpected end of section or function");
  });
});

/** A module whose one function, without parameters, results and locals, has exactly this code. */
function wholeBody(code: Uint8Array): Uint8Array {
  const size = unsigned(code.length + 1);
  const start = bytesOf(section(1, vector([funcType([], [])])), section(3, vector([[0]])));
  const head = [...start, 10, ...unsigned(1 + size.length + 1 + code.length), 1, ...size, 0];
  const bytes = new Uint8Array(head.length + code.length);
  bytes.set(head);
  bytes.set(code, head.length);
  return bytes;
}

/** The bytes, counting how often one of them is read: times would depend on what else the machine does. */
function counted(bytes: Uint8Array): { readonly array: Uint8Array; reads(): number } {
  let count = 0;
  const array = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && key >= "0" && key <= ":") count++;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { array, reads: () => count };
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}
