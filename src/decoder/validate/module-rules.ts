import type { ModuleError } from "../errors.ts";
import {
  type ConstArithmetic,
  type ConstExpr,
  type ConstOperator,
  type ExternalKind,
  FUNCREF,
  type GlobalType,
  I32,
  type Limits,
  type Module,
  typeName,
  V128,
  type ValType,
} from "../module.ts";
import { Reader } from "../reader.ts";

const MAX_PAGES = 65536;

/**
 * The rules of everything but function bodies (spec, Validation, Modules). Indices of types, functions and so on
 * outside the bodies are in range afterwards. @throws ModuleError (invalid, limit, unsupported)
 */
export function validateModuleRules(module: Module): void {
  const rules = new ModuleRules(module);
  rules.types();
  rules.imports();
  rules.functions();
  rules.tables();
  rules.memories();
  rules.globals();
  rules.exports();
  rules.start();
  rules.elements();
  rules.data();
}

class ModuleRules {
  private readonly module: Module;
  /** Where errors get their context from. */
  private readonly reader: Reader;

  constructor(module: Module) {
    this.module = module;
    this.reader = new Reader(module.bytes, module.limits);
  }

  types(): void {
    if (this.module.features.has("multi-value")) return;
    this.module.types.forEach(({ results }, i) => {
      this.enter("type section", i, this.module.offsets.types);
      if (results.length > 1) throw this.invalid("invalid result arity");
    });
  }

  imports(): void {
    let tables = 0;
    let memories = 0;
    this.module.imports.forEach(({ desc }, i) => {
      this.enter("import section", i, this.module.offsets.imports);
      if (desc.kind === "func") this.typeIndex(desc.typeIndex);
      if (desc.kind === "table") this.tableType(desc.type, tables++);
      if (desc.kind === "memory") this.memoryType(desc.type, memories++);
      if (desc.kind === "global") this.sharedGlobal(desc.type, "imported");
    });
  }

  functions(): void {
    const { functions, importedFunctionCount, offsets } = this.module;
    for (let i = importedFunctionCount; i < functions.length; i++) {
      this.enter("function section", i - importedFunctionCount, offsets.functions);
      this.typeIndex(functions[i]!);
    }
  }

  tables(): void {
    const { tables, offsets } = this.module;
    const imported = tables.length - offsets.tables.length;
    for (let i = imported; i < tables.length; i++) {
      this.enter("table section", i - imported, offsets.tables);
      this.tableType(tables[i]!, i);
    }
  }

  memories(): void {
    const { memories, offsets } = this.module;
    const imported = memories.length - offsets.memories.length;
    for (let i = imported; i < memories.length; i++) {
      this.enter("memory section", i - imported, offsets.memories);
      this.memoryType(memories[i]!, i);
    }
  }

  globals(): void {
    this.module.globalDefs.forEach(({ type, init }, i) => {
      this.enter("global section", i, this.module.offsets.globals);
      this.constExpr(init, type.type);
    });
  }

  exports(): void {
    const names = new Set<string>();
    this.module.exports.forEach(({ name, kind, index }, i) => {
      this.enter("export section", i, this.module.offsets.exports);
      if (index >= this.spaceOf(kind).length) throw this.invalid(`unknown ${NOUNS[kind]} ${index}`);
      if (kind === "global") this.sharedGlobal(this.module.globals[index]!, "exported");
      if (names.has(name)) throw this.invalid("duplicate export name");
      names.add(name);
    });
  }

  start(): void {
    const { start, functions, types, offsets } = this.module;
    if (start === undefined) return;
    this.enter("start section", -1, []);
    this.reader.pos = offsets.start;
    this.functionIndex(start);
    const { params, results } = types[functions[start]!]!;
    if (params.length + results.length > 0) {
      throw this.invalid("start function: it must take nothing and give nothing");
    }
  }

  elements(): void {
    this.module.elements.forEach(({ mode, type, table, offset, functions, expressions }, i) => {
      this.enter("element section", i, this.module.offsets.elements);
      if (mode === "active") {
        const target = this.module.tables[table];
        if (target === undefined) throw this.invalid(`unknown table ${table}`);
        if (target.element !== type) {
          throw this.invalid(
            `type mismatch: a table of ${typeName(target.element)} cannot take ${typeName(type)}`,
          );
        }
        this.constExpr(offset!, I32);
      }
      for (let k = 0; k < functions.length; k++) this.functionIndex(functions[k]!);
      for (const expression of expressions ?? []) this.constExpr(expression, type);
    });
  }

