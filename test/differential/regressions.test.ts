import { expect } from "chai";
import { I32, I64 } from "../../src/decoder/index.ts";
import { Execution, entryOf } from "../../src/interp/execution/execution.ts";
import type { StoreOptions, WasmFunc } from "../../src/interp/index.ts";
import { assemble, constant, EMPTY, type FunctionPart, op } from "../interp/assemble.ts";
import { EXECUTORS, type Observation, observe, type Perform } from "./observe.ts";

/** Runs the export "f" of a module of one function on both executors, which must agree. */
function run(
  func: FunctionPart,
  args: readonly bigint[],
  options: StoreOptions,
): Observation["outcomes"][number] {
  const modules = [assemble({ functions: [{ ...func, export: "f" }] })];
  const workload = { modules, calls: [{ module: 0, name: "f", args }] };
  const machine = observe(workload, EXECUTORS.machine, options);
  for (const executor of Object.values(EXECUTORS)) {
    expect(machine).to.deep.equal(observe(workload, executor, options));
  }
  return machine.outcomes[1]!;
}

const ONE = constant(I32, 1n);

// Differences that generated programs found, smallest form.
describe("differences found and mended", () => {
  it("the end of an if starts a block, also when only the else arm reaches it", () => {
    const code = [
      ...[
        ...op("local.get"),
        0,
        ...op("if"),
        EMPTY,
        ...op("return"),
        ...op("else"),
        ...op("nop"),
        ...op("end"),
      ],
      ...[...ONE, ...op("drop"), ...op("unreachable")],
    ];
    // Two operators up to the if, nothing in the arm, three after the end: the trap leaves all five charged…
    expect(run({ params: [I32], code }, [0n], {}).gasUsed).to.equal("5");
    // …but with gas for the first two only, the rest is a block of its own, which is not charged.
    expect(run({ params: [I32], code }, [0n], { gasLimit: 4n }).gasUsed).to.equal("2");
  });

  it("out of gas is blamed on the first operator of the block that was not charged", () => {
    const arm = (inside: number[]) => [...op("local.get"), 0, ...op("if"), EMPTY, ...inside, ...op("end")];
    const bodies: readonly (readonly [code: number[], offset: number])[] = [
      // The first operator of the then arm; what follows an if passed by; an else after code that does not go on.
      [arm([...op("nop"), ...ONE, ...op("drop")]), 4],
      [[...arm(op("nop")), ...op("nop"), ...ONE, ...op("drop")], 6],
      [arm([...op("return"), ...op("else"), ...op("nop"), ...ONE, ...op("drop")]), 6],
    ];
    const where = bodies.map(([code], i) => {
      const { outcome } = run({ params: [I32], code }, [i === 0 ? 1n : 0n], { gasLimit: 2n });
      return "trap" in outcome ? [outcome.trap, outcome.stack[0]!.offset] : outcome;
    });
    // Offsets from the first operator, which calling without any gas tells.
    const starts = bodies.map(([code]) => {
      const { outcome } = run({ params: [I32], code }, [0n], { gasLimit: 0n });
      return "trap" in outcome ? outcome.stack[0]!.offset! : Number.NaN;
    });
    expect(where).to.deep.equal(bodies.map(([, offset], i) => ["out-of-gas", starts[i]! + offset]));
  });

  it("a limit of stack slots below the first size of the frame buffer holds", () => {
    // Recursion with one local and three operands: f(n) = n == 0 ? 0 : f(n - 1).
    const code = [
      ...[
        ...op("local.get"),
        0,
        ...op("i64.eqz"),
        ...op("if"),
        EMPTY,
        ...constant(I64, 0n),
        ...op("return"),
        ...op("end"),
      ],
      ...[...op("local.get"), 0, ...constant(I64, 1n), ...op("i64.sub"), ...op("call"), 0],
    ];
    const trapOf = (depth: bigint, maxStackSlots: number) => {
      const { outcome } = run({ params: [I64], results: [I64], code }, [depth], { maxStackSlots });
      return "trap" in outcome ? outcome.trap : outcome.results.join();
    };
    // A frame is a local and room for two operands; a callee's local is one of its caller's operands.
    expect(trapOf(3n, 6)).to.equal("0");
    expect(trapOf(4n, 6)).to.equal("call-stack-exhausted");
    expect(trapOf(97n, 100)).to.equal("0");
    expect(trapOf(98n, 100)).to.equal("call-stack-exhausted");
  });

  it("a function beyond the limits is charged before it traps, also when the call paused right before it", () => {
    const modules = [assemble({ functions: [{ code: [...op("nop"), ...op("call"), 0], export: "f" }] })];
    const workload = { modules, calls: [{ module: 0, name: "f", args: [] }] };
    const inParts: Perform = (instance, name, args) => {
      const func = instance.exportedFunction(name) as WasmFunc;
      const execution = new Execution(instance.store, entryOf(func, args));
      while (execution.status === "paused") execution.run({ gas: 1n });
      throw execution.trap!;
    };
    for (const options of [
      { maxCallDepth: 5 },
      { maxStackSlots: 1, maxCallDepth: 3 },
      { maxLogicalStack: 11 },
    ]) {
      for (const executor of Object.values(EXECUTORS)) {
        const parts = observe(workload, executor, options, inParts);
        expect(parts).to.deep.equal(observe(workload, executor, options));
        expect(parts.outcomes[1]!.gasUsed).to.equal(
          "maxCallDepth" in options ? String(options.maxCallDepth + 1) : "6",
        );
      }
    }
  });
});
