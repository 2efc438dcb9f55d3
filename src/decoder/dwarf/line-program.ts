import type { LineHeader } from "./line-header.ts";
import { DwarfReader } from "./reader.ts";

/** A row of the table: from `address` on, up to the next row's, code comes from here. */
export interface Row {
  /** Byte offset in the code section's contents. */
  readonly address: number;
  readonly file: number;
  readonly line: number;
  readonly column: number;
  /** The first address behind a sequence: it belongs to no line. */
  readonly ends: boolean;
}

const STANDARD = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;
const EXTENDED = { endSequence: 1, setAddress: 2 } as const;

/**
 * Runs a line program (DWARF 5, section 6.2.5) from the beginning of a sequence at `start`, and gives its rows to
 * `each`, with the position behind the opcode that made it, until that returns true.
 * @throws DwarfError
 */
export function runLineProgram(
  bytes: Uint8Array,
  header: LineHeader,
  start: number,
  each: (row: Row, next: number) => boolean,
): void {
  const { lineBase, lineRange, minInstructionLength, operands } = header;
  const opcodeBase = operands.length + 1;
  const reader = new DwarfReader(bytes, start, header.end);
  let address = 0;
  let file = 1;
  let line = 1;
  let column = 0;
  const advance = (steps: number): void => {
    address = (address + steps * minInstructionLength) >>> 0;
  };
  const row = (ends: boolean): boolean => each({ address, file, line, column, ends }, reader.pos);

  while (reader.pos < reader.end) {
    const opcode = reader.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      advance(Math.floor(adjusted / lineRange));
      line = (line + lineBase + (adjusted % lineRange)) | 0;
      if (row(false)) return;
      continue;
    }
    switch (opcode) {
      case 0: {
        const length = reader.uleb();
        const at = reader.skip(length);
        if (length === 0) break;
        const kind = bytes[at];
        if (kind === EXTENDED.setAddress && length === 5) address = new DwarfReader(bytes, at + 1).u32();
        if (kind !== EXTENDED.endSequence) break;
        if (row(true)) return;
        address = column = 0;
        file = line = 1;
        break;
      }
      case STANDARD.copy:
        if (row(false)) return;
        break;
      case STANDARD.advancePc:
        advance(reader.uleb());
        break;
      case STANDARD.advanceLine:
        line = (line + reader.sleb()) | 0;
        break;
      case STANDARD.setFile:
        file = reader.uleb();
        break;
      case STANDARD.setColumn:
        column = reader.uleb();
        break;
      case STANDARD.constAddPc:
        advance(Math.floor((255 - opcodeBase) / lineRange));
        break;
      case STANDARD.fixedAdvancePc:
        address = (address + reader.u16()) >>> 0;
        break;
      default:
        // Whatever it means, the header says how many operands it has.
        for (let i = operands[opcode - 1]!; i > 0; i--) reader.uleb();
    }
  }
}
