import { type FuncType, I32, I64, type ValType } from "../../src/decoder/index.ts";
import { OPERATORS, type Operator } from "../../src/decoder/opcodes.ts";
import { assemble, constant, EMPTY, type FunctionPart, op } from "../interp/assemble.ts";
import type { Call, Workload } from "./observe.ts";
import { Random } from "./random.ts";
import { index, interesting, makeShape, partsOf, type Shape, typeOf } from "./shape.ts";

type Code = number[];

/** A label that code may branch to: what it takes, undefined for nothing. */
interface Target {
  readonly takes: ValType | undefined;
}

const ACCESS = OPERATORS.filter(({ immediates, feature }) => immediates === "memarg" && feature !== "simd");
const STORES = ACCESS.filter(({ gas }) => gas === "store");
const NUMERIC = OPERATORS.filter(
  ({ immediates, params, results, feature }) =>
    immediates === "none" && params !== undefined && results!.length === 1 && feature !== "simd",
);
const SAFE = NUMERIC.filter(({ mayTrap }) => !mayTrap);

/** How deep expressions nest, and how many operators a function has, about. */
const MAX_DEPTH = 7;
const BUDGET = 90;
const COUNTERS = 2;

/** Makes the body of one function: valid by construction, of every kind of operator, with branches from anywhere. */
class FunctionMaker {
  private readonly random: Random;
  private readonly shape: Shape;
  private readonly type: FuncType;
  private readonly locals: ValType[];
  private readonly targets: Target[];
  private budget = BUDGET;
  private countersInUse = 0;

  constructor(random: Random, shape: Shape, type: FuncType) {
    this.random = random;
    this.shape = shape;
    this.type = type;
    const declared = random.list(1, 3, () => typeOf(random));
    this.locals = [...type.params, ...declared, ...new Array<ValType>(COUNTERS).fill(I32)];
    this.targets = [{ takes: type.results[0] }];
  }

  make(name: string): FunctionPart {
    const { params, results } = this.type;
    const code = this.statements(3);
    if (results.length > 0) code.push(...this.expression(results[0]!, 0));
    const locals = this.locals.slice(params.length).map((type) => [1, type] as const);
    return { params, results, locals, code, export: name };
  }

  // --- expressions: code that pushes one value -----------------------------------------------------------------

  private expression(type: ValType, depth: number): Code {
    const { random } = this;
    if (this.budget-- <= 0 || depth >= MAX_DEPTH || random.chance(25)) return this.leaf(type);
    switch (random.below(20)) {
      // Statements in between: locals change and results come and go while operands wait on the stack.
      case 16:
        return [...this.statements(3, depth + 1), ...this.expression(type, depth + 1)];
      case 17:
      case 18:
        return [...this.expression(type, depth + 1), ...this.statements(2, depth + 1)];
      case 19: {
        const local = this.localOf(type);
        if (local === undefined) return this.numeric(type, depth);
        const set = () => [...this.expression(type, depth + 2), ...op("local.set"), ...index(local)];
        const isInArm = random.chance(50);
        return [...op("local.get"), ...index(local), ...(isInArm ? this.armed(depth, set) : set())];
      }
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return this.numeric(type, depth);
      case 5:
        return this.load(type, depth);
      case 6: {
        const operands = [
          this.expression(type, depth + 1),
          this.expression(type, depth + 1),
          this.condition(depth),
        ];
        return [...operands.flat(), ...op("select")];
      }
      case 7: {
        const local = this.localOf(type);
        if (local === undefined) return this.numeric(type, depth);
        return [...this.expression(type, depth + 1), ...op("local.tee"), ...index(local)];
      }
      case 8:
        return this.callFor(type, depth) ?? this.numeric(type, depth);
      case 9:
        return this.indirectCallFor(type, depth) ?? this.numeric(type, depth);
      case 10:
        return this.block("block", type, depth);
      case 11:
        return this.block("loop", type, depth);
      case 12:
        return [...this.condition(depth), ...this.ifElse(type, depth)];
      case 13:
        return this.branchIfWithValue(type, depth);
      case 14:
        return type === I32 ? this.memorySize(depth) : this.numeric(type, depth);
      default:
        if (!random.chance(15)) return this.numeric(type, depth);
        // Nothing follows a jump, so it stands for a value of any type; what comes after is never reached.
        return [...this.jump(depth), ...(random.chance(50) ? this.expression(type, depth + 1) : [])];
    }
  }

