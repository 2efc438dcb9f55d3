import { decodeUtf8 } from "../utf8.ts";
import { DwarfError, DwarfReader } from "./reader.ts";

/** The sections that line tables are spread over. */
export interface LineSections {
  readonly line: Uint8Array;
  /** `.debug_line_str` and `.debug_str`, where version 5 may keep names. */
  readonly lineStrings: Uint8Array;
  readonly strings: Uint8Array;
}

/** A name, not yet decoded. */
interface Text {
  readonly bytes: Uint8Array;
  readonly at: number;
}
interface FileEntry {
  readonly name: Text;
  readonly folder: number;
}

/** What stands before a line program (DWARF 5, section 6.2.4). */
export interface LineHeader {
  readonly version: number;
  readonly minInstructionLength: number;
  readonly lineBase: number;
  readonly lineRange: number;
  /** Operands of the standard opcodes, from opcode 1 on. */
  readonly operands: Uint8Array;
  readonly folders: readonly Text[];
  readonly files: readonly FileEntry[];
  /** Where the program is, in `.debug_line`. */
  readonly start: number;
  readonly end: number;
}

const MAX_NAME = 4096;

/** @param reader at the version of a unit, ending where the unit ends. @throws DwarfError */
export function readHeader(reader: DwarfReader, sections: LineSections): LineHeader {
  const version = reader.u16();
  if (version < 2 || version > 5) throw new DwarfError(`version ${version}`);
  if (version === 5) {
    // Size of an address, and of a segment selector, of which Wasm has none.
    if (reader.u8() !== 4 || reader.u8() !== 0) throw new DwarfError("addresses of another size");
  }
  const length = reader.u32();
  const start = reader.pos + length;
  if (start > reader.end) throw new DwarfError("unexpected end");
  const minInstructionLength = reader.u8();
  // From version 4 on: operations per instruction, more than one only on machines with long instruction words.
  if (version >= 4 && reader.u8() !== 1) throw new DwarfError("long instruction words");
  reader.u8(); // default_is_stmt: breakpoints are none of ours
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  if (lineRange === 0) throw new DwarfError("a line range of 0");
  const count = reader.u8();
  if (count === 0) throw new DwarfError("an opcode base of 0");
  const at = reader.skip(count - 1);
  const operands = reader.bytes.subarray(at, at + count - 1);
  const names = new DwarfReader(reader.bytes, reader.pos, start);
  const tables = version === 5 ? readTables(names, sections) : readOldTables(names);
  return { version, minInstructionLength, lineBase, lineRange, operands, ...tables, start, end: reader.end };
}

type Tables = Pick<LineHeader, "folders" | "files">;

/** Before version 5: lists that end with an empty name. */
function readOldTables(reader: DwarfReader): Tables {
  const { bytes } = reader;
  // Number 0 is the folder of the compilation, which only `.debug_info` names.
  const folders: Text[] = [{ bytes: new Uint8Array(1), at: 0 }];
  for (let at = reader.string(); bytes[at] !== 0; at = reader.string()) folders.push({ bytes, at });
  const files: FileEntry[] = [];
  for (let at = reader.string(); bytes[at] !== 0; at = reader.string()) {
    files.push({ name: { bytes, at }, folder: reader.uleb() });
    reader.uleb(); // time
    reader.uleb(); // size
  }
  return { folders, files };
}

const CONTENT_PATH = 1;
const CONTENT_FOLDER = 2;

function readTables(reader: DwarfReader, sections: LineSections): Tables {
  const folders = readEntries(reader, sections).map(({ name }) => name);
  return { folders, files: readEntries(reader, sections) };
}

/** A table that says itself what its entries consist of. */
function readEntries(reader: DwarfReader, sections: LineSections): FileEntry[] {
  const formats = Array.from({ length: reader.u8() }, () => ({
    content: reader.uleb(),
    form: reader.uleb(),
  }));
  const count = reader.uleb();
  // Every form takes a byte at least, so the count is bounded by the bytes; without a form nothing bounds it.
  if (count > reader.end - reader.pos || (formats.length === 0 && count > 0))
    throw new DwarfError("too many");
  const entries: FileEntry[] = [];
  for (let i = 0; i < count; i++) {
    let name: Text = { bytes: new Uint8Array(1), at: 0 };
    let folder = 0;
    for (const { content, form } of formats) {
      const value = readForm(reader, form, sections);
      if (content === CONTENT_PATH && typeof value === "object") name = value;
      if (content === CONTENT_FOLDER && typeof value === "number") folder = value;
    }
    entries.push({ name, folder });
  }
  return entries;
}

/** A value in one of the forms that line tables use (DWARF 5, section 7.5.6). @throws DwarfError for any other */
function readForm(reader: DwarfReader, form: number, { lineStrings, strings }: LineSections): Text | number {
  switch (form) {
    case 0x08:
      return { bytes: reader.bytes, at: reader.string() };
    case 0x1f:
      return { bytes: lineStrings, at: reader.u32() };
    case 0x0e:
      return { bytes: strings, at: reader.u32() };
    case 0x0b:
      return reader.u8();
    case 0x05:
      return reader.u16();
    case 0x06:
      return reader.u32();
    case 0x0f:
      return reader.uleb();
    case 0x07:
      return reader.skip(8);
    case 0x1e:
      return reader.skip(16);
    case 0x09:
      return reader.skip(reader.uleb());
    default:
      throw new DwarfError(`form ${form}`);
  }
}

/** The path of a file by the number that line programs know it by, or undefined if there is none. */
export function filePath(header: LineHeader, number: number): string | undefined {
  const file = header.files[header.version === 5 ? number : number - 1];
  if (file === undefined) return undefined;
  const name = text(file.name);
  const folder = text(header.folders[file.folder]);
  const parent = header.version === 5 && file.folder !== 0 ? text(header.folders[0]) : "";
  return [parent, folder, name].reduce(joined, "");
}

function joined(folder: string, name: string): string {
  if (folder === "" || name.startsWith("/")) return name;
  return name === "" ? folder : `${folder}${folder.endsWith("/") ? "" : "/"}${name}`;
}

function text(found: Text | undefined): string {
  if (found === undefined) return "";
  const { bytes, at } = found;
  let end = at;
  while (end < bytes.length && end - at < MAX_NAME && bytes[end] !== 0) end++;
  return decodeUtf8(bytes, at, Math.max(at, end)) ?? "";
}
