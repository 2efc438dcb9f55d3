import { blake2b } from "@noble/hashes/blake2.js";
import { isRefType, type Module } from "../../decoder/module.ts";
import type { Func } from "../func.ts";
import { scheduleHash } from "../gas/schedule.ts";
import type { Global } from "../global.ts";
import type { Extern } from "../instance.ts";
import type { Memory } from "../memory.ts";
import type { Reference, References } from "../references.ts";
import type { Table } from "../table.ts";
import { SnapshotWriter } from "./bytes.ts";
import { SnapshotError } from "./errors.ts";
import type { Execution } from "./execution.ts";
import { definedItems, InstanceGraph, importedItems, isFunc, type Orphan } from "./graph.ts";
import { type TypedBits, typedFrame } from "./typed-frame.ts";
import { kindOf } from "./value-kind.ts";

/** "LSSN" */
export const MAGIC = 0x4e53534c;
/** Grows when the format or the meaning of anything in it changes; other versions are refused. */
export const VERSION = 3;
/** Memory is written in chunks of this size, those of zeros left out. */
export const CHUNK = 4096;
export const HASH_SIZE = 32;

export const TAG_HOST = 0;
export const TAG_DEFINITION = 1;
export const TAG_ORPHAN = 2;
export const TAG_NULL = 3;
export const TAG_IMPORT = 4;

const hashes = new WeakMap<Module, Uint8Array>();

/** BLAKE2b-256 of a module's binary: how a snapshot names it. Computed once: a runtime is hashed for milliseconds. */
export function moduleHash(module: Module): Uint8Array {
  let hash = hashes.get(module);
  if (hash === undefined) {
    hash = blake2b(module.bytes, { dkLen: HASH_SIZE });
    hashes.set(module, hash);
  }
  return hash;
}

/**
 * A paused execution as bytes, with everything it can reach: frames, memories, tables, globals, gas and limits. Equal
 * states give equal bytes, on every executor and JavaScript engine. Modules are named by hash, host functions by the
 * names under which they are imported; the host's own state is the host's to save.
 * @throws TypeError unless the execution is paused; SnapshotError `unsupported` for a reference to a host function that no
 *   import names, or to anything else of the host's
 */
export function snapshot(execution: Execution): Uint8Array {
  const { frames, isCharged } = execution.position;
  const { references } = execution.store;
  const typed = frames.map(typedFrame);
  const held = typed.flatMap(({ locals, operands }) =>
    [...locals, ...operands].flatMap(({ kind, bits }) =>
      kind === "reference" ? [references.referenceOf(Number(bits))] : [],
    ),
  );
  const graph = new InstanceGraph(
    frames.map(({ instance }) => instance),
    held,
  );
  const writer = new StateWriter(graph, references);
  writer.header(execution);
  writer.instances();
  writer.contents();
  writer.u8(isCharged ? 1 : 0);
  writer.list(typed, ({ frame, locals, operands }) => {
    writer.u32(graph.numberOf(frame.instance));
    writer.u32(frame.func);
    writer.u32(frame.offset);
    writer.list(locals, (value) => writer.value(value));
    writer.list(operands, (value) => writer.value(value));
  });
  const bytes = writer.finish();
  writer.fixed(blake2b(bytes, { dkLen: HASH_SIZE }));
  return writer.finish();
}

class StateWriter extends SnapshotWriter {
  private readonly graph: InstanceGraph;
  private readonly references: References;

  constructor(graph: InstanceGraph, references: References) {
    super();
    this.graph = graph;
    this.references = references;
  }

  value({ kind, bits }: TypedBits): void {
    if (kind === "reference") {
      this.element(this.references.referenceOf(Number(bits)));
      return;
    }
    this.u64(BigInt.asUintN(64, bits));
    if (kind === "vector") this.u64(bits >> 64n);
  }

