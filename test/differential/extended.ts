import {
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  type FuncType,
  I32,
  I64,
  V128,
  type ValType,
} from "../../src/decoder/index.ts";
import { laneCount } from "../../src/decoder/opcodes/vector.ts";
import { OPERATORS, type Operator } from "../../src/decoder/opcodes.ts";
import { constant, op as encode, unsigned } from "../interp/assemble.ts";
import { argument, DATA_SEGMENTS, ExtendedShape, isReference, typeOf } from "./extended-shape.ts";
import type { Call, Workload } from "./observe.ts";
import { Random } from "./random.ts";

type Code = number[];

const TYPES = [I32, I64, F32, F64, V128];
/** Operators with operands and one result whose immediates are easily made up, by that result. */
const PLAIN = new Map(
  TYPES.map((type) => {
    const all = OPERATORS.filter(
      ({ immediates, params, results }) =>
        ["none", "lane", "lanes"].includes(immediates) && params !== undefined && results![0] === type,
    );
    const safe = all.filter(({ mayTrap }) => !mayTrap);
    const extended = safe.filter(({ feature }) => feature !== undefined);
    return [type, { traps: all.filter(({ mayTrap }) => mayTrap), safe, extended }];
  }),
);
const ACCESS = OPERATORS.filter(({ align }) => align >= 0);
const STORES = ACCESS.filter(({ gas }) => gas === "store");
const EXTENDED_STORES = STORES.filter(({ feature }) => feature !== undefined);

/** Operators of constant expressions, by their first byte. */
const CONSTANTS = new Map(
  ["i32.const", "i64.const", "f32.const", "f64.const", "v128.const", "ref.null", "ref.func"].map((name) => [
    encode(name)[0]!,
    name,
  ]),
);

const MAX_DEPTH = 6;
const BUDGET = 80;

/**
 * Makes the body of one function of 2.0: valid by construction. Where the generator of 1.0 has one value this one has a
 * list of them: of blocks, of branches, of calls.
 */
class ExtendedMaker {
  private readonly random: Random;
  private readonly shape: ExtendedShape;
  private readonly used: Set<string>;
  private readonly type: FuncType;
  private readonly locals: ValType[];
  /** What labels take along, outermost first. */
  private readonly targets: (readonly ValType[])[];
  private budget = BUDGET;

  constructor(random: Random, shape: ExtendedShape, type: FuncType, used: Set<string>) {
    this.random = random;
    this.shape = shape;
    this.type = type;
    this.used = used;
    this.locals = [...type.params, ...random.list(3, 6, () => typeOf(random)), I32];
    this.targets = [type.results];
  }

  make(): { locals: ValType[]; code: Code } {
    const { params, results } = this.type;
    // Few statements are of these operators, so functions begin with some, before anything else can trap.
    const bulk = this.random.list(0, 2, () => this.bulk(MAX_DEPTH - 2)).flat();
    const code = [...bulk, ...this.statements(4, 0), ...this.values(results, 0)];
    return { locals: this.locals.slice(params.length), code };
  }

  private op(mnemonic: string, ...immediates: Code): Code {
    this.used.add(mnemonic);
    return [...encode(mnemonic), ...immediates];
  }

  private get isSpent(): boolean {
    return this.budget-- <= 0;
  }

  // --- values ------------------------------------------------------------------------------------------------------

  /** Code that pushes values of these types. */
  private values(types: readonly ValType[], depth: number): Code {
    if (this.isSpent || depth >= MAX_DEPTH || types.length === 0 || this.random.chance(40)) {
      return types.flatMap((type) => this.one(type, depth + 1));
    }
    return this.several(types, depth);
  }

  private several(types: readonly ValType[], depth: number): Code {
    const { random } = this;
    switch (random.below(8)) {
      case 0:
      case 1:
        return this.block("block", types, depth);
      case 2:
        return this.block("loop", types, depth);
      case 3:
        return this.ifElse(types, depth);
      case 4:
      case 5:
        return this.callGiving(types, depth) ?? this.block("block", types, depth);
      case 6: {
        const labels = this.labelsTaking(types);
        if (labels.length === 0) return this.ifElse(types, depth);
        const label = unsigned(random.pick(labels));
        return [...this.values(types, depth + 1), ...this.condition(depth), ...this.op("br_if", ...label)];
      }
      default:
        if (random.chance(15)) return this.jump(depth);
        return [
          ...this.statements(2, depth + 1),
          ...this.values(types, depth + 1),
          ...this.statements(1, depth + 1),
        ];
    }
  }

