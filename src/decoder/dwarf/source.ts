import type { Module } from "../module.ts";
import { filePath, type LineHeader, type LineSections, readHeader } from "./line-header.ts";
import { type Row, runLineProgram } from "./line-program.ts";
import { DwarfError, DwarfReader } from "./reader.ts";

/** A place in a module's source, by its debug information. */
export interface SourcePosition {
  /** As the compiler was given it, or absolute. */
  readonly file: string;
  /** Both from 1 on; column 0 where it is not known. */
  readonly line: number;
  readonly column: number;
}

/** Rows for addresses that follow each other: from `start` up to, not including, `end`. */
interface Sequence {
  readonly start: number;
  readonly end: number;
  readonly header: LineHeader;
  /** Where its part of the program begins. */
  readonly program: number;
}

interface LineTable {
  /** Of the code section's contents, in the binary: what addresses count from. */
  readonly codeStart: number;
  readonly bytes: Uint8Array;
  readonly sequences: readonly Sequence[];
}

const tables = new WeakMap<Module, LineTable | undefined>();

/**
 * Where the operator at a byte offset of the binary comes from, by the line tables (`.debug_line`, DWARF 2 to 5) that the
 * module carries. Undefined where it has none, or they do not say. Tables are read when they are first asked for, as far as they
 * can be read: they are of no importance to what a module does, and no error of theirs is one of the module.
 */
export function sourcePosition(module: Module, offset: number): SourcePosition | undefined {
  if (!tables.has(module)) tables.set(module, readTable(module));
  const table = tables.get(module);
  if (table === undefined) return undefined;
  const address = offset - table.codeStart;
  const sequence = table.sequences.find(({ start, end }) => start <= address && address < end);
  if (sequence === undefined) return undefined;
  const row = rowAt(table.bytes, sequence, address);
  if (row === undefined || row.line <= 0) return undefined;
  const file = filePath(sequence.header, row.file);
  return file === undefined ? undefined : { file, line: row.line, column: row.column };
}

/** The last row that does not begin behind the address. */
function rowAt(bytes: Uint8Array, { header, program }: Sequence, address: number): Row | undefined {
  let found: Row | undefined;
  runLineProgram(bytes, header, program, (row) => {
    if (row.address > address || row.ends) return true;
    found = row;
    return false;
  });
  return found;
}

function readTable(module: Module): LineTable | undefined {
  const section = (name: string): Uint8Array =>
    module.customSections.find((custom) => custom.name === name)?.bytes ?? new Uint8Array(0);
  const line = section(".debug_line");
  if (line.length === 0) return undefined;
  const sections = { line, lineStrings: section(".debug_line_str"), strings: section(".debug_str") };
  const sequences: Sequence[] = [];
  tolerantly(() => readUnits(sections, sequences));
  return { codeStart: codeSectionStart(module), bytes: line, sequences };
}

function readUnits(sections: LineSections, sequences: Sequence[]): void {
  const { line } = sections;
  for (let pos = 0; pos < line.length; ) {
    const reader = new DwarfReader(line, pos);
    const length = reader.u32();
    // 0xffffffff begins 64-bit DWARF, which modules of 32-bit addresses have no use for.
    reader.end = reader.pos + length;
    if (reader.end > line.length) return;
    pos = reader.end;
    // One unit may be of a version that is not known, and the next of one that is.
    tolerantly(() => readSequences(line, readHeader(reader, sections), sequences));
  }
}

function readSequences(line: Uint8Array, header: LineHeader, sequences: Sequence[]): void {
  let program = header.start;
  let start: number | undefined;
  runLineProgram(line, header, header.start, (row, next) => {
    start ??= row.address;
    if (!row.ends) return false;
    // Linkers leave the lines of functions that they removed, at address 0 or at the end of all addresses.
    if (start > 0 && row.address > start) sequences.push({ start, end: row.address, header, program });
    start = undefined;
    program = next;
    return false;
  });
}

function tolerantly(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
  }
}

const CODE_SECTION = 10;

/** Where the code section's contents begin. The module was decoded, so its sections are well-formed. */
function codeSectionStart({ bytes }: Module): number {
  const reader = new DwarfReader(bytes, 8);
  while (reader.pos < bytes.length) {
    const id = reader.u8();
    const size = reader.uleb();
    if (id === CODE_SECTION) return reader.pos;
    reader.skip(size);
  }
  return 0;
}
