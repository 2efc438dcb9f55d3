import { blake2b } from "@noble/hashes/blake2.js";
import {
  type ExternalKind,
  I64,
  isRefType,
  type RefType,
  V128,
  type ValidModule,
  type ValType,
} from "../../decoder/module.ts";
import { type GasSchedule, OPERATOR_1, scheduleHash } from "../gas/schedule.ts";
import { Global } from "../global.ts";
import type { Imports } from "../imports.ts";
import type { Extern, Instance } from "../instance.ts";
import { assemble } from "../instantiate.ts";
import { LinkError } from "../link-error.ts";
import { localTypes } from "../local-types.ts";
import { checkConfiguration, operandKinds } from "../machine/frames.ts";
import { Memory, PAGE_SIZE } from "../memory.ts";
import type { Reference } from "../references.ts";
import { DEFAULT_HOST_NESTING, Store, type StoreOptions } from "../store.ts";
import { Table } from "../table.ts";
import { bitsToLanes } from "../values.ts";
import { SnapshotReader } from "./bytes.ts";
import type { FrameState } from "./configuration.ts";
import { ConfigurationError, SnapshotError } from "./errors.ts";
import { Execution } from "./execution.ts";
import { definedItem, definedItems, type Orphan } from "./graph.ts";
import * as S from "./snapshot.ts";
import { kindOf, type ValueKind } from "./value-kind.ts";

/** What a snapshot does not hold. */
export interface RestoreOptions extends Pick<StoreOptions, "executor" | "observer" | "schedule"> {
  /** The modules it was made with, in any order, validated under the same features. */
  readonly modules: readonly ValidModule[];
  /**
   * The host's functions, by the names under which they are imported; missing ones trap when called. A memory, table
   * or global found here takes on what the snapshot says of it; one that is not is made anew.
   */
  readonly imports: Imports;
  /** Another limit than the one it was made with. */
  readonly gasLimit?: bigint;
  /** Most host nesting that a snapshot may ask for, as it takes JavaScript's stack. Default 256. */
  readonly maxHostNesting?: number;
}

/** An execution made from a snapshot, paused where it was. */
export interface Restored {
  readonly execution: Execution;
  readonly store: Store;
  /** In the snapshot's order: the outermost frame's first. */
  readonly instances: readonly Instance[];
}

interface Link {
  readonly tag: number;
  readonly number: number;
  readonly index: number;
}
interface Plan {
  readonly module: ValidModule;
  readonly links: readonly Link[];
  readonly droppedElements: Uint8Array;
  readonly droppedData: Uint8Array;
}

/**
 * Makes a snapshot's execution again, in a store of its own.
 * @throws SnapshotError, whatever the bytes: nothing in them is believed, and a frame must fit its function's code
 */
export function restore(bytes: Uint8Array, options: RestoreOptions): Restored {
  const reader = new SnapshotReader(checked(bytes));
  try {
    return new Restorer(reader, options).restore();
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof LinkError || error instanceof RangeError) {
      throw new SnapshotError("mismatch", error.message);
    }
    throw error;
  }
}

/** The bytes without their hash. */
function checked(bytes: Uint8Array): Uint8Array {
  const reader = new SnapshotReader(bytes);
  if (reader.u32() !== S.MAGIC) throw new SnapshotError("malformed", "not a snapshot");
  const version = reader.u32();
  if (version !== S.VERSION) throw new SnapshotError("version", `version ${version} is not ${S.VERSION}`);
  const size = bytes.length - S.HASH_SIZE;
  if (size < 8) throw reader.error("unexpected end");
  const content = bytes.subarray(0, size);
  const hash = blake2b(content, { dkLen: S.HASH_SIZE });
  if (hash.some((byte, i) => byte !== bytes[size + i]))
    throw new SnapshotError("malformed", "the checksum does not match");
  return content;
}

class Restorer {
  private readonly reader: SnapshotReader;
  private readonly options: RestoreOptions;
  private store!: Store;
  private gasUsed = 0n;
  private orphanTypes: (() => Orphan)[] = [];
  private readonly orphans = new Map<number, Orphan>();
  private plans: Plan[] = [];
  private readonly instances: (Instance | "unfinished" | undefined)[] = [];

  constructor(reader: SnapshotReader, options: RestoreOptions) {
    this.reader = reader;
    this.options = options;
  }

  restore(): Restored {
    const { reader } = this;
    this.header();
    this.orphanTypes = reader.list(3, () => this.orphanType());
    this.plans = reader.list(S.HASH_SIZE + 4, () => this.plan());
    const instances = this.plans.map((_, i) => this.instance(i));
    this.contents(instances);
    const isCharged = reader.u8() === 1;
    const frames = reader.list(20, () => this.frame(instances));
    reader.end();
    if (frames.length === 0) throw reader.error("there are no frames");
    const configuration = { frames, isCharged };
    checkConfiguration(configuration, this.store.executorOptions);
    this.store.chargeGas(this.gasUsed);
    return { execution: new Execution(this.store, configuration), store: this.store, instances };
  }

