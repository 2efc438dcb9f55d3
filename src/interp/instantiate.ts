import { isValidated } from "../decoder/index.ts";
import {
  type ConstExpr,
  type ExternalType,
  type Import,
  isRefType,
  type Limits,
  type Module,
  segmentLength,
  type ValidModule,
} from "../decoder/module.ts";
import { evaluateConst, evaluateReference } from "./constants.ts";
import { equalTypes, type HostFunc } from "./func.ts";
import { FunctionSpace } from "./functions.ts";
import { Global } from "./global.ts";
import type { Imports } from "./imports.ts";
import { globalLanes, importCount } from "./index-spaces.ts";
import { type Extern, Instance } from "./instance.ts";
import { LinkError, type LinkProblem } from "./link-error.ts";
import { codeOf } from "./machine/code.ts";
import { Memory } from "./memory.ts";
import { initMemory, initTable } from "./segments.ts";
import type { Store } from "./store.ts";
import { Table } from "./table.ts";
import { Trap } from "./trap.ts";
import { lanesOf } from "./values.ts";

export interface InstantiateOptions {
  /** What a missing imported *function* does: refuse the module (default), or trap with its name when called. */
  readonly onMissing?: "error" | "trap";
}

/**
 * Makes an instance (spec 1.0: Execution, Modules, Instantiation): imports are matched, then all segments are checked,
 * then all are written, then the start function runs. Up to the last two steps nothing is changed. With bulk memory (spec
 * 2.0) each segment is checked when it is written, and one that does not fit is a trap that leaves the others before it.
 * @throws LinkError for imports and segments that do not fit; Trap if the start function traps; TypeError if the
 *   module was not validated; RangeError if a memory or table exceeds the store's limits.
 */
export function instantiate(
  store: Store,
  module: ValidModule,
  imports: Imports,
  options: InstantiateOptions = {},
): Instance {
  const instance = assemble(store, module, imports, options);
  initialise(instance);
  if (module.start !== undefined) store.callLanes(instance.funcs.at(module.start)!, new Int32Array(0));
  return instance;
}

/** An instance with its imports linked and everything it defines as new: no segment written, nothing run. */
export function assemble(
  store: Store,
  module: ValidModule,
  imports: Imports,
  options: InstantiateOptions = {},
): Instance {
  if (!isValidated(module)) throw new TypeError("the module has not been validated");
  const instance = new Instance(module, store, codeOf(module, store.schedule, store.probes));
  const found = resolveImports(module, imports, options.onMissing ?? "error");
  instance.funcs = new FunctionSpace(instance, ofKind(found, "func"));
  instance.globals = globals(instance, found);
  instance.tables = [...ofKind(found, "table"), ...definedTables(module, store)];
  instance.memories = [...ofKind(found, "memory"), ...definedMemories(module, store)];
  instance.externs = externsOf(instance);
  return instance;
}

function resolveImports(module: Module, imports: Imports, onMissing: "error" | "trap"): Extern[] {
  const problems: LinkProblem[] = [];
  const found: Extern[] = [];
  for (const wanted of module.imports) {
    const item = imports.get(wanted.module, wanted.name);
    if (item === undefined && onMissing === "trap" && wanted.desc.kind === "func") {
      found.push({ kind: "func", value: missingFunction(wanted, module) });
      continue;
    }
    const reason = item === undefined ? "unknown import" : mismatch(module, wanted.desc, item);
    if (reason === undefined) found.push(item!);
    else problems.push({ module: wanted.module, name: wanted.name, reason });
  }
  if (problems.length > 0) throw new LinkError(problems);
  return found;
}

function missingFunction(wanted: Import, module: Module): HostFunc {
  const name = `${wanted.module}.${wanted.name}`;
  const type = module.types[(wanted.desc as { typeIndex: number }).typeIndex]!;
  return {
    kind: "host",
    name,
    type,
    invoke() {
      throw Trap.core("missing-import", ` ${name}`);
    },
  };
}

const INCOMPATIBLE = "incompatible import type";

