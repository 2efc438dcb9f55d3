/** An interface object of the namespace: what `new` is called on. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of any arguments
export type Constructor = new (...args: any[]) => object;

/**
 * One interface of the namespace, seen from inside: which objects are its platform objects, what each stands for, and
 * the object by which scripts know a thing of the store (the JS API's object caches: the same memory is always the same
 * `Memory`).
 */
export class Interface<T extends object> {
  readonly name: string;
  #prototype: object | undefined;
  readonly #slots = new WeakMap<object, T>();
  readonly #objects = new WeakMap<T, object>();

  constructor(name: string) {
    this.name = name;
  }

  /** Makes `made` the interface object, and its properties what Web IDL says. */
  implement<C extends Constructor>(made: C): C {
    this.#prototype = made.prototype as object;
    enumerable(made, ["length", "name", "prototype"]);
    enumerable(this.#prototype, ["constructor"]);
    tag(this.#prototype, `WebAssembly.${this.name}`);
    return made;
  }

  /** Gives `object`, which the interface's constructor makes, what it stands for. */
  adopt(object: object, inner: T): void {
    this.#slots.set(object, inner);
    this.#objects.set(inner, object);
  }

  /** The object that stands for `inner`, made when it is first asked for. */
  objectOf(inner: T): object {
    let object = this.#objects.get(inner);
    if (object === undefined) {
      object = this.make(inner);
      this.adopt(object, inner);
    }
    return object;
  }

  protected make(_: T): object {
    return Object.create(this.#prototype!) as object;
  }

  /** What `value` stands for; undefined if it is no object of this interface. */
  find(value: unknown): T | undefined {
    return this.#slots.get(value as object);
  }

  /** The brand check of Web IDL. @throws TypeError if `value` is no object of this interface; `what` says which it is */
  of(value: unknown, what: string): T {
    const inner = this.#slots.get(value as object);
    if (inner === undefined) throw new TypeError(`${what} is not a WebAssembly.${this.name}`);
    return inner;
  }
}

/** Web IDL: operations and attributes are enumerable, as a class's are not. */
function enumerable(object: object, except: readonly string[]): void {
  for (const name of Object.getOwnPropertyNames(object)) {
    if (!except.includes(name)) Object.defineProperty(object, name, { enumerable: true });
  }
}

/** Gives `object` its class string. */
export function tag(object: object, value: string): void {
  Object.defineProperty(object, Symbol.toStringTag, { value, configurable: true });
}
