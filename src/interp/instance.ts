import { FUNCREF, type ValidModule } from "../decoder/module.ts";
import { type Execution, start } from "./execution/execution.ts";
import type { Func } from "./func.ts";
import { FunctionSpace } from "./functions.ts";
import type { Global } from "./global.ts";
import type { Code } from "./machine/code.ts";
import type { Memory } from "./memory.ts";
import type { Store } from "./store.ts";
import type { Table } from "./table.ts";
import type { Value } from "./values.ts";

/** Something a module exports or imports, in the form that exists at run time. */
export type Extern =
  | { readonly kind: "func"; readonly value: Func }
  | { readonly kind: "table"; readonly value: Table }
  | { readonly kind: "memory"; readonly value: Memory }
  | { readonly kind: "global"; readonly value: Global };

/** @throws Trap; TypeError for the wrong number of arguments */
export type ExportedFunction = (...args: Value[]) => Value | undefined;
export type ExportValue = ExportedFunction | Memory | Table | Global;
export type Exports = { readonly [name: string]: ExportValue };

function callablesOf({ externs, store }: Instance): Exports {
  const exports = Object.create(null) as { [name: string]: ExportValue };
  for (const [name, { kind, value }] of externs) {
    const call: ExportedFunction = (...args) => store.call(value as Func, args);
    exports[name] = kind === "func" ? call : (value as Exclude<ExportValue, ExportedFunction>);
  }
  return Object.freeze(exports);
}

const NO_TARGETS = new Int32Array(0);
/** In `indirectTargets`: null, a host function, or another instance's function. */
const ELSEWHERE = -1;

/** The parts of an instance, in the module's index spaces. */
export interface InstanceParts {
  readonly funcs: FunctionSpace;
  readonly tables: readonly Table[];
  readonly memories: readonly Memory[];
  readonly globals: readonly Global[];
  /** The lanes of the globals that the module defines. */
  readonly ownGlobals: Int32Array;
}

/** A module instance (spec: Execution, Runtime Structure). Made by `instantiate`. */
export class Instance implements InstanceParts {
  readonly module: ValidModule;
  readonly store: Store;
  /** Replaced while an execution has breakpoints. */
  code: Code;
  funcs: FunctionSpace;
  tables: readonly Table[] = [];
  memories: readonly Memory[] = [];
  globals: readonly Global[] = [];
  ownGlobals = new Int32Array(0);
  /** 1 for each segment that was dropped. */
  readonly droppedElements: Uint8Array;
  readonly droppedData: Uint8Array;
  /** What the module exports, by name: names are arbitrary strings. */
  externs: ReadonlyMap<string, Extern> = new Map();
  private callables: Exports | undefined;
  private targets = NO_TARGETS;
  private targetsVersion = -1;

  constructor(module: ValidModule, store: Store, code: Code) {
    this.module = module;
    this.store = store;
    this.code = code;
    this.funcs = new FunctionSpace(this, []);
    this.droppedElements = new Uint8Array(module.elements.length);
    this.droppedData = new Uint8Array(module.data.length);
  }

  /** Memory 0, imported or defined. */
  get memory(): Memory | undefined {
    return this.memories[0];
  }

  /**
   * The exports as JavaScript would have them: functions to call with JavaScript values (i64 as BigInt), and the
   * memories, tables and globals. The object has no prototype, so that every name is only an export's.
   */
  get exports(): Exports {
    this.callables ??= callablesOf(this);
    return this.callables;
  }

  /** Calls an exported function with JavaScript values. @throws Trap; TypeError if there is no such function. */
  call(name: string, ...args: Value[]): Value | undefined {
    return this.store.call(this.exportedFunction(name), args);
  }
  /** The same with raw bits as unsigned BigInts. @throws Trap; TypeError if there is no such function. */
  callBits(name: string, args: readonly bigint[]): bigint[] {
    return this.store.callBits(this.exportedFunction(name), args);
  }
  /** Prepares a call that can be run in parts. @throws TypeError if there is no such function, or it is the host's. */
  start(name: string, args: readonly Value[] = []): Execution {
    return start(this.store, this.exportedFunction(name), args);
  }
  /** Like `call`, waiting for asynchronous host functions. @throws Trap; TypeError as `start` */
  async callAsync(name: string, ...args: Value[]): Promise<Value | undefined> {
    const execution = this.start(name, args);
    await execution.runAsync();
    if (execution.trap !== undefined) throw execution.trap;
    return execution.result;
  }
  /** @throws TypeError if no function of that name is exported. */
  exportedFunction(name: string): Func {
    const item = this.externs.get(name);
    if (item?.kind !== "func") throw new TypeError(`no function "${name}" is exported`);
    return item.value;
  }

  /**
   * Table 0 as the loop reads it: the defined function's number for elements that are this instance's own, -1 for
   * all others, which the driver looks into.
   */
  indirectTargets(): Int32Array {
    const table = this.tables[0];
    if (table === undefined || table.type.element !== FUNCREF) return NO_TARGETS;
    if (this.targetsVersion !== table.version) this.updateTargets(table);
    return this.targets;
  }

  private updateTargets(table: Table): void {
    const { length } = table.elements;
    const changes = this.targetsVersion < 0 ? undefined : table.changesSince(this.targetsVersion);
    if (length > this.targets.length) {
      let { buffer } = this.targets;
      if (4 * length > buffer.byteLength) {
        // Room for more where it has grown before, so that growing element by element takes linear time.
        const room = new Int32Array(this.targets.length === 0 ? length : 2 * length);
        room.set(this.targets);
        buffer = room.buffer;
      }
      this.targets = new Int32Array(buffer, 0, length);
    }
    if (changes === undefined) this.updateRange(table, 0, length);
    else for (let i = 0; i < changes.length; i += 2) this.updateRange(table, changes[i]!, changes[i + 1]!);
    this.targetsVersion = table.version;
  }

  private updateRange({ elements }: Table, start: number, count: number): void {
    for (let i = start; i < start + count; i++) {
      const func = elements[i] as Func | null;
      this.targets[i] =
        func !== null && func.kind === "wasm" && func.instance === this ? func.index : ELSEWHERE;
    }
  }
}