  private header(): void {
    const { reader, options } = this;
    reader.u32();
    reader.u32();
    const schedule: GasSchedule = options.schedule ?? OPERATOR_1;
    const hash = reader.fixed(S.HASH_SIZE);
    if (scheduleHash(schedule).some((byte, i) => byte !== hash[i])) {
      throw new SnapshotError("mismatch", `made under another gas schedule than ${schedule.id}`);
    }
    this.gasUsed = reader.u64();
    const savedLimit = this.optional();
    const gasLimit = options.gasLimit ?? savedLimit;
    const maxCallDepth = reader.u32();
    const maxStackSlots = reader.u32();
    const maxLogicalStack = this.optional();
    const maxHostNesting = reader.u32();
    const maxMemoryPages = reader.u32();
    const maxTableElements = reader.u32();
    this.store = new Store({
      schedule,
      maxCallDepth,
      maxStackSlots,
      maxHostNesting,
      maxMemoryPages,
      maxTableElements,
      ...(gasLimit === undefined ? {} : { gasLimit }),
      ...(maxLogicalStack === undefined ? {} : { maxLogicalStack: Number(maxLogicalStack) }),
      ...(options.executor === undefined ? {} : { executor: options.executor }),
      ...(options.observer === undefined ? {} : { observer: options.observer }),
    });
    const nesting = options.maxHostNesting ?? DEFAULT_HOST_NESTING;
    if (maxHostNesting > nesting) {
      throw new SnapshotError("mismatch", `host nesting of ${maxHostNesting} is more than ${nesting}`);
    }
    if (gasLimit !== undefined && this.gasUsed > gasLimit) {
      throw new SnapshotError("mismatch", `${this.gasUsed} gas was used, more than the limit of ${gasLimit}`);
    }
  }

  private optional(): bigint | undefined {
    const isThere = this.reader.u8() === 1;
    const value = this.reader.u64();
    return isThere ? value : undefined;
  }

  private orphanType(): () => Orphan {
    const { reader } = this;
    const kind = S.ORPHAN_KINDS[reader.u8()];
    if (kind === undefined) throw reader.error("unknown kind of import");
    if (kind === "global") {
      const type = reader.u8();
      if (!((type >= V128 && type <= 0x7f) || isRefType(type))) throw reader.error("unknown value type");
      const mutable = reader.u8() === 1;
      return () => ({ kind, value: new Global({ type: type as ValType, mutable }) });
    }
    const element = kind === "table" ? reader.u8() : 0;
    if (kind === "table" && !isRefType(element)) throw reader.error("unknown reference type");
    const min = reader.u32();
    const saved = this.optional();
    const max = saved === undefined ? undefined : Number(saved);
    if (kind === "memory")
      return () => ({ kind, value: new Memory({ min, max }, this.store.maxMemoryPages) });
    if (min > this.store.maxTableElements) throw reader.error("the table is too large");
    return () => ({ kind, value: new Table({ element: element as RefType, min, max }) });
  }

  private plan(): Plan {
    const { reader } = this;
    const hash = reader.fixed(S.HASH_SIZE);
    const module = this.options.modules.find((candidate) =>
      S.moduleHash(candidate).every((byte, i) => byte === hash[i]),
    );
    if (module === undefined) {
      const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
      throw new SnapshotError("missing-module", `it needs the module with hash ${hex}`);
    }
    const droppedElements = reader.fixed(module.elements.length);
    const droppedData = reader.fixed(module.data.length);
    const links = reader.list(9, () => ({ tag: reader.u8(), number: reader.u32(), index: reader.u32() }));
    if (links.length !== module.imports.length) throw reader.error("the imports do not fit the module");
    return { module, links, droppedElements, droppedData };
  }

  /** Instance `number`, made when it is first asked for: those it imports from come before it. */
  private instance(number: number): Instance {
    const made = this.instances[number];
    if (made === "unfinished") throw this.reader.error("instances import from each other");
    if (made !== undefined) return made;
    const plan = this.plans[number];
    if (plan === undefined) throw this.reader.error(`there is no instance ${number}`);
    this.instances[number] = "unfinished";
    const found = plan.links.map((link, i) => this.linked(link, plan.module, i));
    let next = 0;
    // `assemble` asks for the imports in order, once each.
    const imports: Imports = { get: () => found[next++] };
    const instance = assemble(this.store, plan.module, imports, { onMissing: "trap" });
    instance.droppedElements.set(plan.droppedElements);
    instance.droppedData.set(plan.droppedData);
    this.instances[number] = instance;
    return instance;
  }