  private one(type: ValType, depth: number): Code {
    const { random } = this;
    if (this.isSpent || depth >= MAX_DEPTH || random.chance(20)) return this.leaf(type);
    switch (random.below(16)) {
      case 0:
        return this.several([type], depth);
      case 1:
      case 2:
        return this.select(type, depth);
      case 3: {
        const local = this.localOf(type);
        if (local === undefined) return this.leaf(type);
        return [...this.one(type, depth + 1), ...this.op("local.tee", ...unsigned(local))];
      }
      case 4:
        return this.callGiving([type], depth) ?? this.leaf(type);
      case 5:
        if (type === I32 && random.chance(60)) return this.sized(depth);
        return isReference(type) ? this.tableGet(type, depth) : this.load(type, depth);
      default:
        return isReference(type) ? this.tableGet(type, depth) : this.plain(type, depth);
    }
  }

  private leaf(type: ValType): Code {
    const { random, shape } = this;
    const local = this.localOf(type);
    if (local !== undefined && random.chance(60)) return this.op("local.get", ...unsigned(local));
    const globals = shape.globals.flatMap((global, i) => (global.type === type ? [i] : []));
    if (globals.length > 0 && random.chance(40))
      return this.op("global.get", ...unsigned(random.pick(globals)));
    const code = shape.constant(type);
    this.used.add(CONSTANTS.get(code[0]!)!);
    return code;
  }

  private localOf(type: ValType): number | undefined {
    const found = this.locals.flatMap((local, i) => (local === type ? [i] : []));
    return found.length === 0 ? undefined : this.random.pick(found);
  }

  private plain(type: ValType, depth: number): Code {
    const { random } = this;
    const { safe, extended, traps } = PLAIN.get(type)!;
    // Those of 2.0 as often as the others, where a type has few of them.
    const wanted = random.chance(8) ? traps : random.chance(50) ? extended : safe;
    const operator = random.pick(wanted.length > 0 ? wanted : safe);
    return [...this.list(operator.params!, depth), ...this.op(operator.name, ...this.lanes(operator))];
  }

  private list(types: readonly ValType[], depth: number): Code {
    return types.flatMap((type) => this.one(type, depth + 1));
  }

  private lanes(operator: Operator): Code {
    const { random } = this;
    if (operator.immediates === "lanes") return Array.from({ length: 16 }, () => random.below(32));
    return operator.immediates.endsWith("lane") ? [random.below(laneCount(operator))] : [];
  }

  private select(type: ValType, depth: number): Code {
    const isTyped = isReference(type) || this.random.chance(50);
    const operands = [...this.list([type, type], depth), ...this.condition(depth)];
    return [...operands, ...(isTyped ? this.op("select t", 1, type) : this.op("select"))];
  }

  private condition(depth: number): Code {
    const { random } = this;
    if (random.chance(25)) {
      const type = random.chance(50) ? FUNCREF : EXTERNREF;
      return [...this.one(type, depth + 1), ...this.op("ref.is_null")];
    }
    return this.one(I32, depth + 1);
  }

  // --- memory and tables ---------------------------------------------------------------------------------------------

  /** Mostly a number below `mask` + 1, which is one less than a power of two. */
  private below(mask: number, depth: number, wild = 4): Code {
    const value = this.one(I32, depth + 1);
    if (this.random.chance(wild)) return value;
    return [...value, ...constant(I32, BigInt(mask)), ...this.op("i32.and")];
  }

  private memarg(operator: Operator): Code {
    const { random } = this;
    const offset = random.chance(3) ? random.bits() : random.below(16);
    return [...unsigned(random.between(0, operator.align)), ...unsigned(offset), ...this.lanes(operator)];
  }

  private load(type: ValType, depth: number): Code {
    const operator = this.random.pick(
      ACCESS.filter(({ gas, results }) => gas === "load" && results![0] === type),
    );
    const operands = [...this.below(0xff, depth), ...this.list(operator.params!.slice(1), depth)];
    return [...operands, ...this.op(operator.name, ...this.memarg(operator))];
  }

  private store(depth: number): Code {
    const operator = this.random.pick(this.random.chance(60) ? EXTENDED_STORES : STORES);
    const operands = [...this.below(0xff, depth), ...this.list(operator.params!.slice(1), depth)];
    return [...operands, ...this.op(operator.name, ...this.memarg(operator))];
  }

  private tablesOf(type: ValType): number[] {
    return this.shape.tables.flatMap(({ element }, i) => (element === type ? [i] : []));
  }

  private tableGet(type: ValType, depth: number): Code {
    const table = this.random.pick(this.tablesOf(type));
    return [...this.below(7, depth), ...this.op("table.get", table)];
  }

  /** A number that a memory or table gives. */
  private sized(depth: number): Code {
    const { random } = this;
    const table = random.below(this.shape.tables.length);
    switch (random.below(4)) {
      case 0:
        return this.op("memory.size", 0);
      case 1:
        return [...this.below(1, depth, 2), ...this.op("memory.grow", 0)];
      case 2:
        return this.op("table.size", table);
      default: {
        const value = this.one(this.shape.tables[table]!.element, depth + 1);
        return [...value, ...this.below(3, depth, 2), ...this.op("table.grow", table)];
      }
    }
  }

