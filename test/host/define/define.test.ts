import { expect } from "chai";
import { F64, I32, I64, load } from "../../../src/decoder/index.ts";
import {
  type CallRecord,
  charging,
  counting,
  linearCost,
  logging,
  recording,
} from "../../../src/host/decorate.ts";
import {
  type BoundModule,
  declared,
  describe as describeFunction,
  functionsOf,
  type HostModule,
  hostModule,
  refuse,
  signature,
} from "../../../src/host/define.ts";
import {
  bool,
  enumOf,
  f64,
  GuestState,
  i64,
  none,
  option,
  type Param,
  pointerTo,
  raw,
  returnedSpan,
  Segfault,
  span,
  text,
  u8,
  u32,
} from "../../../src/host/types/index.ts";
import { instantiate, Memory, Store, Trap } from "../../../src/interp/index.ts";
import { body, bytesOf, funcType, name, OP, section, vector } from "../../decoder/assemble.ts";

class Adder {
  memory = new Memory({ min: 1, max: 1 });
  hostCalls = 0;
  total = 0;
  allocate = () => 256;
}

/** Two wasm values for one JavaScript value, as wazergo's arrays are passed. */
const pair: Param<readonly [number, number]> = {
  name: "pair",
  wasm: [I32, I32],
  load: (lanes, at) => [lanes[at], lanes[at + 2]],
  format: ([a, b]) => `<${a}, ${b}>`,
};

const fn = functionsOf<Adder>();
const adder: HostModule<Adder> = hostModule<Adder>(
  "adder",
  {
    total: fn([], u32, (state) => state.total),
    add: fn([u32], u32, (state, n) => {
      state.total += n;
      return state.total;
    }),
    set: fn([u32, bool], none, (state, n, really) => {
      if (really) state.total = n;
    }),
    concat: fn([span, u32, i64], i64, (_, bytes, n, m) => BigInt(bytes.length) + BigInt(n) + m),
    four: fn([u8, u8, u8, u8], u32, (_, a, b, c, d) => a + 10 * b + 100 * c + 1000 * d),
  },
  {
    many: fn([u32, f64, u32, pair, u32], f64, (_, a, x, b, [c, d], e) => a + x + b + c + d + e),
    greet: fn([text, enumOf("mood", ["glad", "sad"])], returnedSpan(option(raw)), (_, name, mood) =>
      mood === "glad" ? Uint8Array.of(name.length) : undefined,
    ),
  },
);

/** Calls a bound function with its argument lanes from lane 4 on, and gives the lanes there back. */
function call(bound: BoundModule<Adder>, name: string, ...args: number[]): Int32Array {
  const lanes = new Int32Array(4 + Math.max(args.length, 2));
  lanes.set(args, 4);
  const found = bound.get("adder", name);
  if (found === undefined) throw new Error(`no function ${name}`);
  found.value.invoke({ lanes, at: 4, caller: undefined });
  return lanes.subarray(4);
}

function trapOf(action: () => unknown): Trap {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(Trap);
    return error as Trap;
  }
  throw new Error("it did not trap");
}

