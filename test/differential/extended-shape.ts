import {
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  type FuncType,
  I32,
  I64,
  V128,
  type ValType,
} from "../../src/decoder/index.ts";
import {
  body,
  bytesOf,
  constant,
  funcType,
  littleEndian,
  name,
  op,
  section,
  signed,
  unsigned,
  vector,
} from "../interp/assemble.ts";
import { EXTENDED_HOST_TYPES, HOST_TYPES } from "./observe.ts";
import type { Random } from "./random.ts";
import { interesting } from "./shape.ts";

type Code = number[];

const NUMBERS: readonly ValType[] = [I32, I32, I32, I64, I64, F32, F64];
const REFERENCES: readonly ValType[] = [FUNCREF, EXTERNREF];
export const DATA_SEGMENTS = 4;
const TABLE_ROOM = 20;

export const isReference = (type: ValType): boolean => REFERENCES.includes(type);

export function typeOf(random: Random): ValType {
  if (random.chance(60)) return random.pick(NUMBERS);
  return random.chance(65) ? V128 : random.pick(REFERENCES);
}

export interface TableShape {
  readonly element: ValType;
  readonly size: number;
}
export interface GlobalShape {
  readonly type: ValType;
  readonly mutable: boolean;
}

/** What the functions of a module of 2.0 may refer to; types are added as blocks need them. */
export class ExtendedShape {
  readonly functions: FuncType[] = [];
  readonly importedFunctions: number;
  readonly globals: GlobalShape[] = [];
  readonly tables: TableShape[] = [];
  /** What the segments of elements hold. */
  readonly segments: ValType[] = [];
  private readonly types: FuncType[] = [];
  private readonly imports: Code[] = [];
  private readonly sections: { [id: number]: Code[] } = { 4: [], 5: [], 6: [], 7: [], 9: [], 11: [] };
  private readonly random: Random;

  /** @param earlier the modules linked before, which it may import from */
  constructor(random: Random, earlier: readonly ExtendedShape[]) {
    this.random = random;
    for (const [host, type] of Object.entries({ ...HOST_TYPES, ...EXTENDED_HOST_TYPES })) {
      if (random.chance(70)) this.importFunction("env", host, type);
    }
    earlier.forEach((shape, i) => {
      shape.functions.slice(shape.importedFunctions).forEach((type, k) => {
        this.importFunction(`m${i}`, `f${k}`, type);
      });
    });
    this.importedFunctions = this.functions.length;
    this.functions.push(...random.list(2, 5, () => this.funcType()));
    this.makeTables(earlier[0]);
    this.makeGlobals(earlier[0]);
    this.makeSegments();
    this.makeData();
  }

  private funcType(): FuncType {
    const { random } = this;
    return {
      params: random.list(0, 4, () => typeOf(random)),
      results: random.list(0, 3, () => typeOf(random)),
    };
  }

  private importFunction(module: string, item: string, type: FuncType): void {
    this.imports.push([...name(module), ...name(item), 0, ...unsigned(this.typeIndex(type))]);
    this.functions.push(type);
  }

  private export(item: string, kind: number, index: number): void {
    this.sections[7]!.push([...name(item), kind, ...unsigned(index)]);
  }

  /** The index of an equal type. */
  typeIndex(type: FuncType): number {
    const found = this.types.findIndex((other) => sameTypes(other, type));
    return found >= 0 ? found : this.types.push(type) - 1;
  }

  blockType(type: FuncType): Code {
    if (type.params.length === 0 && type.results.length < 2) return [type.results[0] ?? 0x40];
    return signed(this.typeIndex(type));
  }

  /** Tables 0 and 1 of the module before, or own ones, and one more. */
  private makeTables(earlier: ExtendedShape | undefined): void {
    const { random } = this;
    const isImported = earlier !== undefined && random.chance(70);
    const shared = isImported
      ? earlier.tables.slice(0, 2)
      : REFERENCES.map((element) => ({ element, size: random.between(8, 12) }));
    const own: TableShape = { element: random.pick(REFERENCES), size: random.between(0, 8) };
    [...shared, own].forEach((table, i) => {
      const type = [table.element, 1, ...unsigned(table.size), ...unsigned(TABLE_ROOM)];
      if (isImported && i < 2) this.imports.push([...name("m0"), ...name(`t${i}`), 1, ...type]);
      else this.sections[4]!.push(type);
      this.export(`t${i}`, 1, i);
      this.tables.push(table);
    });
    const memory = [1, 1, random.between(1, 4)];
    if (isImported) this.imports.push([...name("m0"), ...name("memory"), 2, 1, 1, 4]);
    else this.sections[5]!.push(isImported || earlier === undefined ? [1, 1, 4] : memory);
    this.export("memory", 2, 0);
  }