  private leaf(type: ValType): Code {
    const { random, shape } = this;
    const local = this.localOf(type);
    if (local !== undefined && random.chance(60)) return [...op("local.get"), ...index(local)];
    const globals = shape.globals.flatMap((global, i) => (global.type === type ? [i] : []));
    if (globals.length > 0 && random.chance(25)) return [...op("global.get"), ...index(random.pick(globals))];
    return constant(type, interesting(random, type));
  }

  private numeric(type: ValType, depth: number): Code {
    const operators = (this.random.chance(8) ? NUMERIC : SAFE).filter(({ results }) => results![0] === type);
    const operator = this.random.pick(operators);
    const operands = operator.params!.flatMap((param) => [
      ...this.expression(param, depth + 1),
      ...this.between(depth),
    ]);
    return [...operands, ...op(operator.name)];
  }

  /** Mostly a comparison, so that branches are fused with it. */
  private condition(depth: number): Code {
    const { random } = this;
    if (random.chance(30)) return this.expression(I32, depth + 1);
    const comparisons = NUMERIC.filter(({ name }) => /\.(eqz?|ne|lt|gt|le|ge)(_[su])?$/.test(name));
    const operator = random.pick(
      comparisons.filter(({ params }) => random.chance(20) || params![0] === I32 || params![0] === I64),
    );
    const code = [
      ...operator.params!.flatMap((param) => this.expression(param, depth + 2)),
      ...op(operator.name),
    ];
    if (random.chance(15)) return [...code, ...this.statements(1, depth + 2)];
    return [...code, ...this.between(depth), ...(random.chance(20) ? op("i32.eqz") : [])];
  }

  /** Now and then a value that comes and goes, where the last instruction is expected to have made another one. */
  private between(depth: number): Code {
    if (!this.random.chance(10) || depth >= MAX_DEPTH) return [];
    return [...this.numeric(typeOf(this.random), depth + 1), ...op("drop")];
  }