  header({ store }: Execution): void {
    const { gasLimit, maxCallDepth, maxStackSlots, maxLogicalStack, maxHostNesting } = store.executorOptions;
    this.u32(MAGIC);
    this.u32(VERSION);
    this.fixed(scheduleHash(store.schedule));
    this.u64(store.gasUsed);
    this.optional(gasLimit);
    this.u32(maxCallDepth);
    this.u32(maxStackSlots);
    this.optional(maxLogicalStack === undefined ? undefined : BigInt(maxLogicalStack));
    this.u32(maxHostNesting);
    this.u32(store.maxMemoryPages);
    this.u32(store.maxTableElements);
  }

  /** Which modules there are, and what their instances' imports are linked to. */
  instances(): void {
    this.list(this.graph.orphans, ({ kind, value }) => {
      this.u8(ORPHAN_KINDS.indexOf(kind));
      if (kind === "global") {
        this.u8(value.type.type);
        this.u8(value.type.mutable ? 1 : 0);
      } else {
        if (kind === "table") this.u8(value.type.element);
        this.u32(value.type.min);
        this.optional(value.type.max === undefined ? undefined : BigInt(value.type.max));
      }
    });
    this.list(this.graph.instances, (instance) => {
      this.fixed(moduleHash(instance.module));
      this.fixed(instance.droppedElements);
      this.fixed(instance.droppedData);
      this.list(importedItems(instance), (item) => this.link(item));
    });
  }

  contents(): void {
    for (const orphan of this.graph.orphans) this.orphan(orphan);
    for (const instance of this.graph.instances) {
      const { tables, memories, globals } = definedItems(instance);
      for (const memory of memories) this.memory(memory);
      for (const table of tables) this.table(table);
      for (const global of globals) this.global(global);
    }
  }

  private optional(value: bigint | undefined): void {
    this.u8(value === undefined ? 0 : 1);
    this.u64(value ?? 0n);
  }

  private link({ value }: Extern): void {
    const definition = this.graph.definitionOf(value);
    const orphan = this.graph.orphanNumberOf(value);
    this.u8(definition !== undefined ? TAG_DEFINITION : orphan !== undefined ? TAG_ORPHAN : TAG_HOST);
    this.u32(definition?.instance ?? orphan ?? 0);
    this.u32(definition?.index ?? 0);
  }

  private orphan({ kind, value }: Orphan): void {
    if (kind === "memory") this.memory(value);
    else if (kind === "table") this.table(value);
    else this.global(value);
  }

  private memory({ pages, bytes }: Memory): void {
    this.u32(pages);
    const chunks: number[] = [];
    for (let at = 0; at < bytes.length; at += CHUNK) {
      if (bytes.subarray(at, at + CHUNK).some((byte) => byte !== 0)) chunks.push(at);
    }
    this.list(chunks, (at) => {
      this.u32(at / CHUNK);
      this.fixed(bytes.subarray(at, at + CHUNK));
    });
  }

  private table({ elements }: Table): void {
    this.list(elements, (element) => this.element(element));
  }

  private global({ type, bits, reference }: Global): void {
    if (isRefType(type.type)) this.element(reference);
    else this.value({ kind: kindOf(type.type), bits });
  }

  private element(func: Reference): void {
    if (func === null) {
      this.u8(TAG_NULL);
      return;
    }
    if (!isFunc(func)) {
      throw new SnapshotError("unsupported", "a reference is to something of the host's that is no function");
    }
    const definition = this.graph.definitionOf(func);
    if (definition !== undefined) {
      this.u8(TAG_DEFINITION);
      this.u32(definition.instance);
      this.u32(definition.index);
      return;
    }
    const [importer, index] = this.importOf(func);
    this.u8(TAG_IMPORT);
    this.u32(importer);
    this.u32(index);
  }

  /** Who imports the host function, so that it can be found again. */
  private importOf(func: Func): [instance: number, index: number] {
    for (const [number, { funcs }] of this.graph.instances.entries()) {
      const index = funcs.imported.indexOf(func);
      if (index >= 0) return [number, index];
    }
    throw new SnapshotError("unsupported", "a reference is to a host function that no instance imports");
  }
}

export const ORPHAN_KINDS = ["memory", "table", "global"] as const;
