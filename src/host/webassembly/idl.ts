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

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")!.get!;

/** An `ArrayBuffer` of any realm, and not what only looks like one. */
function isArrayBuffer(value: unknown): value is ArrayBuffer {
  try {
    byteLength.call(value);
    return true;
  } catch {
    return false;
  }
}

/** A copy of what a `BufferSource` holds. @throws TypeError if it is none, or shared */
export function bytesOf(source: unknown, what: string): Uint8Array {
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength: length } = source;
    if (isArrayBuffer(buffer)) return new Uint8Array(buffer.slice(byteOffset, byteOffset + length));
  } else if (isArrayBuffer(source)) {
    return new Uint8Array(source.slice(0));
  }
  throw new TypeError(`${what} must be an ArrayBuffer or a view of one`);
}

/** @throws TypeError if fewer arguments were passed than there must be */
export function required(given: number, wanted: number, what: string): void {
  if (given < wanted) throw new TypeError(`${what}: ${wanted} argument${wanted === 1 ? "" : "s"} required`);
}