describe("host modules", () => {
  it("derive the Wasm signature from the value types", () => {
    const types = Object.fromEntries([...adder.functions].map(([name, f]) => [name, signature(f)]));
    expect(types["total"]).to.deep.equal({ params: [], results: [I32] });
    expect(types["set"]).to.deep.equal({ params: [I32, I32], results: [] });
    expect(types["concat"]).to.deep.equal({ params: [I64, I32, I64], results: [I64] });
    expect(types["many"]).to.deep.equal({ params: [I32, F64, I32, I32, I32, I32], results: [F64] });
    expect(types["greet"]).to.deep.equal({ params: [I64, I32], results: [I64] });
    expect(describeFunction(adder.functions.get("greet")!)).to.equal("(text span, mood) -> span Option<raw>");
  });

  it("pass arguments and results of every arity, at any place of the frame", () => {
    const bound = adder.bind(new Adder());
    expect(call(bound, "add", 5, 0)[0]).to.equal(5);
    expect(call(bound, "add", 7, 0)[0]).to.equal(12);
    expect(call(bound, "total")[0]).to.equal(12);
    call(bound, "set", 3, 0, 1, 0);
    call(bound, "set", 9, 0, 0, 0);
    expect(call(bound, "total")[0]).to.equal(3);
    expect(call(bound, "concat", 16, 6, 4, 0, -11, -1).slice(0, 2)).to.deep.equal(Int32Array.of(-1, -1));
    expect(call(bound, "four", 1, 0, 2, 0, 3, 0, 0x104, 0)[0]).to.equal(4321);
    const half = call(bound, "many", 1, 0, 0, 0x3fe00000, 2, 0, 3, 0, 4, 0, 5, 0);
    expect(new Float64Array(half.slice(0, 2).buffer)[0]).to.equal(15.5);
  });

  it("keep a state for each binding", () => {
    const [one, other] = [adder.bind(new Adder()), adder.bind(new Adder())];
    call(one, "add", 5, 0);
    expect(call(other, "total")[0]).to.equal(0);
    expect(call(one, "total")[0]).to.equal(5);
    expect(one.state.hostCalls).to.equal(2);
  });

  it("answer as imports: their own module's functions, always the same, and nothing else", () => {
    const bound = adder.bind(new Adder());
    expect(bound.get("adder", "add")).to.equal(bound.get("adder", "add"));
    expect(bound.get("adder", "constructor")).to.equal(undefined);
    expect(bound.get("other", "add")).to.equal(undefined);
    expect(bound.get("adder", "add")?.value).to.include({ kind: "host", name: "add" });
  });

  it("decode all arguments before the body runs", () => {
    let ran = false;
    const late = hostModule<Adder>("adder", {
      f: fn([u32, span], none, () => {
        ran = true;
      }),
    }).bind(new Adder());
    expect(trapOf(() => call(late, "f", 1, 0, 65536, 1)).code).to.equal("segfault");
    expect(ran).to.equal(false);
  });

  it("trap for an unknown variant of an enum, which only counts by its low byte", () => {
    const bound = adder.bind(new Adder());
    expect(call(bound, "greet", 0, 3, 0x100, 0).slice(0, 2)).to.deep.equal(Int32Array.of(256, 2));
    expect(call(bound, "greet", 0, 3, 1, 0).slice(0, 2)).to.deep.equal(Int32Array.of(256, 1));
    expect(trapOf(() => call(bound, "greet", 0, 3, 2, 0)).message).to.equal("2 is no mood");
  });

  it("trap for text that is not UTF-8", () => {
    const state = new Adder();
    state.memory.bytes.set([0xc0, 0xaf], 8);
    expect(trapOf(() => call(adder.bind(state), "greet", 8, 2, 0, 0)).code).to.equal("invalid-utf8");
  });

  it("can be refused as a whole, keeping their signatures", () => {
    const table = refuse(
      Object.fromEntries(adder.functions),
      (name) => new Trap("refused", `no ${name} here`),
    );
    const bound = hostModule("adder", table).bind(new Adder());
    expect(bound.get("adder", "many")?.value.type).to.deep.equal(signature(adder.functions.get("many")!));
    expect(trapOf(() => call(bound, "add", 1, 0)).message).to.equal("no add here");
    expect(bound.state.total).to.equal(0);
  });
});

describe("host modules with options", () => {
  class Tally extends GuestState {
    total = 0;
    readonly step: number;
    constructor(step: number) {
      super();
      this.step = step;
    }
  }
  const tallyFn = functionsOf<Tally>();
  const tally = hostModule<Tally>("tally", {
    add: tallyFn([], u32, (state) => {
      state.total += state.step;
      return state.total;
    }),
    first: tallyFn([pointerTo(u8)], u8, (_, byte) => byte),
  }).creating(({ step }: { readonly step: number }) => new Tally(step));

  /** `run` calls `add`; `peek` calls `first` with address 3, where there is a 42. */
  function guest(memory: boolean) {
    const end = OP["end"]!;
    return load(
      bytesOf(
        section(1, vector([funcType([], [I32]), funcType([I32], [I32])])),
        section(
          2,
          vector([
            [...name("tally"), ...name("add"), 0, 0],
            [...name("tally"), ...name("first"), 0, 1],
          ]),
        ),
        section(3, vector([[0], [0]])),
        ...(memory ? [section(5, vector([[0, 1]]))] : []),
        section(
          7,
          vector([
            [...name("run"), 0, 2],
            [...name("peek"), 0, 3],
          ]),
        ),
        section(10, vector([body([OP["call"]!, 0]), body([OP["i32.const"]!, 3, OP["call"]!, 1])])),
        ...(memory ? [section(11, vector([[0, OP["i32.const"]!, 3, end, 1, 42]]))] : []),
      ),
    );
  }

  it("make a state of its own for each instance", () => {
    const imports = [1, 10].map((step) => tally.instantiate({ step }));
    const instances = imports.map((bound) => instantiate(new Store(), guest(true), bound));
    for (const instance of [...instances, ...instances]) instance.call("run");
    expect(imports.map(({ state }) => state.total)).to.deep.equal([2, 20]);
  });

  it("reach into the memory of the instance they are attached to", () => {
    const imports = tally.instantiate({ step: 1 });
    const instance = instantiate(new Store(), guest(true), imports);
    expect(() => instance.call("peek")).to.throw(Segfault);
    imports.state.attach(instance);
    expect(instance.call("peek")).to.equal(42);
    const without = tally.instantiate({ step: 1 });
    const bare = instantiate(new Store(), guest(false), without);
    without.state.attach(bare);
    expect(() => bare.call("peek")).to.throw(Segfault);
    expect(without.state.hostCalls).to.equal(1);
  });

  it("can be decorated", () => {
    const lines: string[] = [];
    const imports = tally.with(logging((line) => lines.push(line))).instantiate({ step: 5 });
    instantiate(new Store(), guest(true), imports).call("run");
    expect(lines).to.deep.equal(["add() = 5"]);
  });

  it("can charge gas, which counts like that of operators", () => {
    const bound = (store: Store) =>
      tally
        .with(
          charging(
            () => 1000n,
            () => store,
          ),
        )
        .instantiate({ step: 1 });
    const free = new Store();
    instantiate(free, guest(true), tally.instantiate({ step: 1 })).call("run");
    const store = new Store();
    instantiate(store, guest(true), bound(store)).call("run");
    expect(store.gasUsed).to.equal(free.gasUsed + 1000n);
    const poor = new Store({ gasLimit: 999n });
    const imports = bound(poor);
    const instance = instantiate(poor, guest(true), imports);
    expect(trapOf(() => instance.call("run")).code).to.equal("out-of-gas");
    expect(imports.state.total).to.equal(0);
  });
});

