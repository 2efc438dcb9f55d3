import { decode, type FeatureSet, load, ModuleError, type ValidModule } from "../../decoder/index.ts";
import type { ExecutorFactory } from "../../interp/executor.ts";
import type { Func } from "../../interp/func.ts";
import type { Global } from "../../interp/global.ts";
import type { Memory } from "../../interp/memory.ts";
import { Store } from "../../interp/store.ts";
import type { Table } from "../../interp/table.ts";
import { type ErrorClasses, errorClasses, scriptError } from "./errors.ts";
import type { ExceptionSlot, TagSlot } from "./exception.ts";
import { exportedFunction, type ScriptFunction } from "./functions.ts";
import { Interface } from "./interface.ts";

export interface WebAssemblyOptions {
  /**
   * Where everything runs that is made through the namespace; gas and limits are its. By default one without a limit on
   * gas, and with room for 65,536 calls and 32 MiB of their locals and operands.
   */
  readonly store?: Store;
  /** How functions are run in the store that is made where none is given. Default: the machine. */
  readonly executor?: ExecutorFactory;
  /** What modules may use. Default: everything that Lockstep knows. */
  readonly features?: FeatureSet;
}

/** What a module instance is to scripts: the object of its exports. */
export interface InstanceSlot {
  readonly exports: object;
}

/** Exported functions: as the other objects, but each is made for what it calls. */
class ExportedFunctions extends Interface<Func> {
  readonly #agent: Agent;

  constructor(agent: Agent) {
    super("Function");
    this.#agent = agent;
  }

  protected override make(func: Func): ScriptFunction {
    return exportedFunction(this.#agent, func);
  }
}

/**
 * What the objects of one namespace share (the JS API's agent): the store, and for every kind of thing in it the objects
 * that stand for it.
 */
export class Agent {
  readonly store: Store;
  readonly errors: ErrorClasses = errorClasses();
  readonly modules = new Interface<ValidModule>("Module");
  readonly instances = new Interface<InstanceSlot>("Instance");
  readonly memories = new Interface<Memory>("Memory");
  readonly tables = new Interface<Table>("Table");
  readonly globals = new Interface<Global>("Global");
  readonly tags = new Interface<TagSlot>("Tag");
  readonly exceptions = new Interface<ExceptionSlot>("Exception");
  readonly functions = new ExportedFunctions(this);
  private readonly features: FeatureSet;

  constructor({ store, executor, features }: WebAssemblyOptions) {
    this.store = store ?? new Store({ ...LIMITS, ...(executor && { executor }) });
    this.features = features ?? "2.0";
    // Names that are none are refused here, and not by every module.
    decode(EMPTY_MODULE, { features: this.features });
  }

  /** Whether the bytes are a module that `compile` would take. */
  validates(bytes: Uint8Array): boolean {
    try {
      load(bytes, { features: this.features });
      return true;
    } catch (error) {
      if (error instanceof ModuleError) return false;
      throw error;
    }
  }

  /** @throws CompileError */
  compile(bytes: Uint8Array, what: string): ValidModule {
    try {
      return load(bytes, { features: this.features });
    } catch (error) {
      throw scriptError(error, this.errors, `${what}: `);
    }
  }
}

/** What programs made for an engine's stack expect. So many calls have room in the machine's arena. */
export const LIMITS = { maxCallDepth: 65536, maxStackSlots: 4194304 };

const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