/** Why `item` does not match (spec: External Typing, Import Matching), or undefined if it does. */
function mismatch(module: Module, wanted: ExternalType, item: Extern): string | undefined {
  switch (wanted.kind) {
    case "func":
      return item.kind === "func" && equalTypes(item.value.type, module.types[wanted.typeIndex]!)
        ? undefined
        : INCOMPATIBLE;
    case "table":
      return item.kind === "table" &&
        item.value.type.element === wanted.type.element &&
        fits(item.value.elements.length, item.value.type, wanted.type)
        ? undefined
        : INCOMPATIBLE;
    case "memory":
      return item.kind === "memory" && fits(item.value.pages, item.value.type, wanted.type)
        ? undefined
        : INCOMPATIBLE;
    case "global":
      return item.kind === "global" &&
        item.value.type.type === wanted.type.type &&
        item.value.type.mutable === wanted.type.mutable
        ? undefined
        : INCOMPATIBLE;
  }
}

function fits(size: number, actual: Limits, wanted: Limits): boolean {
  return (
    size >= wanted.min && (wanted.max === undefined || (actual.max !== undefined && actual.max <= wanted.max))
  );
}

type ValueOf<K extends Extern["kind"]> = Extract<Extern, { kind: K }>["value"];

function ofKind<K extends Extern["kind"]>(found: readonly Extern[], kind: K): ValueOf<K>[] {
  const values: ValueOf<K>[] = [];
  for (const item of found) if (item.kind === kind) values.push(item.value as ValueOf<K>);
  return values;
}

function globals(instance: Instance, found: readonly Extern[]): Global[] {
  const { module, funcs } = instance;
  const imported = ofKind(found, "global");
  const context = { funcs, globals: imported };
  const { at, size } = globalLanes(module);
  const lanes = new Int32Array(size);
  const own = module.globalDefs.map(({ type, init }, i) => {
    const global = new Global(type, lanes, at[i]);
    if (isRefType(type.type)) global.reference = evaluateReference(init, context);
    else lanes.set(evaluateConst(init, context).slice(0, lanesOf(type.type)), at[i]);
    return global;
  });
  instance.ownGlobals = lanes;
  return [...imported, ...own];
}

function definedTables(module: Module, store: Store): Table[] {
  return module.tables.slice(importCount(module, "table")).map((type) => {
    if (type.min > store.maxTableElements) {
      throw new RangeError(`table of ${type.min} elements exceeds the limit of ${store.maxTableElements}`);
    }
    return new Table(type, store.maxTableElements);
  });
}

function definedMemories(module: Module, store: Store): Memory[] {
  return module.memories
    .slice(importCount(module, "memory"))
    .map((type) => new Memory(type, store.maxMemoryPages));
}

function externsOf(instance: Instance): Map<string, Extern> {
  const externs = new Map<string, Extern>();
  for (const { name, kind, index } of instance.module.exports) {
    switch (kind) {
      case "func":
        externs.set(name, { kind, value: instance.funcs.at(index)! });
        break;
      case "table":
        externs.set(name, { kind, value: instance.tables[index]! });
        break;
      case "memory":
        externs.set(name, { kind, value: instance.memories[index]! });
        break;
      case "global":
        externs.set(name, { kind, value: instance.globals[index]! });
    }
  }
  return externs;
}

/** Writes the active segments, and drops all that are not passive. */
function initialise(instance: Instance): void {
  const { module } = instance;
  if (!module.features.has("bulk-memory")) checkSegments(instance);
  module.elements.forEach((segment, i) => {
    if (segment.mode === "active") {
      initTable(instance, segment.table, i, offsetOf(instance, segment.offset!), 0, segmentLength(segment));
    }
    if (segment.mode !== "passive") instance.droppedElements[i] = 1;
  });
  module.data.forEach(({ mode, offset, bytes }, i) => {
    if (mode === "passive") return;
    initMemory(instance, i, offsetOf(instance, offset!), 0, bytes.length);
    instance.droppedData[i] = 1;
  });
}

/** 1.0: every segment is checked before any is written, and one that does not fit is a link error. */
function checkSegments(instance: Instance): void {
  const { module, tables, memories } = instance;
  const problems: LinkProblem[] = [];
  for (const segment of module.elements) {
    if (segment.mode !== "active") continue;
    const end = offsetOf(instance, segment.offset!) + segmentLength(segment);
    if (end > tables[segment.table]!.elements.length) {
      problems.push({ module: "", name: "", reason: "elements segment does not fit" });
    }
  }
  for (const { memory, offset, bytes } of module.data) {
    if (offsetOf(instance, offset!) + bytes.length > memories[memory]!.bytes.length) {
      problems.push({ module: "", name: "", reason: "data segment does not fit" });
    }
  }
  if (problems.length > 0) throw new LinkError(problems);
}

function offsetOf(instance: Instance, expr: ConstExpr): number {
  return evaluateConst(expr, instance)[0]! >>> 0;
}
