import type { FuncType } from "../decoder/module.ts";
import type { HostCall, HostFunc } from "../interp/func.ts";
import { Trap } from "../interp/trap.ts";
import type { Lanes } from "../interp/values.ts";
import type { Guest, Param, Result } from "./types/value-type.ts";

/** The JavaScript values that parameters of the types `P` take. */
export type ValuesOf<P extends readonly Param<unknown>[]> = {
  [K in keyof P]: P[K] extends Param<infer T> ? T : never;
};

/** A body as the machine calls it: its arguments were decoded by the parameters' types. */
export type Body<S extends Guest> = (state: S, ...args: unknown[]) => unknown;

/** A host function's declaration, unbound: what it takes and gives, and its body over a module state `S`. */
export interface HostFunction<S extends Guest> {
  readonly params: readonly Param<unknown>[];
  readonly result: Result<unknown, S>;
  readonly body: Body<S>;
}

/** Functions by the name under which guests import them. */
export type HostFunctions<S extends Guest> = Readonly<Record<string, HostFunction<S>>>;

/** Declares one function: the body's argument and return types follow from the value types. */
export type Declare<S extends Guest> = <const P extends readonly Param<unknown>[], const R>(
  params: P,
  result: Result<R, S>,
  body: (state: S, ...args: ValuesOf<P>) => NoInfer<R>,
) => HostFunction<S>;

/**
 * The declaring function for modules whose state is `S`:
 *
 *     const fn = functionsOf<Counter>();
 *     const counter = hostModule<Counter>("counter", { add: fn([u32], u32, (state, n) => (state.sum += n)) });
 */
export function functionsOf<S extends Guest>(): Declare<S> {
  return (params, result, body) => ({ params, result: result as Result<unknown, S>, body: body as Body<S> });
}

/** A function that is known and not to be had: calling it traps. For its signature, and to be refused by name. */
export function declared<S extends Guest>(
  params: readonly Param<unknown>[],
  result: Result<never, S>,
): HostFunction<S> {
  return {
    params,
    result: result as Result<unknown, S>,
    body: () => {
      throw new Trap("unsupported", "the host knows this function by name only");
    },
  };
}

/**
 * Wraps functions: gets a function's name and declaration and returns the declaration to use instead. What a
 * module is not decorated with costs it nothing.
 */
export type Decorator<S extends Guest> = (name: string, fn: HostFunction<S>) => HostFunction<S>;

/** A set of host functions that guests import under one module name. Immutable; state comes in with `bind`. */
export class HostModule<S extends Guest> {
  readonly name: string;
  readonly functions: ReadonlyMap<string, HostFunction<S>>;

  constructor(name: string, functions: ReadonlyMap<string, HostFunction<S>>) {
    this.name = name;
    this.functions = functions;
  }

  /** The same module with every function wrapped. */
  with(decorate: Decorator<S>): HostModule<S> {
    const decorated = new Map<string, HostFunction<S>>();
    for (const [name, fn] of this.functions) decorated.set(name, decorate(name, fn));
    return new HostModule(this.name, decorated);
  }

  /** The functions, working on `state`, as imports for `instantiate`. */
  bind(state: S): BoundModule<S> {
    return new BoundModule(this, state);
  }

  /** The module together with how a state of it is made from options `O`. */
  creating<O>(create: (options: O) => S): InstantiableModule<S, O> {
    return new InstantiableModule(this, create);
  }
}

/**
 * A host module that makes a state of its own for each instance, from options:
 *
 *     class Counter extends GuestState { constructor(readonly step: number) { super(); } total = 0; }
 *     const counter = hostModule<Counter>("counter", { … }).creating(({ step }: { step: number }) => new Counter(step));
 *     const imports = counter.instantiate({ step: 2 });
 *     imports.state.attach(instantiate(store, module, imports));
 */
export class InstantiableModule<S extends Guest, O> {
  readonly module: HostModule<S>;
  readonly #create: (options: O) => S;

  constructor(module: HostModule<S>, create: (options: O) => S) {
    this.module = module;
    this.#create = create;
  }

