import { blake2b } from "@noble/hashes/blake2.js";
import type { Module } from "../../decoder/module.ts";
import type { Func } from "../func.ts";
import { scheduleHash } from "../gas/schedule.ts";
import type { Global } from "../global.ts";
import type { Extern } from "../instance.ts";
import type { Memory } from "../memory.ts";
import type { Table } from "../table.ts";
import { SnapshotWriter } from "./bytes.ts";
import { SnapshotError } from "./errors.ts";
import type { Execution } from "./execution.ts";
import { definedItems, InstanceGraph, importedItems, type Orphan } from "./graph.ts";

/** "LSSN" */
export const MAGIC = 0x4e53534c;
/** Grows when the format or the meaning of anything in it changes; other versions are refused. */
export const VERSION = 1;
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
 * @throws TypeError unless the execution is paused; SnapshotError `unsupported` for a host function in a table that
 *   no import names
 */
export function snapshot(execution: Execution): Uint8Array {
  const { frames, isCharged } = execution.position;
  const graph = new InstanceGraph(frames.map(({ instance }) => instance));
  const writer = new StateWriter(graph);
  writer.header(execution);
  writer.instances();
  writer.contents();
  writer.u8(isCharged ? 1 : 0);
  writer.list(frames, (frame) => {
    writer.u32(graph.numberOf(frame.instance));
    writer.u32(frame.func);
    writer.u32(frame.offset);
    writer.list(frame.locals, (bits) => writer.u64(bits));
    writer.list(frame.operands, (bits) => writer.u64(bits));
  });
  const bytes = writer.finish();
  writer.fixed(blake2b(bytes, { dkLen: HASH_SIZE }));
  return writer.finish();
}

class StateWriter extends SnapshotWriter {
  private readonly graph: InstanceGraph;

  constructor(graph: InstanceGraph) {
    super();
    this.graph = graph;
  }

  header({ store }: Execution): void {
    const { gasLimit, maxCallDepth, maxStackSlots, maxLogicalStack } = store.executorOptions;
    this.u32(MAGIC);
    this.u32(VERSION);
    this.fixed(scheduleHash(store.schedule));
    this.u64(store.gasUsed);
    this.optional(gasLimit);
    this.u32(maxCallDepth);
    this.u32(maxStackSlots);
    this.optional(maxLogicalStack === undefined ? undefined : BigInt(maxLogicalStack));
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
        this.u32(value.type.min);
        this.optional(value.type.max === undefined ? undefined : BigInt(value.type.max));
      }
    });
    this.list(this.graph.instances, (instance) => {
      this.fixed(moduleHash(instance.module));
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
    this.list(elements, (func) => this.element(func));
  }

  private global({ bits }: Global): void {
    this.u64(bits);
  }

  private element(func: Func | null): void {
    if (func === null) {
      this.u8(TAG_NULL);
      return;
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
      const index = funcs.indexOf(func);
      if (index >= 0) return [number, index];
    }
    throw new SnapshotError("unsupported", "a table holds a host function that no instance imports");
  }
}

export const ORPHAN_KINDS = ["memory", "table", "global"] as const;
