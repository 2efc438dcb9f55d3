import { bulkCost, type GasSchedule } from "../gas/schedule.ts";
import type { Reference, References } from "../references.ts";
import { initMemory, initTable } from "../segments.ts";
import type { Table } from "../table.ts";
import { Trap } from "../trap.ts";
import * as OP from "./instructions.ts";
import type { Meter } from "./meter.ts";
import type { MachineState } from "./state.ts";

/**
 * Instructions that cost gas by what they are given, or change what the loop has in its locals: the driver runs them
 * between two entries into the loop. Bounds are checked, then gas is charged, then something is done.
 */
export class OutOfLine {
  private readonly state: MachineState;
  private readonly meter: Meter;
  private readonly references: References;
  private readonly byteCost: number;
  private readonly elementCost: number;

  constructor(state: MachineState, meter: Meter, references: References, schedule: GasSchedule) {
    this.state = state;
    this.meter = meter;
    this.references = references;
    this.byteCost = bulkCost(schedule, "bulkByte");
    this.elementCost = bulkCost(schedule, "bulkElement");
  }

  /** Runs the instruction at `pc` and steps over it. @throws Trap */
  run(): void {
    const s = this.state;
    const { code, pc, instance } = s;
    const word = (i: number): number => code[pc + i]!;
    switch (code[pc]) {
      case OP.MEMORY_COPY: {
        const [to, from, count] = [this.operand(1), this.operand(2), this.operand(3)];
        this.checkBytes(from, count);
        this.checkBytes(to, count);
        this.meter.charge(count * this.byteCost);
        s.bytes.copyWithin(to, from, from + count);
        s.pc = pc + 4;
        break;
      }
      case OP.MEMORY_FILL: {
        const [to, value, count] = [this.operand(1), this.operand(2), this.operand(3)];
        this.checkBytes(to, count);
        this.meter.charge(count * this.byteCost);
        s.bytes.fill(value, to, to + count);
        s.pc = pc + 4;
        break;
      }
      case OP.MEMORY_INIT: {
        const [to, from, count] = [this.operand(1), this.operand(2), this.operand(3)];
        initMemory(instance, word(4), to, from, count, () => this.meter.charge(count * this.byteCost));
        s.pc = pc + 5;
        break;
      }
      case OP.DATA_DROP:
        instance.droppedData[word(1)] = 1;
        s.pc = pc + 2;
        break;
      case OP.TABLE_SET: {
        const table = this.table(3);
        const index = this.operand(1);
        this.checkElements(table, index, 1);
        table.set(index, this.reference(2));
        s.pc = pc + 4;
        break;
      }
      case OP.TABLE_GROW: {
        const count = this.operand(3);
        const reference = this.reference(2);
        this.meter.charge(count * this.elementCost);
        s.i32[s.fp + word(1)] = this.table(4).grow(count, reference);
        s.pc = pc + 5;
        break;
      }
      case OP.TABLE_FILL: {
        const table = this.table(4);
        const [to, count] = [this.operand(1), this.operand(3)];
        this.checkElements(table, to, count);
        this.meter.charge(count * this.elementCost);
        table.fill(to, this.reference(2), count);
        s.pc = pc + 5;
        break;
      }
      case OP.TABLE_COPY: {
        const [table, source] = [this.table(4), this.table(5)];
        const [to, from, count] = [this.operand(1), this.operand(2), this.operand(3)];
        this.checkElements(source, from, count);
        this.checkElements(table, to, count);
        this.meter.charge(count * this.elementCost);
        table.copy(to, source, from, count);
        s.pc = pc + 6;
        break;
      }
      case OP.TABLE_INIT: {
        const [to, from, count] = [this.operand(1), this.operand(2), this.operand(3)];
        initTable(instance, word(4), word(5), to, from, count, () =>
          this.meter.charge(count * this.elementCost),
        );
        s.pc = pc + 6;
        break;
      }
      case OP.ELEM_DROP:
        instance.droppedElements[word(1)] = 1;
        s.pc = pc + 2;
        break;
      default:
        throw new Error(`machine: instruction ${code[pc]} is not run out of line`);
    }
  }

  /** The unsigned value of the operand in word `i`. */
  private operand(i: number): number {
    const { i32, fp, code, pc } = this.state;
    return i32[fp + code[pc + i]!]! >>> 0;
  }

  private reference(i: number): Reference {
    return this.references.referenceOf(this.operand(i));
  }

  private table(i: number): Table {
    const { instance, code, pc } = this.state;
    return instance.tables[code[pc + i]!]!;
  }

  private checkBytes(start: number, count: number): void {
    if (start + count > this.state.bytes.length) throw Trap.core("out-of-bounds-memory");
  }

  private checkElements(table: Table, start: number, count: number): void {
    if (start + count > table.elements.length) throw Trap.core("out-of-bounds-table");
  }
}
