import { type Module, typeName } from "../module.ts";
import { laneCount } from "../opcodes/vector.ts";
import type { Operator } from "../opcodes.ts";
import type { BodyReader } from "./body-reader.ts";
import { declaredFunctions } from "./declared-functions.ts";

/** Lanes that `i8x16.shuffle` can choose from: those of both operands. */
const SHUFFLED_LANES = 32;

/** Reads and checks the immediates of operators of fixed signature that code has few of. */
export class RareImmediates {
  private readonly module: Module;
  private readonly reader: BodyReader;
  private declared: ReadonlySet<number> | undefined;

  constructor(module: Module, reader: BodyReader) {
    this.module = module;
    this.reader = reader;
  }

  /** The reader stands after the opcode and is left after the immediates. @throws ModuleError */
  read(op: Operator): void {
    const { reader } = this;
    switch (op.immediates) {
      case "memory":
        this.memory();
        break;
      case "memories":
        this.memory();
        this.memory();
        break;
      case "memory.init":
        this.dataSegment();
        this.memory();
        break;
      case "data":
        this.dataSegment();
        break;
      case "table":
        this.table();
        break;
      case "tables": {
        const to = this.table();
        const from = this.table();
        if (to !== from) throw this.differ(to, from);
        break;
      }
      case "table.init": {
        const from = this.elementSegment();
        const to = this.table();
        if (to !== from) throw this.differ(to, from);
        break;
      }
      case "elem":
        this.elementSegment();
        break;
      case "function":
        this.reference(reader.u32());
        break;
      case "lane":
        this.lane(laneCount(op));
        break;
      case "memarg-lane": {
        const align = reader.u32();
        reader.u32();
        this.needsMemory();
        if (align > op.align) throw reader.invalid("alignment must not be larger than natural");
        this.lane(laneCount(op));
        break;
      }
      case "lanes":
        for (let i = 0; i < 16; i++) this.lane(SHUFFLED_LANES);
        break;
      case "v128":
        reader.skip(16);
        break;
      default:
        throw new Error(`no rule for the immediates of ${op.name}`);
    }
  }

  private memory(): void {
    this.reader.zeroByte();
    this.needsMemory();
  }

  private needsMemory(): void {
    if (this.module.memories.length === 0) throw this.reader.invalid("unknown memory 0");
  }

  private dataSegment(): void {
    const { reader, module } = this;
    const index = reader.u32();
    // The section comes after the code: what says how many there are must come before.
    if (module.dataCount === undefined) throw reader.malformed("data count section required", reader.at);
    if (index >= module.dataCount) throw reader.invalid(`unknown data segment ${index}`);
  }

  /** The type of an element segment's references. */
  private elementSegment(): number {
    const index = this.reader.u32();
    const segment = this.module.elements[index];
    if (segment === undefined) throw this.reader.invalid(`unknown elem segment ${index}`);
    return segment.type;
  }

  /** The type of a table's elements. */
  private table(): number {
    const index = this.reader.u32();
    const table = this.module.tables[index];
    if (table === undefined) throw this.reader.invalid(`unknown table ${index}`);
    return table.element;
  }

  private differ(to: number, from: number): Error {
    const { reader } = this;
    const [expected, found] = [to, from].map((type) => typeName(type as 0x70));
    return reader.invalid(
      `type mismatch: ${reader.operatorName()} to a table of ${expected} cannot take ${found}`,
    );
  }

  private reference(index: number): void {
    if (index >= this.module.functions.length) throw this.reader.invalid(`unknown function ${index}`);
    this.declared ??= declaredFunctions(this.module);
    if (!this.declared.has(index)) throw this.reader.invalid(`undeclared function reference ${index}`);
  }

  private lane(count: number): void {
    const index = this.reader.u8();
    if (index >= count) throw this.reader.invalid(`invalid lane index ${index}`);
  }
}
