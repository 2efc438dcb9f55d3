import { EXTERNREF, type FeatureSet, isRefType, load, type ValType } from "../src/decoder/index.ts";
import {
  type Extern,
  type Imports,
  type Instance,
  instantiate,
  Store,
  type StoreOptions,
} from "../src/interp/index.ts";
import { ActionError, type Executor, type Running, type Session } from "./executor.ts";
import { spectestExports } from "./host.ts";
import { nameOfType, type TypedBits } from "./values.ts";

/** Lockstep's own machine, without a gas limit. */
export const interpreter: Executor = executorOver("interpreter");

/** Lockstep with stores made with these options. */
export function executorOver(name: string, options: StoreOptions = {}): Executor {
  return { name, open: (features) => open(features, options) };
}

function open(features: FeatureSet, options: StoreOptions): Session {
  const store = new Store(options);
  const registered = new Map<string, ReadonlyMap<string, Extern>>([["spectest", spectestExports()]]);
  const imports: Imports = { get: (module, name) => registered.get(module)?.get(name) };
  // An engine's own objects stay behind the `Running` it handed out.
  const instances = new WeakMap<Running, Instance>();
  return {
    load(bytes) {
      const module = load(bytes, { features });
      return {
        instantiate() {
          const instance = instantiate(store, module, imports);
          const running = runningOf(store, instance);
          instances.set(running, instance);
          return running;
        },
      };
    },
    register(module, running) {
      registered.set(module, instances.get(running)!.externs);
    },
  };
}

function runningOf(store: Store, instance: Instance): Running {
  return {
    invoke(field, args) {
      const func = exported(instance, field);
      if (func.kind !== "func") throw new ActionError(`"${field}" is a ${func.kind}, not a function`);
      const { params, results } = func.value.type;
      if (args.length !== params.length || args.some(({ type }, i) => type !== params[i])) {
        throw new ActionError(`function "${field}" takes [${params.map(nameOfType).join(" ")}]`);
      }
      const bits = store.callBits(
        func.value,
        args.map((value) => bitsOf(store, value)),
      );
      return bits.map((value, i) =>
        typed(results[i]!, value, (number) => store.references.referenceOf(number)),
      );
    },
    get(field) {
      const global = exported(instance, field);
      if (global.kind !== "global") throw new ActionError(`"${field}" is a ${global.kind}, not a global`);
      const { type, bits, reference } = global.value;
      return typed(type.type, bits, () => reference);
    },
  };
}

/** References of the host are numbers here. */
function bitsOf({ references }: Store, { type, bits }: TypedBits): bigint {
  if (type !== EXTERNREF || bits === 0n) return bits;
  return BigInt(references.numberOf(Number(bits) - 1));
}

function typed(type: ValType, bits: bigint, referenceOf: (number: number) => unknown): TypedBits {
  if (!isRefType(type)) return { type, bits };
  const reference = referenceOf(Number(bits));
  if (reference === null) return { type, bits: 0n };
  return { type, bits: typeof reference === "number" ? BigInt(reference) + 1n : 1n };
}

function exported(instance: Instance, field: string): Extern {
  const extern = instance.externs.get(field);
  if (extern === undefined) throw new ActionError(`nothing is exported as "${field}"`);
  return extern;
}
