import type { ExternalType, Limits, Module } from "../decoder/index.ts";
import { signature, typeName } from "./values.ts";

export interface SectionSummary {
  readonly name: string;
  /** Byte offset of the section's content. */
  readonly offset: number;
  /** Bytes of the content. */
  readonly size: number;
}

/** Section names by id (spec: Binary Format, Modules, Sections). */
const SECTION_NAMES = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
] as const;

/** Bytes of the magic number and the version. */
const HEADER = 8;

/** The sections in their order; custom ones as `custom "name"`. The module has decoded, so its bytes are sound. */
export function sectionsOf({ bytes, customSections }: Module): SectionSummary[] {
  const sections: SectionSummary[] = [];
  let customs = 0;
  for (let at = HEADER; at < bytes.length; ) {
    const id = bytes[at]!;
    let size = 0;
    let scale = 1;
    let byte: number;
    do {
      byte = bytes[++at]!;
      size += (byte & 0x7f) * scale;
      scale *= 128;
    } while (byte >= 0x80);
    const name = id === 0 ? `custom "${customSections[customs++]!.name}"` : SECTION_NAMES[id]!;
    sections.push({ name, offset: at + 1, size });
    at += 1 + size;
  }
  return sections;
}

/** `1 page`, `17 to 32 pages`, `20 or more pages` */
export function limitsText({ min, max }: Limits, unit: string): string {
  if (max === undefined) return `${min} or more ${unit}s`;
  return min === max ? `${min} ${unit}${min === 1 ? "" : "s"}` : `${min} to ${max} ${unit}s`;
}

/** The type of an import or export: `(i32) -> ()`, `memory of 17 or more pages`, `mutable i32`. */
export function typeText(module: Module, type: ExternalType): string {
  switch (type.kind) {
    case "func": {
      const { params, results } = module.types[type.typeIndex]!;
      return signature(params, results);
    }
    case "table":
      return limitsText(type.type, "element");
    case "memory":
      return limitsText(type.type, "page");
    case "global":
      return `${type.type.mutable ? "mutable " : ""}${typeName(type.type.type)}`;
  }
}

/** The type of an entry of an index space. */
export function externalType(module: Module, kind: ExternalType["kind"], index: number): ExternalType {
  switch (kind) {
    case "func":
      return { kind, typeIndex: module.functions[index]! };
    case "table":
      return { kind, type: module.tables[index]! };
    case "memory":
      return { kind, type: module.memories[index]! };
    case "global":
      return { kind, type: module.globals[index]! };
  }
}