  private localOf(type: ValType): number | undefined {
    const found = this.locals.flatMap((local, i) =>
      local === type && i < this.locals.length - COUNTERS ? [i] : [],
    );
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  // --- memory ----------------------------------------------------------------------------------------------------

  private address(depth: number): Code {
    const address = this.expression(I32, depth + 1);
    if (this.random.chance(4)) return address;
    return [...address, ...constant(I32, this.random.chance(50) ? 0xffn : 0xfff0n), ...op("i32.and")];
  }

  private memoryImmediates({ align }: Operator): Code {
    const { random } = this;
    const offset = random.chance(5) ? random.bits() : random.below(16);
    return [...index(random.between(0, align)), ...index(offset)];
  }

  private load(type: ValType, depth: number): Code {
    const operator = this.random.pick(
      ACCESS.filter(({ gas, results }) => gas === "load" && results![0] === type),
    );
    return [...this.address(depth), ...op(operator.name), ...this.memoryImmediates(operator)];
  }

  private store(depth: number): Code {
    const operator = this.random.pick(STORES);
    const operands = [...this.address(depth), ...this.expression(operator.params![1]!, depth + 1)];
    return [...operands, ...op(operator.name), ...this.memoryImmediates(operator)];
  }

  private memorySize(depth: number): Code {
    const { random } = this;
    if (random.chance(60)) return [...op("memory.size"), 0];
    const pages = random.chance(70)
      ? constant(I32, BigInt(random.below(3)))
      : this.expression(I32, depth + 1);
    return [...pages, ...op("memory.grow"), 0];
  }

  // --- calls -----------------------------------------------------------------------------------------------------

  private arguments(type: FuncType, depth: number): Code {
    return type.params.flatMap((param) => this.expression(param, depth + 1));
  }

  private callFor(result: ValType | undefined, depth: number): Code | undefined {
    const { functions } = this.shape;
    const fitting = functions.flatMap((type, i) => (type.results[0] === result ? [i] : []));
    if (fitting.length === 0) return undefined;
    const callee = this.random.pick(fitting);
    return [...this.arguments(functions[callee]!, depth), ...op("call"), ...index(callee)];
  }

  private indirectCallFor(result: ValType | undefined, depth: number): Code | undefined {
    const { random, shape } = this;
    const fitting = shape.types.flatMap((type, i) => (type.results[0] === result ? [i] : []));
    if (fitting.length === 0) return undefined;
    const typeIndex = random.pick(fitting);
    const type = shape.types[typeIndex]!;
    const elements = shape.elements.flatMap((func, i) =>
      func !== undefined && same(shape.functions[func]!, type) ? [i] : [],
    );
    const element =
      elements.length > 0 && random.chance(94)
        ? constant(I32, BigInt(random.pick(elements)))
        : [...this.expression(I32, depth + 1), ...constant(I32, 15n), ...op("i32.and")];
    return [...this.arguments(type, depth), ...element, ...op("call_indirect"), ...index(typeIndex), 0];
  }

  // --- blocks and branches -----------------------------------------------------------------------------------------

  private block(kind: "block" | "loop", type: ValType | undefined, depth: number): Code {
    this.targets.push({ takes: kind === "loop" ? undefined : type });
    const inside = [
      ...this.statements(2, depth + 1),
      ...(type === undefined ? [] : this.expression(type, depth + 1)),
    ];
    this.targets.pop();
    return [...op(kind), type ?? EMPTY, ...inside, ...op("end")];
  }

  /** Without the condition. */
  private ifElse(type: ValType | undefined, depth: number): Code {
    this.targets.push({ takes: type });
    const arm = () => [
      ...this.statements(2, depth + 1),
      ...(type === undefined ? [] : this.expression(type, depth + 1)),
    ];
    const code = [...op("if"), type ?? EMPTY, ...arm()];
    if (type !== undefined || this.random.chance(50)) code.push(...op("else"), ...arm());
    this.targets.pop();
    return [...code, ...op("end")];
  }

  /** Code that runs or not. */
  private armed(depth: number, inside: () => Code): Code {
    const condition = this.condition(depth);
    this.targets.push({ takes: undefined });
    const arm = inside();
    this.targets.pop();
    return [...condition, ...op("if"), EMPTY, ...arm, ...op("end")];
  }

  /** The operands a branch to the label takes along. */
  private carried(label: number, depth: number): Code {
    const { takes } = this.targets[this.targets.length - 1 - label]!;
    return takes === undefined ? [] : this.expression(takes, depth + 1);
  }

  private labelsTaking(type: ValType | undefined): number[] {
    const { targets } = this;
    return targets.flatMap(({ takes }, i) => (takes === type ? [targets.length - 1 - i] : []));
  }

  private branchIfWithValue(type: ValType, depth: number): Code {
    const labels = this.labelsTaking(type);
    if (labels.length === 0) return this.block("block", type, depth);
    const label = this.random.pick(labels);
    return [...this.expression(type, depth + 1), ...this.condition(depth), ...op("br_if"), ...index(label)];
  }

  private branchIf(depth: number): Code {
    const label = this.random.below(this.targets.length);
    const carried = this.carried(label, depth);
    const { takes } = this.targets[this.targets.length - 1 - label]!;
    const code = [...carried, ...this.condition(depth), ...op("br_if"), ...index(label)];
    return takes === undefined ? code : [...code, ...op("drop")];
  }

  /** Code after which nothing is reached. */
  private jump(depth: number): Code {
    const { random } = this;
    switch (random.below(5)) {
      case 0:
        return op("unreachable");
      case 1:
        return [...this.carried(this.targets.length - 1, depth), ...op("return")];
      case 2:
      case 3: {
        const label = random.below(this.targets.length);
        return [...this.carried(label, depth), ...op("br"), ...index(label)];
      }
      default: {
        const label = random.below(this.targets.length);
        const fitting = this.labelsTaking(this.targets[this.targets.length - 1 - label]!.takes);
        const labels = random.list(0, 4, () => random.pick(fitting));
        const selector = [...this.expression(I32, depth + 1), ...constant(I32, 7n), ...op("i32.and")];
        const operands = [...this.carried(label, depth), ...selector];
        return [
          ...operands,
          ...op("br_table"),
          ...index(labels.length),
          ...labels.flatMap(index),
          ...index(label),
        ];
      }
    }
  }

  // --- statements: code that leaves the stack as it was ------------------------------------------------------------

  private statements(most: number, depth = 0): Code {
    return this.random.list(0, most, () => this.statement(depth)).flat();
  }

  private statement(depth: number): Code {
    const { random } = this;
    if (this.budget-- <= 0 || depth >= MAX_DEPTH) return random.chance(50) ? op("nop") : [];
    switch (random.below(14)) {
      case 0:
      case 1:
      case 2: {
        const local = random.below(this.locals.length - COUNTERS);
        const value = [...this.expression(this.locals[local]!, depth + 1), ...this.between(depth)];
        return [...value, ...op("local.set"), ...index(local)];
      }
      case 3: {
        const globals = this.shape.globals.flatMap(({ mutable }, i) => (mutable ? [i] : []));
        const global = random.pick(globals);
        return [
          ...this.expression(this.shape.globals[global]!.type, depth + 1),
          ...op("global.set"),
          ...index(global),
        ];
      }
      case 4:
      case 5:
        return this.store(depth);
      case 6:
        return this.callFor(undefined, depth) ?? this.store(depth);
      case 7:
        return this.indirectCallFor(undefined, depth) ?? this.store(depth);
      case 8:
        return this.block(random.chance(70) ? "block" : "loop", undefined, depth);
      case 9:
        return [...this.condition(depth), ...this.ifElse(undefined, depth)];
      case 10:
        return this.branchIf(depth);
      case 11:
        return this.countedLoop(depth);
      case 12:
        if (random.chance(20)) return [...this.jump(depth), ...this.statements(2, depth + 1)];
        return [...this.expression(typeOf(random), depth + 1), ...op("drop")];
      default:
        return [...this.expression(typeOf(random), depth + 1), ...op("drop")];
    }
  }

  private countedLoop(depth: number): Code {
    if (this.countersInUse === COUNTERS) return this.block("block", undefined, depth);
    const counter = index(this.locals.length - 1 - this.countersInUse++);
    this.targets.push({ takes: undefined });
    const inside = this.statements(3, depth + 1);
    this.targets.pop();
    this.countersInUse--;
    const count = constant(I32, BigInt(this.random.between(1, 9)));
    const next = [
      ...op("local.get"),
      ...counter,
      ...constant(I32, 1n),
      ...op("i32.sub"),
      ...op("local.tee"),
      ...counter,
    ];
    return [
      ...[...count, ...op("local.set"), ...counter],
      ...[...op("loop"), EMPTY, ...inside, ...next, ...op("br_if"), 0, ...op("end")],
    ];
  }
}

function same(a: FuncType, b: FuncType): boolean {
  return a.params.join() === b.params.join() && a.results.join() === b.results.join();
}

/** One or two linked modules and calls of their functions. @param without host functions that they do not import */
export function makeWorkload(seed: number, without: readonly string[] = []): Workload {
  const random = new Random(seed);
  const shapes: Shape[] = [];
  const modules = random.list(1, 2, () => {
    const shape = makeShape(random, shapes, without);
    const own = shape.functions.slice(shape.importedFunctions);
    const functions = own.map((type, i) => new FunctionMaker(random, shape, type).make(`f${i}`));
    shapes.push(shape);
    return assemble(partsOf(shape, functions));
  });
  const calls = random.list(3, 8, (): Call => {
    const module = random.below(shapes.length);
    const { functions, importedFunctions } = shapes[module]!;
    const func = random.below(functions.length - importedFunctions);
    const args = functions[importedFunctions + func]!.params.map((type) => interesting(random, type));
    return { module, name: `f${func}`, args };
  });
  return { modules, calls };
}
