import { ModuleDraft } from "./draft.ts";
import { ModuleError } from "./errors.ts";
import { type FeatureSet, resolveFeatures } from "./features.ts";
import { type DecoderLimits, resolveLimits } from "./limits.ts";
import type { Module } from "./module.ts";
import { Reader } from "./reader.ts";
import { codeSection } from "./sections/code.ts";
import { readCustomSection } from "./sections/custom.ts";
import { dataSection } from "./sections/data.ts";
import { dataCountSection } from "./sections/data-count.ts";
import { elementSection } from "./sections/element.ts";
import { exportSection } from "./sections/export.ts";
import { functionSection } from "./sections/function.ts";
import { globalSection } from "./sections/global.ts";
import { importSection } from "./sections/import.ts";
import { memorySection } from "./sections/memory.ts";
import type { Section } from "./sections/section.ts";
import { startSection } from "./sections/start.ts";
import { tableSection } from "./sections/table.ts";
import { typeSection } from "./sections/type.ts";

export interface DecodeOptions {
  /** Default "polkadot". */
  readonly features?: FeatureSet;
  /** Overrides of single entries of `DEFAULT_LIMITS`. */
  readonly limits?: Partial<DecoderLimits>;
}

/** "\0asm" and 1, as little-endian words. */
const MAGIC = 0x6d736100;
const VERSION = 1;

const CUSTOM_ID = 0;

/** The order in which a module's sections must stand (spec, Binary Format, Modules); it need not be that of ids. */
const SECTION_ORDER: readonly Section[] = [
  typeSection,
  importSection,
  functionSection,
  tableSection,
  memorySection,
  globalSection,
  exportSection,
  startSection,
  elementSection,
  dataCountSection,
  codeSection,
  dataSection,
];
const RANKS: ReadonlyMap<number, number> = new Map(SECTION_ORDER.map((section, rank) => [section.id, rank]));

/**
 * Decodes a module of the binary format. Everything is decoded but the function bodies, whose operators
 * `validate` reads in one pass with their validation. The bytes are copied first.
 *
 * @throws ModuleError of kind `malformed`, `limit`, or `invalid` where an initialiser is no constant expression
 * @throws TypeError for options, or bytes, that are none
 */
export function decode(bytes: Uint8Array, options: DecodeOptions = {}): Module {
  if (!ArrayBuffer.isView(bytes)) throw new TypeError("a module's bytes must be a Uint8Array");
  const features = resolveFeatures(options.features ?? "polkadot");
  const limits = resolveLimits(options.limits);
  if (bytes.length > limits.moduleSize) {
    const reason = `too many bytes of module: ${bytes.length}, the limit is ${limits.moduleSize}`;
    throw new ModuleError("limit", reason, 0, "header");
  }
  // Not `slice`, which on a Node Buffer gives a view of the same memory.
  const module = new ModuleDraft(new Uint8Array(bytes), features, limits);
  const reader = new Reader(module.bytes, limits);
  readHeader(reader);
  readSections(reader, module);
  if (module.bodies.length !== module.functions.length - module.importedFunctionCount) {
    throw reader.malformed("function and code section have inconsistent lengths");
  }
  if (module.dataCount !== undefined && module.dataCount !== module.data.length) {
    throw reader.malformed("data count and data section have inconsistent lengths");
  }
  return module;
}

function readHeader(reader: Reader): void {
  if (reader.left < 4) throw reader.malformed("unexpected end", reader.end);
  if (reader.bits32() !== MAGIC) throw reader.malformed("magic header not detected", 0);
  if (reader.left < 4) throw reader.malformed("unexpected end", reader.end);
  if (reader.bits32() !== VERSION) throw reader.malformed("unknown binary version", 4);
}

function isKnown(id: number, { features }: ModuleDraft): boolean {
  return RANKS.has(id) && (id !== dataCountSection.id || features.has("bulk-memory"));
}

function readSections(reader: Reader, module: ModuleDraft): void {
  const moduleEnd = reader.end;
  let lastRank = -1;
  while (reader.pos < moduleEnd) {
    const at = reader.pos;
    reader.part = "section header";
    const id = reader.u8();
    const rank = isKnown(id, module) ? RANKS.get(id)! : -1;
    if (rank < 0 && id !== CUSTOM_ID) throw reader.malformed("malformed section id", at);
    const size = reader.u32();
    if (size > reader.left) throw reader.malformed("length out of bounds");
    const end = reader.pos + size;
    reader.end = end;
    if (id === CUSTOM_ID) {
      reader.part = "custom section";
      readCustomSection(reader, module);
    } else {
      const section = SECTION_ORDER[rank]!;
      reader.part = `${section.name} section`;
      // A section twice, or one after a later one: the sections in order have ended before it.
      if (rank <= lastRank) throw reader.malformed("junk after last section", at);
      lastRank = rank;
      section.read(reader, module);
      reader.entry = -1;
    }
    if (reader.pos !== end) throw reader.malformed("section size mismatch");
    reader.end = moduleEnd;
  }
  reader.part = "module";
}