  private linked({ tag, number, index }: Link, module: ValidModule, position: number): Extern | undefined {
    const wanted = module.imports[position]!;
    const { kind } = wanted.desc;
    switch (tag) {
      case S.TAG_HOST:
        return this.options.imports.get(wanted.module, wanted.name);
      case S.TAG_DEFINITION:
        return definedItem(this.instance(number), kind, index);
      case S.TAG_ORPHAN:
        return this.orphan(number, wanted.module, wanted.name, kind);
      default:
        throw this.reader.error("unknown kind of link");
    }
  }

  private orphan(number: number, module: string, name: string, kind: ExternalKind): Orphan {
    let item = this.orphans.get(number);
    if (item === undefined) {
      const make = this.orphanTypes[number];
      if (make === undefined) throw this.reader.error(`there is no import ${number}`);
      const given = this.options.imports.get(module, name);
      item = given === undefined || given.kind === "func" ? make() : given;
      this.orphans.set(number, item);
    }
    if (item.kind !== kind) throw this.reader.error("an import is of another kind");
    return item;
  }

  private contents(instances: readonly Instance[]): void {
    for (const number of this.orphanTypes.keys()) {
      const item = this.orphans.get(number);
      if (item === undefined) throw this.reader.error(`nothing imports import ${number}`);
      if (item.kind === "memory") this.memory(item.value);
      else if (item.kind === "table") this.table(item.value, instances);
      else this.global(item.value, instances);
    }
    for (const instance of instances) {
      const { tables, memories, globals } = definedItems(instance);
      for (const memory of memories) this.memory(memory);
      for (const table of tables) this.table(table, instances);
      for (const global of globals) this.global(global, instances);
    }
  }

  private memory(memory: Memory): void {
    const { reader } = this;
    const pages = reader.u32();
    if (pages < memory.pages || memory.grow(pages - memory.pages) < 0) {
      throw reader.error(`a memory cannot have ${pages} pages`);
    }
    memory.bytes.fill(0);
    const chunks = (pages * PAGE_SIZE) / S.CHUNK;
    reader.list(4 + S.CHUNK, () => {
      const at = reader.index(chunks, "chunk") * S.CHUNK;
      memory.bytes.set(reader.fixed(S.CHUNK), at);
    });
  }

  private table(table: Table, instances: readonly Instance[]): void {
    const { reader } = this;
    const elements = reader.list(1, () => this.element(instances));
    const more = elements.length - table.elements.length;
    if (more < 0 || table.grow(more, null) < 0) {
      throw reader.error(`a table cannot have ${elements.length} elements`);
    }
    elements.forEach((element, i) => {
      table.set(i, element);
    });
  }

  private element(instances: readonly Instance[]): Reference {
    const { reader } = this;
    const tag = reader.u8();
    if (tag === S.TAG_NULL) return null;
    const instance = instances[reader.index(instances.length, "instance")]!;
    const { funcs, module } = instance;
    switch (tag) {
      case S.TAG_DEFINITION:
        return funcs.defined(reader.index(module.bodies.length, "function"))!;
      case S.TAG_IMPORT:
        return funcs.at(reader.index(funcs.length, "function"))!;
      default:
        throw reader.error("unknown kind of element");
    }
  }

  private global(global: Global, instances: readonly Instance[]): void {
    // Immutable ones have their value from the module or the host; it is written all the same, to be equal.
    const { lanes, at, type } = global;
    if (isRefType(type.type)) global.reference = this.element(instances);
    else bitsToLanes(type.type === V128 ? V128 : I64, this.value(kindOf(type.type), instances), lanes, at);
  }

  private value(kind: ValueKind, instances: readonly Instance[]): bigint {
    if (kind === "reference") return BigInt(this.store.references.numberOf(this.element(instances)));
    const low = this.reader.u64();
    return kind === "vector" ? (this.reader.u64() << 64n) | low : low;
  }

  private frame(instances: readonly Instance[]): FrameState {
    const { reader } = this;
    const instance = instances[reader.index(instances.length, "instance")]!;
    const func = reader.index(instance.module.bodies.length, "function");
    const offset = reader.u32();
    const types = localTypes(instance, func);
    const kinds = operandKinds({ instance, func, offset });
    // What is too many is refused when the configuration is checked.
    const locals = reader.list(1, (i) => this.value(kindOf(types[i] ?? I64), instances));
    const operands = reader.list(1, (i) => this.value(kinds[i] ?? "number", instances));
    return { instance, func, offset, locals, operands };
  }
}