  /** The same module with every function wrapped. */
  with(decorate: Decorator<S>): InstantiableModule<S, O> {
    return new InstantiableModule(this.module.with(decorate), this.#create);
  }

  /** An instance: the functions bound to a new state, which `state` of the result is. */
  instantiate(options: O): BoundModule<S> {
    return this.module.bind(this.#create(options));
  }
}

/** Declares a host module from one or several tables of functions. */
export function hostModule<S extends Guest>(name: string, ...tables: HostFunctions<S>[]): HostModule<S> {
  return new HostModule(name, new Map(tables.flatMap((table) => Object.entries(table))));
}

/**
 * A host module with its state. It has the shape of `Imports`. Functions are made when a guest asks for them:
 * a guest imports a few dozen of some hundred, and a runtime gets a new instance for every call.
 */
export class BoundModule<S extends Guest> {
  readonly module: HostModule<S>;
  readonly state: S;
  readonly #made = new Map<string, { readonly kind: "func"; readonly value: HostFunc }>();

  constructor(module: HostModule<S>, state: S) {
    this.module = module;
    this.state = state;
  }

  get(module: string, name: string): { readonly kind: "func"; readonly value: HostFunc } | undefined {
    if (module !== this.module.name) return undefined;
    let extern = this.#made.get(name);
    if (extern === undefined) {
      const fn = this.module.functions.get(name);
      if (fn === undefined) return undefined;
      extern = { kind: "func", value: bindFunction(name, fn, this.state) };
      this.#made.set(name, extern);
    }
    return extern;
  }
}

/** Every instance of a module asks for those of all that it imports. */
const signatures = new WeakMap<object, FuncType>();

/** The Wasm signature that a declaration amounts to. */
export function signature(fn: Pick<HostFunction<never>, "params" | "result">): FuncType {
  let type = signatures.get(fn);
  if (type === undefined) {
    type = { params: fn.params.flatMap((param) => param.wasm), results: [...fn.result.wasm] };
    signatures.set(fn, type);
  }
  return type;
}

/** A declaration as text, for listings: `(span, u32) -> span Option<u32>`. */
export function describe(fn: Pick<HostFunction<never>, "params" | "result">): string {
  return `(${fn.params.map((param) => param.name).join(", ")}) ${fn.result.name}`;
}

/** The same functions with bodies that trap, for contexts in which calling them is an error. */
export function refuse<S extends Guest>(
  table: HostFunctions<S>,
  trap: (name: string) => Trap,
): HostFunctions<S> {
  return Object.fromEntries(
    Object.entries(table).map(([name, fn]) => [name, refused(fn, () => trap(name))] as const),
  );
}

function refused<S extends Guest>(fn: HostFunction<S>, trap: () => Trap): HostFunction<S> {
  return {
    ...fn,
    body: () => {
      throw trap();
    },
  };
}

export function bindFunction<S extends Guest>(name: string, fn: HostFunction<S>, state: S): HostFunc {
  return { kind: "host", name, type: signature(fn), invoke: invoker(fn, state) };
}

/**
 * The machine's entry to a host function. All arguments are decoded before the body runs, and nothing is
 * allocated here beyond them: hence one closure for each small number of parameters. A body may call back into
 * the guest, so results go to the call's lanes as they are then.
 */
function invoker<S extends Guest>(fn: HostFunction<S>, state: S): (call: HostCall) => void {
  const { params, result, body } = fn;
  const single = params.every((param) => param.wasm.length === 1);
  const [a, b, c, d] = params;
  switch (single ? params.length : -1) {
    case 0:
      return (call) => {
        state.hostCalls++;
        result.store(body(state), call, state);
      };
    case 1:
      return (call) => {
        state.hostCalls++;
        const x = a!.load(call.lanes, call.at, state.memory);
        result.store(body(state, x), call, state);
      };
    case 2:
      return (call) => {
        state.hostCalls++;
        const { lanes, at } = call;
        const x = a!.load(lanes, at, state.memory);
        const y = b!.load(lanes, at + 2, state.memory);
        result.store(body(state, x, y), call, state);
      };
    case 3:
      return (call) => {
        state.hostCalls++;
        const { lanes, at } = call;
        const x = a!.load(lanes, at, state.memory);
        const y = b!.load(lanes, at + 2, state.memory);
        const z = c!.load(lanes, at + 4, state.memory);
        result.store(body(state, x, y, z), call, state);
      };
    case 4:
      return (call) => {
        state.hostCalls++;
        const { lanes, at } = call;
        const x = a!.load(lanes, at, state.memory);
        const y = b!.load(lanes, at + 2, state.memory);
        const z = c!.load(lanes, at + 4, state.memory);
        const w = d!.load(lanes, at + 6, state.memory);
        result.store(body(state, x, y, z, w), call, state);
      };
    default:
      return (call) => {
        state.hostCalls++;
        const args = loadAll(params, call.lanes, call.at, state);
        result.store(body(state, ...args), call, state);
      };
  }
}

function loadAll(params: readonly Param<unknown>[], lanes: Lanes, at: number, state: Guest): unknown[] {
  let lane = at;
  return params.map((param) => {
    const value = param.load(lanes, lane, state.memory);
    lane += 2 * param.wasm.length;
    return value;
  });
}