describe("decorators", () => {
  it("log a line for each call", () => {
    const lines: string[] = [];
    const state = new Adder();
    state.memory.bytes.set([0x41, 0x6e, 0x6e], 32);
    const failing = hostModule<Adder>("adder", Object.fromEntries(adder.functions), {
      fail: declared([u8], none),
    });
    const bound = failing.with(logging((line) => lines.push(line))).bind(state);
    call(bound, "greet", 32, 3, 0, 0);
    call(bound, "set", 1, 0, 1, 0);
    expect(trapOf(() => call(bound, "fail", 3, 0)).code).to.equal("unsupported");
    expect(lines).to.deep.equal([
      'greet("Ann", glad) = Some(0x03)',
      "set(1, true)",
      "fail(3) trapped: unsupported",
    ]);
  });

  it("charge by the call and by the byte, or nobody", () => {
    const charged: bigint[] = [];
    const meter = { chargeGas: (amount: bigint) => charged.push(amount) };
    const cost = linearCost(10n, 2n);
    const metered = adder.with(charging(cost, (state) => (state.total === 0 ? meter : undefined)));
    const bound = metered.bind(new Adder());
    call(bound, "concat", 16, 6, 4, 0, 0, 0);
    call(bound, "add", 5, 0);
    call(bound, "add", 5, 0);
    expect(charged).to.deep.equal([22n, 10n]);
  });

  it("record calls with formatted arguments and results, and traps", () => {
    const records: CallRecord[] = [];
    const state = new Adder();
    state.memory.bytes.set([0x41, 0x6e, 0x6e], 32);
    const bound = adder.with(recording((record) => records.push(record))).bind(state);
    call(bound, "greet", 32, 3, 0, 0);
    call(bound, "set", 1, 0, 1, 0);
    expect(trapOf(() => call(bound, "greet", 32, 3, 7, 0)).code).to.equal("invalid-argument");
    const failing = hostModule<Adder>("adder", {
      fail: fn([u8], none, () => {
        throw new Trap("broken", "it broke");
      }),
    });
    const wrapped = failing.with(recording((record) => records.push(record))).bind(state);
    expect(trapOf(() => call(wrapped, "fail", 3, 0)).code).to.equal("broken");
    expect(records).to.deep.equal([
      { name: "greet", args: ['"Ann"', "glad"], result: "Some(0x03)", trap: undefined },
      { name: "set", args: ["1", "true"], result: undefined, trap: undefined },
      { name: "fail", args: ["3"], result: undefined, trap: "broken" },
    ]);
  });

  it("count calls by name", () => {
    const counts = new Map<string, number>();
    const bound = adder.with(counting(counts)).bind(new Adder());
    call(bound, "add", 1, 0);
    call(bound, "add", 1, 0);
    call(bound, "total");
    expect([...counts]).to.deep.equal([
      ["add", 2],
      ["total", 1],
    ]);
  });

  it("stack", () => {
    const order: string[] = [];
    const note = (mark: string) =>
      adder.with((_, f) => ({
        ...f,
        body: (state, ...args) => {
          order.push(mark);
          return f.body(state, ...args);
        },
      }));
    call(
      note("a")
        .with(recording(() => order.push("record")))
        .bind(new Adder()),
      "total",
    );
    expect(order).to.deep.equal(["a", "record"]);
  });
});
