/**
 * Implementation limits (spec, Appendix, Implementation Limitations). A module beyond one of them is refused with
 * a `ModuleError` of kind `limit`, so that what an engine accepts does not depend on the memory of the machine.
 * All counts are of entries unless a unit is given.
 */
export interface DecoderLimits {
  /** Bytes of the whole binary. */
  readonly moduleSize: number;
  readonly types: number;
  /** Parameters of one function type. */
  readonly params: number;
  /** Results of one function type. */
  readonly results: number;
  readonly imports: number;
  /** Imported and defined functions together; so for tables, memories and globals. */
  readonly functions: number;
  readonly tables: number;
  /** Elements a table is declared to start with. */
  readonly tableElements: number;
  readonly memories: number;
  /** Pages of 64 KiB a memory is declared to start with. */
  readonly memoryPages: number;
  readonly globals: number;
  readonly exports: number;
  readonly elementSegments: number;
  /** Function indices of one element segment. */
  readonly elementSegmentLength: number;
  readonly dataSegments: number;
  /** Bytes of one entry of the code section, its local declarations included. */
  readonly functionBodySize: number;
  /** Parameters and declared locals of one function together. */
  readonly locals: number;
  /** Values on the operand stack of one function at a time, as far as operators push more than one. */
  readonly operands: number;
  /** Blocks, loops and ifs open at the same time in one function. */
  readonly nestingDepth: number;
  /** Labels of one `br_table`, the default one not counted. */
  readonly brTableTargets: number;
  /** Bytes of one name: of an import, an export or a custom section. */
  readonly nameLength: number;
  readonly customSections: number;
}

/**
 * Where the JavaScript Interface standard of Wasm names a limit ("Implementation-defined Limits"), its value stands here,
 * as every producer stays below those; the others are well above anything seen in a real module.
 */
export const DEFAULT_LIMITS: DecoderLimits = {
  moduleSize: 1_073_741_824,
  types: 1_000_000,
  params: 1_000,
  results: 1_000,
  imports: 100_000,
  functions: 1_000_000,
  tables: 100_000,
  tableElements: 10_000_000,
  memories: 100_000,
  memoryPages: 65_536,
  globals: 1_000_000,
  exports: 100_000,
  elementSegments: 100_000,
  elementSegmentLength: 10_000_000,
  dataSegments: 100_000,
  functionBodySize: 7_654_321,
  locals: 50_000,
  operands: 1_000_000,
  nestingDepth: 100_000,
  brTableTargets: 65_520,
  nameLength: 100_000,
  customSections: 100_000,
};

/** What a refusal calls the thing counted. */
export const LIMIT_NOUNS: { readonly [name in keyof DecoderLimits]: string } = {
  moduleSize: "bytes of module",
  types: "types",
  params: "parameters",
  results: "results",
  imports: "imports",
  functions: "functions",
  tables: "tables",
  tableElements: "initial table elements",
  memories: "memories",
  memoryPages: "initial memory pages",
  globals: "globals",
  exports: "exports",
  elementSegments: "element segments",
  elementSegmentLength: "functions in an element segment",
  dataSegments: "data segments",
  functionBodySize: "bytes of function body",
  locals: "locals",
  operands: "operands",
  nestingDepth: "nested blocks",
  brTableTargets: "br_table targets",
  nameLength: "bytes of name",
  customSections: "custom sections",
};

/** The defaults with some overridden. @throws TypeError for a name that is no limit or a value that is no count. */
export function resolveLimits(overrides: Partial<DecoderLimits> = {}): DecoderLimits {
  for (const [name, value] of Object.entries(overrides)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) throw new TypeError(`unknown decoder limit "${name}"`);
    if (typeof value !== "number" || !(value >= 0)) {
      throw new TypeError(`decoder limit "${name}" must be a number that is not negative`);
    }
  }
  return { ...DEFAULT_LIMITS, ...overrides };
}
