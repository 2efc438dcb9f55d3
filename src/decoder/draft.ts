import type { Feature } from "./features.ts";
import type { DecoderLimits } from "./limits.ts";
import type {
  CustomSection,
  DataSegment,
  ElementSegment,
  Export,
  FuncType,
  FunctionBody,
  GlobalDef,
  GlobalType,
  Import,
  MemoryType,
  Module,
  Names,
  Producer,
  TableType,
  TargetFeature,
} from "./module.ts";
import { readNames } from "./sections/name.ts";
import { readProducers } from "./sections/producers.ts";
import { readTargetFeatures } from "./sections/target-features.ts";

/** A module while the sections fill it in; from `decode` on it is handed out as an immutable `Module`. */
export class ModuleDraft implements Module {
  readonly bytes: Uint8Array;
  readonly features: ReadonlySet<Feature>;
  readonly limits: DecoderLimits;
  readonly offsets = {
    types: [] as number[],
    imports: [] as number[],
    functions: [] as number[],
    tables: [] as number[],
    memories: [] as number[],
    globals: [] as number[],
    exports: [] as number[],
    start: 0,
    elements: [] as number[],
    data: [] as number[],
  };
  readonly types: FuncType[] = [];
  readonly imports: Import[] = [];
  readonly functions: number[] = [];
  importedFunctionCount = 0;
  readonly tables: TableType[] = [];
  readonly memories: MemoryType[] = [];
  readonly globals: GlobalType[] = [];
  importedGlobalCount = 0;
  readonly globalDefs: GlobalDef[] = [];
  readonly exports: Export[] = [];
  start: number | undefined = undefined;
  readonly elements: ElementSegment[] = [];
  readonly bodies: FunctionBody[] = [];
  readonly data: DataSegment[] = [];
  dataCount: number | undefined = undefined;
  readonly customSections: CustomSection[] = [];
  private cachedNames: Names | undefined = undefined;

  constructor(bytes: Uint8Array, features: ReadonlySet<Feature>, limits: DecoderLimits) {
    this.bytes = bytes;
    this.features = features;
    this.limits = limits;
  }

  get names(): Names {
    this.cachedNames ??= readNames(this.customSections, this.limits);
    return this.cachedNames;
  }

  get producers(): Producer[] {
    return readProducers(this.customSections, this.limits);
  }

  get targetFeatures(): TargetFeature[] {
    return readTargetFeatures(this.customSections, this.limits);
  }
}