  data(): void {
    this.module.data.forEach(({ mode, memory, offset }, i) => {
      this.enter("data section", i, this.module.offsets.data);
      if (mode === "passive") return;
      if (memory >= this.module.memories.length) throw this.invalid(`unknown memory ${memory}`);
      this.constExpr(offset!, I32);
    });
  }

  private enter(part: string, entry: number, offsets: readonly number[]): void {
    this.reader.part = part;
    this.reader.entry = entry;
    this.reader.pos = offsets[entry] ?? 0;
  }

  private invalid(reason: string): ModuleError {
    return this.reader.error("invalid", reason);
  }

  private spaceOf(kind: ExternalKind): readonly unknown[] {
    const { functions, tables, memories, globals } = this.module;
    return { func: functions, table: tables, memory: memories, global: globals }[kind];
  }

  private typeIndex(index: number): void {
    if (index >= this.module.types.length) throw this.invalid(`unknown type ${index}`);
  }

  private functionIndex(index: number): void {
    if (index >= this.module.functions.length) throw this.invalid(`unknown function ${index}`);
  }

  private limits({ min, max }: Limits): void {
    if (max !== undefined && min > max) throw this.invalid("size minimum must not be greater than maximum");
  }

  /** @param index in the module's index space: 1.0 allows one table, and every version one memory */
  private tableType(type: Limits, index: number): void {
    if (index > 0 && !this.module.features.has("reference-types")) throw this.invalid("multiple tables");
    this.limits(type);
    this.reader.limit("tableElements", type.min, this.reader.pos);
  }

  private memoryType(type: Limits, index: number): void {
    if (index > 0) throw this.invalid("multiple memories");
    if (Math.max(type.min, type.max ?? 0) > MAX_PAGES) {
      throw this.invalid("memory size must be at most 65536 pages (4GiB)");
    }
    this.limits(type);
    this.reader.limit("memoryPages", type.min, this.reader.pos);
  }

  /** Globals that cross the module's border. */
  private sharedGlobal({ mutable }: GlobalType, how: string): void {
    if (mutable && !this.module.features.has("mutable-globals")) {
      throw this.reader.error(
        "unsupported",
        `a mutable global that is ${how} needs the feature "mutable-globals"`,
      );
    }
  }

  private constExpr(expr: ConstExpr, expected: ValType): void {
    const found = expr.kind === "extended" ? this.extended(expr.operators) : this.constType(expr);
    if (found !== expected) {
      throw this.invalid(
        `type mismatch: the expression must give ${typeName(expected)}, not ${typeName(found)}`,
      );
    }
  }

  /** The type of the one value that must be left. */
  private extended(operators: readonly (ConstOperator | ConstArithmetic)[]): ValType {
    const types: ValType[] = [];
    for (const operator of operators) {
      if (operator.kind === "arithmetic") {
        if (types.pop() !== operator.type || types.at(-1) !== operator.type) {
          throw this.invalid(`type mismatch: ${operator.operator} takes two of ${typeName(operator.type)}`);
        }
      } else {
        types.push(this.constType(operator));
      }
    }
    const [type, second] = types;
    if (type === undefined || second !== undefined) {
      throw this.invalid(`type mismatch: the expression gives ${types.length} values`);
    }
    return type;
  }

  /** Spec, Constant Expressions: a global read there must be imported and immutable. */
  private constType(operator: ConstOperator): ValType {
    switch (operator.kind) {
      case "const":
      case "ref.null":
        return operator.type;
      case "v128.const":
        return V128;
      case "ref.func":
        this.functionIndex(operator.index);
        return FUNCREF;
      case "global.get": {
        const { index } = operator;
        if (index >= this.module.importedGlobalCount) throw this.invalid(`unknown global ${index}`);
        const { type, mutable } = this.module.globals[index]!;
        if (mutable) throw this.invalid("constant expression required");
        return type;
      }
    }
  }
}

const NOUNS: { readonly [kind in ExternalKind]: string } = {
  func: "function",
  table: "table",
  memory: "memory",
  global: "global",
};
