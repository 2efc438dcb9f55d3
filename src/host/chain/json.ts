import { HexError, hexToBytes } from "../hex.ts";
import { ScaleError } from "../scale/errors.ts";
import { ChainFormatError } from "./errors.ts";

/** A path is shown, so a hostile member name may not be as long as it likes. */
const SHOWN = 80;

/**
 * A value of an untrusted JSON document together with its path, for errors that say where. Only own members are
 * seen, whatever they are called. Everything throws ChainFormatError.
 */
export class JsonValue {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path = "") {
    this.value = value;
    this.path = path;
  }

  error(kind: ChainFormatError["kind"], reason: string): ChainFormatError {
    return new ChainFormatError(kind, reason, this.path);
  }

  get isArray(): boolean {
    return Array.isArray(this.value);
  }

  get isObject(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  get isString(): boolean {
    return typeof this.value === "string";
  }

  /** The member, or undefined if it is absent or null. */
  optional(name: string): JsonValue | undefined {
    const object = this.#object();
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    return value === undefined || value === null ? undefined : new JsonValue(value, this.#at(name));
  }

  member(name: string): JsonValue {
    const member = this.optional(name);
    if (member === undefined) throw new ChainFormatError("missing", "is missing", this.#at(name));
    return member;
  }

  /** The object's own members in document order. */
  members(): [name: string, value: JsonValue][] {
    return Object.entries(this.#object()).map(([name, value]) => [
      name,
      new JsonValue(value, this.#at(name)),
    ]);
  }

  items(): JsonValue[] {
    if (!Array.isArray(this.value)) throw this.error("type", `expected an array, found ${this.#type()}`);
    return this.value.map((item, i) => new JsonValue(item, `${this.path}[${i}]`));
  }

  string(): string {
    if (typeof this.value !== "string") throw this.error("type", `expected a string, found ${this.#type()}`);
    return this.value;
  }

  /** The bytes of a hex string. @param length in bytes, if it must be that. */
  bytes(length?: number): Uint8Array {
    const bytes = parseHex(this.string(), this.path);
    if (length !== undefined && bytes.length !== length) {
      throw this.error("hex", `expected ${length} bytes, found ${bytes.length}`);
    }
    return bytes;
  }

  hash(): Uint8Array {
    return this.bytes(32);
  }

  /** Decodes the bytes of a hex string. */
  scale<T>(decode: (bytes: Uint8Array) => T): T {
    try {
      return decode(this.bytes());
    } catch (error) {
      if (error instanceof ScaleError) throw this.error("scale", error.message);
      throw error;
    }
  }

  /** A u32 block number: a JSON number, or hex as JSON-RPC gives quantities. */
  blockNumber(): number {
    const { value } = this;
    if (typeof value === "string" && /^0x[0-9a-f]{1,8}$/i.test(value)) return Number(value);
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)
      return value;
    throw this.error("number", "expected a 32-bit block number");
  }

  /** The entries of an object from hex to hex. */
  hexMap(): [key: Uint8Array, value: Uint8Array][] {
    return this.hexMembers().map(([key, value]) => [key, value.bytes()]);
  }

  /** The members of an object whose names are hex. */
  hexMembers(): [key: Uint8Array, value: JsonValue][] {
    return this.members().map(([name, value]) => [parseHex(name, value.path), value]);
  }

  #object(): Record<string, unknown> {
    if (!this.isObject) throw this.error("type", `expected an object, found ${this.#type()}`);
    return this.value as Record<string, unknown>;
  }

  #type(): string {
    if (this.value === null) return "null";
    return this.isArray ? "an array" : `a value of type ${typeof this.value}`;
  }

  #at(name: string): string {
    const shown = name.length > SHOWN ? `${name.slice(0, SHOWN)}…` : name;
    if (!/^[A-Za-z_]\w*$/.test(shown)) return `${this.path}[${JSON.stringify(shown)}]`;
    return this.path === "" ? shown : `${this.path}.${shown}`;
  }
}

function parseHex(text: string, path: string): Uint8Array {
  try {
    return hexToBytes(text);
  } catch (error) {
    if (error instanceof HexError) throw new ChainFormatError("hex", error.message, path);
    throw error;
  }
}
