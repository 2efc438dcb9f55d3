/** Conversions of JavaScript values to Web IDL types, as far as the JS API needs them. */

/** `[EnforceRange] unsigned long`. @throws TypeError; whatever the conversion to a number throws */
export function unsignedLong(value: unknown, what: string): number {
  // Unary plus is ToNumber: it throws for symbols and BigInts, and calls `valueOf`.
  const number = Math.trunc(+(value as number));
  if (!(number >= 0 && number <= 0xffffffff)) {
    throw new TypeError(`${what} must be an integer from 0 to 4294967295`);
  }
  return number + 0;
}

/** A dictionary: an object, as its members are read one by one. @throws TypeError; undefined and null have no members */
export function dictionary(value: unknown, what: string): { readonly [member: string]: unknown } {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new TypeError(`${what} must be an object`);
  return value as { readonly [member: string]: unknown };
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A string of an enumeration. @throws TypeError; whatever the conversion to a string throws */
export function oneOf<T>(value: unknown, names: ReadonlyMap<string, T>, what: string): T {
  // A template literal is ToString: it throws for symbols.
  const found = names.get(`${value}`);
  if (found === undefined) throw new TypeError(`${what} must be one of ${[...names.keys()].join(", ")}`);
  return found;
}

type Buffer = ArrayBuffer | { readonly byteLength: number };

const byteLengths = [
  ArrayBuffer,
  (globalThis as { SharedArrayBuffer?: { prototype: object } }).SharedArrayBuffer,
]
  .filter((kind) => kind !== undefined)
  .map((kind) => Object.getOwnPropertyDescriptor(kind.prototype, "byteLength")!.get!);

/** An `ArrayBuffer` or `SharedArrayBuffer` of any realm, and not what only looks like one. */
function isBuffer(value: unknown): value is Buffer {
  return byteLengths.some((byteLength) => {
    try {
      byteLength.call(value);
      return true;
    } catch {
      return false;
    }
  });
}

/** A copy of what a buffer or a view of one holds, shared and resizable ones too. @throws TypeError if it is neither */
export function bytesOf(source: unknown, what: string): Uint8Array {
  const view = ArrayBuffer.isView(source) ? source : undefined;
  const buffer = view?.buffer ?? source;
  if (!isBuffer(buffer)) throw new TypeError(`${what} must be an ArrayBuffer or a view of one`);
  // A detached buffer is an empty one, though nothing can be made of it, and asking a DataView throws.
  if (buffer.byteLength === 0) return new Uint8Array(0);
  const start = view?.byteOffset ?? 0;
  return new Uint8Array(new Uint8Array(buffer as ArrayBuffer, start, view?.byteLength ?? buffer.byteLength));
}

/** @throws TypeError if fewer arguments were passed than there must be */
export function required(given: number, wanted: number, what: string): void {
  if (given < wanted) throw new TypeError(`${what}: ${wanted} argument${wanted === 1 ? "" : "s"} required`);
}