  private makeGlobals(earlier: ExtendedShape | undefined): void {
    const { random } = this;
    earlier?.globals.forEach(({ type, mutable }, i) => {
      if (random.chance(40)) return;
      this.imports.push([...name("m0"), ...name(`g${i}`), 3, type, mutable ? 1 : 0]);
      this.globals.push({ type, mutable });
    });
    for (const type of [random.pick(NUMBERS), ...random.list(3, 5, () => typeOf(random))]) {
      const mutable = random.chance(85);
      this.sections[6]!.push([type, mutable ? 1 : 0, ...this.constant(type), ...op("end")]);
      this.globals.push({ type, mutable });
    }
    this.globals.forEach((_, i) => {
      this.export(`g${i}`, 3, i);
    });
  }

  /** A constant expression, without its end. */
  constant(type: ValType): Code {
    const { random } = this;
    switch (type) {
      case V128:
        return [...op("v128.const"), ...littleEndian(vectorBits(random), 16)];
      case FUNCREF:
        if (random.chance(75)) return [...op("ref.func"), ...unsigned(random.below(this.functions.length))];
        return [...op("ref.null"), type];
      case EXTERNREF:
        return [...op("ref.null"), type];
      default:
        return constant(type, interesting(random, type));
    }
  }

  /** Active ones for the tables of functions, passive ones of both kinds, and one that declares all functions. */
  private makeSegments(): void {
    const { random } = this;
    const all = Array.from(this.functions, (_, i) => unsigned(i));
    const some = (most: number) => random.list(0, most, () => random.pick(all));
    const expressions = (type: ValType) =>
      vector(random.list(0, 6, () => [...this.constant(type), ...op("end")]));
    const at = (offset: number) => [...constant(I32, BigInt(offset)), ...op("end")];
    const full = Array.from({ length: this.tables[0]!.size }, () => random.pick(all));
    const add = (type: ValType, bytes: Code) => {
      this.segments.push(type);
      this.sections[9]!.push(bytes);
    };
    add(FUNCREF, [0, ...at(0), ...vector(full)]);
    add(FUNCREF, [1, 0, ...vector(some(6))]);
    add(FUNCREF, [3, 0, ...vector(all)]);
    add(FUNCREF, [5, FUNCREF, ...expressions(FUNCREF)]);
    add(EXTERNREF, [5, EXTERNREF, ...expressions(EXTERNREF)]);
    // Now and then beyond the end: instantiation traps half-way.
    const offset = this.random.chance(5) ? 30 : 0;
    if (this.tables[2]!.element === FUNCREF) {
      add(FUNCREF, [2, 2, ...at(offset), 0, ...vector(some(this.tables[2]!.size))]);
      add(FUNCREF, [6, 2, ...at(0), FUNCREF, ...vector([])]);
    }
  }

  private makeData(): void {
    const { random } = this;
    const bytes = () => vector(random.list(0, 40, () => [random.below(256)]));
    this.sections[11]!.push(
      [0, ...constant(I32, BigInt(random.below(64))), ...op("end"), ...bytes()],
      [2, 0, ...constant(I32, BigInt(random.below(64))), ...op("end"), ...bytes()],
    );
    while (this.sections[11]!.length < DATA_SEGMENTS) this.sections[11]!.push([1, ...bytes()]);
  }

  /** The module with these bodies of its functions, which it exports as f0, f1, … */
  assemble(bodies: readonly { readonly locals: readonly ValType[]; readonly code: Code }[]): Uint8Array {
    const own = this.functions.slice(this.importedFunctions);
    const declared = own.map((type) => unsigned(this.typeIndex(type)));
    own.forEach((_, i) => {
      this.export(`f${i}`, 0, this.importedFunctions + i);
    });
    const { sections } = this;
    const filled = (id: number) => (sections[id]!.length === 0 ? [] : [section(id, vector(sections[id]!))]);
    return bytesOf(
      section(1, vector(this.types.map(({ params, results }) => funcType(params, results)))),
      section(2, vector(this.imports)),
      section(3, vector(declared)),
      ...[4, 5, 6, 7, 9].flatMap(filled),
      section(12, unsigned(sections[11]!.length)),
      section(
        10,
        vector(
          bodies.map(({ locals, code }) =>
            body(
              code,
              locals.map((type) => [1, type] as const),
            ),
          ),
        ),
      ),
      ...filled(11),
    );
  }
}

export function sameTypes(a: FuncType, b: FuncType): boolean {
  return a.params.join() === b.params.join() && a.results.join() === b.results.join();
}

/** Lanes at which operators tend to go wrong: four of 32 bits or two of 64. */
function vectorBits(random: Random): bigint {
  if (random.chance(40))
    return (interesting(random, F64) << 64n) | interesting(random, random.pick([I64, F64]));
  const type = random.chance(50) ? I32 : F32;
  return [0, 1, 2, 3].reduce((bits) => (bits << 32n) | interesting(random, type), 0n);
}

/** Raw bits of an argument; which reference, of references. */
export function argument(random: Random, type: ValType): bigint {
  if (isReference(type)) return BigInt(random.below(4));
  return type === V128 ? vectorBits(random) : interesting(random, type);
}