  private bulk(depth: number): Code {
    const { random, shape } = this;
    const span = (mask: number, length: number) => [...this.below(mask, depth), ...this.below(length, depth)];
    const address = this.below(random.chance(10) ? 0xffff : 0xff, depth);
    const data = unsigned(random.below(DATA_SEGMENTS));
    const segment = random.below(shape.segments.length);
    const table = random.below(shape.tables.length);
    const { element } = shape.tables[table]!;
    switch (random.below(10)) {
      case 0:
        return [...address, ...span(0xff, 0x3f), ...this.op("memory.copy", 0, 0)];
      case 1:
        return [...address, ...span(0xff, 0x3f), ...this.op("memory.fill", 0)];
      case 2:
        return [...address, ...span(15, 15), ...this.op("memory.init", ...data, 0)];
      case 3:
        return random.chance(40) ? this.op("data.drop", ...data) : this.op("elem.drop", ...unsigned(segment));
      case 4:
      case 5:
        return [...this.below(7, depth), ...this.one(element, depth + 1), ...this.op("table.set", table)];
      case 6: {
        const value = this.one(element, depth + 1);
        return [...this.below(7, depth), ...value, ...this.below(3, depth), ...this.op("table.fill", table)];
      }
      case 7: {
        const value = this.one(element, depth + 1);
        return [...value, ...this.below(3, depth), ...this.op("table.grow", table), ...this.op("drop")];
      }
      case 8: {
        const source = random.pick(this.tablesOf(element));
        return [...this.below(7, depth), ...span(7, 3), ...this.op("table.copy", table, source)];
      }
      default: {
        const target = random.pick(this.tablesOf(shape.segments[segment]!));
        const operands = [...this.below(7, depth), ...span(3, 3)];
        return [...operands, ...this.op("table.init", ...unsigned(segment), target)];
      }
    }
  }

  // --- calls -----------------------------------------------------------------------------------------------------------

  /** A call of a function whose first results are these; the others are taken away. */
  private callGiving(types: readonly ValType[], depth: number): Code | undefined {
    const { random, shape } = this;
    const fitting = shape.functions.flatMap((type, i) =>
      types.every((wanted, k) => type.results[k] === wanted) ? [i] : [],
    );
    if (fitting.length === 0) return undefined;
    const callee = random.pick(fitting);
    const type = shape.functions[callee]!;
    const after = this.take(type.results.slice(types.length));
    if (random.chance(65)) {
      return [...this.values(type.params, depth + 1), ...this.op("call", ...unsigned(callee)), ...after];
    }
    const table = random.pick(this.tablesOf(FUNCREF));
    const operands = this.values(type.params, depth + 1);
    // Mostly the function itself is put where it is looked for.
    const element = random.below(8);
    const put = random.chance(70)
      ? [
          ...constant(I32, BigInt(element)),
          ...this.op("ref.func", ...unsigned(callee)),
          ...this.op("table.set", table),
        ]
      : [];
    const index = put.length > 0 ? constant(I32, BigInt(element)) : this.below(15, depth);
    const typeIndex = unsigned(shape.typeIndex(type));
    return [...put, ...operands, ...index, ...this.op("call_indirect", ...typeIndex, table), ...after];
  }

  /** Takes values of these types from the stack. */
  private take(types: readonly ValType[]): Code {
    return types.toReversed().flatMap((type) => {
      const local = this.localOf(type);
      const isKept = local !== undefined && this.random.chance(60);
      return isKept ? this.op("local.set", ...unsigned(local)) : this.op("drop");
    });
  }

  // --- blocks and branches -----------------------------------------------------------------------------------------------

  /** What a block takes: nothing, its first results, which then stay where they are, or anything. */
  private paramsFor(results: readonly ValType[]): ValType[] {
    const { random } = this;
    if (random.chance(40)) return [];
    if (random.chance(50)) return results.slice(0, random.between(0, results.length));
    return random.list(1, 3, () => typeOf(random));
  }

  /** From a block's params on the stack to its results. */
  private inside(params: readonly ValType[], results: readonly ValType[], depth: number): Code {
    const stay = params.every((type, i) => type === results[i]);
    const statements = this.statements(2, depth + 1);
    if (stay) return [...statements, ...this.values(results.slice(params.length), depth + 1)];
    return [...this.take(params), ...statements, ...this.values(results, depth + 1)];
  }

  private block(kind: "block" | "loop", results: readonly ValType[], depth: number): Code {
    const params = this.paramsFor(results);
    const operands = this.values(params, depth + 1);
    this.targets.push(kind === "loop" ? params : results);
    const inside = this.inside(params, results, depth);
    this.targets.pop();
    const type = this.shape.blockType({ params, results });
    return [...operands, ...this.op(kind, ...type), ...inside, ...this.op("end")];
  }

  private ifElse(results: readonly ValType[], depth: number): Code {
    const params = this.paramsFor(results);
    const operands = [...this.values(params, depth + 1), ...this.condition(depth)];
    this.targets.push(results);
    const then = this.inside(params, results, depth);
    const isOneArmed = params.join() === results.join() && this.random.chance(50);
    const otherwise = isOneArmed ? [] : [...this.op("else"), ...this.inside(params, results, depth)];
    this.targets.pop();
    const type = this.shape.blockType({ params, results });
    return [...operands, ...this.op("if", ...type), ...then, ...otherwise, ...this.op("end")];
  }

  private labelsTaking(types: readonly ValType[]): number[] {
    const { targets } = this;
    return targets.flatMap((takes, i) => (takes.join() === types.join() ? [targets.length - 1 - i] : []));
  }

  /** Code after which nothing is reached. */
  private jump(depth: number): Code {
    const { random, targets } = this;
    const label = random.below(targets.length);
    const takes = targets[targets.length - 1 - label]!;
    switch (random.below(6)) {
      case 0:
        return this.op("unreachable");
      case 1:
        return [...this.values(targets[0]!, depth + 1), ...this.op("return")];
      case 2:
      case 3:
        return [...this.values(takes, depth + 1), ...this.op("br", ...unsigned(label))];
      default: {
        const fitting = this.labelsTaking(takes);
        const labels = random.list(0, 4, () => random.pick(fitting));
        const operands = [...this.values(takes, depth + 1), ...this.below(7, depth)];
        const immediates = [...unsigned(labels.length), ...labels.flatMap(unsigned), ...unsigned(label)];
        return [...operands, ...this.op("br_table", ...immediates)];
      }
    }
  }

  // --- statements: code that leaves the stack as it was --------------------------------------------------------------------

  private statements(most: number, depth: number): Code {
    return this.random.list(0, most, () => this.statement(depth)).flat();
  }

  private statement(depth: number): Code {
    const { random, shape } = this;
    if (this.isSpent || depth >= MAX_DEPTH) return random.chance(30) ? this.op("nop") : [];
    switch (random.below(14)) {
      case 0:
      case 1: {
        const local = random.below(this.locals.length);
        return [...this.one(this.locals[local]!, depth + 1), ...this.op("local.set", ...unsigned(local))];
      }
      case 2:
      case 3: {
        const globals = shape.globals.flatMap(({ mutable }, i) => (mutable ? [i] : []));
        if (globals.length === 0) return this.store(depth);
        const global = random.pick(globals);
        const value = this.one(shape.globals[global]!.type, depth + 1);
        return [...value, ...this.op("global.set", ...unsigned(global))];
      }
      case 4:
        return this.store(depth);
      case 5:
      case 6:
      case 7:
        return this.bulk(depth);
      case 8:
        return this.callGiving([], depth)!;
      case 9: {
        const label = random.below(this.targets.length);
        const takes = this.targets[this.targets.length - 1 - label]!;
        const operands = [...this.values(takes, depth + 1), ...this.condition(depth)];
        return [...operands, ...this.op("br_if", ...unsigned(label)), ...this.take(takes)];
      }
      case 10:
        if (random.chance(40)) return [...this.jump(depth), ...this.statements(1, depth + 1)];
        return this.block(random.chance(60) ? "block" : "loop", [], depth);
      case 11:
        return this.ifElse([], depth);
      default: {
        const types = random.list(1, 3, () =>
          random.chance(40) ? V128 : random.chance(20) ? I64 : typeOf(random),
        );
        return [...this.values(types, depth + 1), ...this.take(types)];
      }
    }
  }
}

/** One or two linked modules of 2.0 and calls of their functions. @param used gets the names of the operators in them */
export function makeExtendedWorkload(seed: number, used = new Set<string>()): Workload {
  const random = new Random(seed);
  const shapes: ExtendedShape[] = [];
  const modules = random.list(1, 2, () => {
    const shape = new ExtendedShape(random, shapes);
    const own = shape.functions.slice(shape.importedFunctions);
    const bodies = own.map((type) => new ExtendedMaker(random, shape, type, used).make());
    shapes.push(shape);
    return shape.assemble(bodies);
  });
  const calls = random.list(3, 8, (): Call => {
    const module = random.below(shapes.length);
    const { functions, importedFunctions } = shapes[module]!;
    const func = random.below(functions.length - importedFunctions);
    const args = functions[importedFunctions + func]!.params.map((type) => argument(random, type));
    return { module, name: `f${func}`, args };
  });
  return { modules, calls, features: "2.0" };
}
