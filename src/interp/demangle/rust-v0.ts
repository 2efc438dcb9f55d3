import { decodePunycode } from "./punycode.ts";
import { suffixOf } from "./suffix.ts";

/** Nesting of paths and types: real names stay far below, and back references make more of it at will. */
const MAX_DEPTH = 100;
/** Paths, types and constants visited: back references repeat what they point at, so a short symbol can ask for 2^n. */
const MAX_STEPS = 5_000;
const MAX_OUTPUT = 16_384;

const BASIC_TYPES: { readonly [tag: string]: string } = {
  a: "i8",
  b: "bool",
  c: "char",
  d: "f64",
  e: "str",
  f: "f32",
  h: "u8",
  i: "isize",
  j: "usize",
  l: "i32",
  m: "u32",
  n: "i128",
  o: "u128",
  p: "_",
  s: "i16",
  t: "u16",
  u: "()",
  v: "...",
  x: "i64",
  y: "u64",
  z: "!",
};

/** The symbol is not of the form, or of a part of it that is not known here. */
class Malformed extends Error {}

/**
 * Rust's mangling "v0" (RFC 2603): `_RNvCs1234_7mycrate3foo` is `mycrate::foo`. Undefined if it is malformed, holds
 * constants of other types than integers, `bool` and `char`, or is too deeply nested.
 */
export function demangleRustV0(symbol: string): string | undefined {
  try {
    return new Demangler(symbol).symbol();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Demangler {
  readonly #text: string;
  /** Back references count from here. */
  readonly #start = 2;
  #at = 2;
  #out = "";
  #depth = 0;
  #steps = 0;
  /** Above 0, what is read is not shown. */
  #silent = 0;
  /** Lifetimes bound by the binders around. */
  #bound = 0;

  constructor(text: string) {
    this.#text = text;
  }

  symbol(): string {
    // A version number would stand here; there is none yet but the one without.
    if (!/^[A-Z]/.test(this.#peek())) throw new Malformed();
    this.#path(true);
    if (/^[A-Z]/.test(this.#peek())) this.#silently(() => this.#path(false));
    const suffix = suffixOf(this.#text.slice(this.#at));
    if (suffix === undefined) throw new Malformed();
    return this.#out + suffix;
  }

  // --- reading -----------------------------------------------------------------------------------------------

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #take(): string {
    const char = this.#peek();
    if (char === "") throw new Malformed();
    this.#at++;
    return char;
  }

  #eat(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }

  #print(text: string): void {
    if (this.#silent > 0) return;
    this.#out += text;
    if (this.#out.length > MAX_OUTPUT) throw new Malformed();
  }

  #silently(read: () => void): void {
    this.#silent++;
    read();
    this.#silent--;
  }

  /** One level deeper. */
  #nested(read: () => void): void {
    if (++this.#depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) throw new Malformed();
    read();
    this.#depth--;
  }

  /** `_` is 0, `0_` 1, … */
  #base62(): number {
    if (this.#eat("_")) return 0;
    let value = 0;
    while (!this.#eat("_")) {
      const char = this.#take();
      const digit = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(char);
      value = value * 62 + digit;
      // Hashes of 64 bits lose digits here: nothing asks for them.
      if (digit < 0 || value > 2 ** 64) throw new Malformed();
    }
    return value + 1;
  }

  /** A number after `tag`, counted from 1; 0 if the tag is not there. */
  #optional62(tag: string): number {
    return this.#eat(tag) ? this.#base62() + 1 : 0;
  }

  /** Reads what stands at the referred place, then goes on here. Not where nothing is shown. */
  #backReference(read: () => void): void {
    const tagAt = this.#at - 1;
    const target = this.#start + this.#base62();
    if (target >= tagAt) throw new Malformed();
    if (this.#silent > 0) return;
    const back = this.#at;
    this.#at = target;
    this.#nested(read);
    this.#at = back;
  }

  #identifier(): { readonly name: string; readonly disambiguator: number } {
    const disambiguator = this.#optional62("s");
    return { disambiguator, name: this.#plainIdentifier() };
  }

  #plainIdentifier(): string {
    const isPunycode = this.#eat("u");
    const digits = /^(?:0|[1-9]\d{0,4})/.exec(this.#text.slice(this.#at, this.#at + 5))?.[0];
    if (digits === undefined) throw new Malformed();
    this.#at += digits.length;
    this.#eat("_");
    const end = this.#at + Number(digits);
    if (end > this.#text.length) throw new Malformed();
    const text = this.#text.slice(this.#at, end);
    this.#at = end;
    const name = isPunycode ? decodePunycode(text) : text;
    if (name === undefined) throw new Malformed();
    return name;
  }

  // --- paths -------------------------------------------------------------------------------------------------

  /** @param isValue generic arguments of a value take `::<…>`, of a type `<…>`. */
  #path(isValue: boolean): void {
    this.#nested(() => this.#pathBody(isValue));
  }

  #pathBody(isValue: boolean): void {
    const tag = this.#take();
    switch (tag) {
      case "C":
        this.#print(this.#identifier().name);
        return;
      case "N": {
        const namespace = this.#take();
        this.#path(isValue);
        this.#member(namespace);
        return;
      }
      case "M":
      case "X":
      case "Y":
        if (tag !== "Y") {
          this.#optional62("s");
          this.#silently(() => this.#path(false));
        }
        this.#print("<");
        this.#type();
        if (tag !== "M") {
          this.#print(" as ");
          this.#path(false);
        }
        this.#print(">");
        return;
      case "I":
        this.#path(isValue);
        this.#print(isValue ? "::<" : "<");
        this.#list(", ", () => this.#genericArgument());
        this.#print(">");
        return;
      case "B":
        this.#backReference(() => this.#pathBody(isValue));
        return;
      default:
        throw new Malformed();
    }
  }

  /** Upper-case namespaces are the compiler's own: closures, shims. */
  #member(namespace: string): void {
    const { name, disambiguator } = this.#identifier();
    if (/[A-Z]/.test(namespace)) {
      const kind = { C: "closure", S: "shim" }[namespace] ?? namespace;
      this.#print(`::{${kind}${name === "" ? "" : `:${name}`}#${disambiguator}}`);
    } else if (/[a-z]/.test(namespace)) {
      if (name !== "") this.#print(`::${name}`);
    } else throw new Malformed();
  }

  /** Elements up to `E`; returns how many. */
  #list(separator: string, element: () => void): number {
    let count = 0;
    for (; !this.#eat("E"); count++) {
      if (count > 0) this.#print(separator);
      element();
    }
    return count;
  }

  #genericArgument(): void {
    if (this.#eat("L")) this.#lifetime();
    else if (this.#eat("K")) this.#constant();
    else this.#type();
  }

  #lifetime(): void {
    const index = this.#base62();
    if (index > this.#bound) throw new Malformed();
    this.#print(index === 0 ? "'_" : lifetimeName(this.#bound - index));
  }

  // --- types -------------------------------------------------------------------------------------------------

  #type(): void {
    this.#nested(() => this.#typeBody());
  }

  #typeBody(): void {
    const tag = this.#take();
    const basic = BASIC_TYPES[tag];
    if (basic !== undefined) {
      this.#print(basic);
      return;
    }
    switch (tag) {
      case "A":
      case "S":
        this.#print("[");
        this.#type();
        if (tag === "A") {
          this.#print("; ");
          this.#constant();
        }
        this.#print("]");
        return;
      case "T": {
        this.#print("(");
        const count = this.#list(", ", () => this.#type());
        this.#print(count === 1 ? ",)" : ")");
        return;
      }
      case "R":
      case "Q":
        this.#print("&");
        if (this.#eat("L")) this.#referenceLifetime();
        if (tag === "Q") this.#print("mut ");
        this.#type();
        return;
      case "P":
      case "O":
        this.#print(tag === "P" ? "*const " : "*mut ");
        this.#type();
        return;
      case "F":
        this.#binding(() => this.#function());
        return;
      case "D":
        this.#print("dyn ");
        this.#binding(() => this.#list(" + ", () => this.#dynTrait()));
        if (!this.#eat("L")) throw new Malformed();
        this.#dynLifetime();
        return;
      case "B":
        this.#backReference(() => this.#typeBody());
        return;
      default:
        this.#at--;
        this.#path(false);
    }
  }

  #referenceLifetime(): void {
    if (this.#eat("_")) return;
    this.#lifetime();
    this.#print(" ");
  }

  #dynLifetime(): void {
    if (this.#eat("_")) return;
    this.#print(" + ");
    this.#lifetime();
  }

  /** `for<'a, 'b> …`, if there is a binder. */
  #binding(read: () => void): void {
    const count = this.#optional62("G");
    // Each costs nothing to write down in the symbol.
    if (count > MAX_DEPTH) throw new Malformed();
    const names = Array.from({ length: count }, (_, i) => lifetimeName(this.#bound + i));
    if (count > 0) this.#print(`for<${names.join(", ")}> `);
    this.#bound += count;
    read();
    this.#bound -= count;
  }

  #function(): void {
    if (this.#eat("U")) this.#print("unsafe ");
    if (this.#eat("K")) {
      const abi = this.#eat("C") ? "C" : this.#plainIdentifier().replaceAll("_", "-");
      this.#print(`extern "${abi}" `);
    }
    this.#print("fn(");
    this.#list(", ", () => this.#type());
    this.#print(")");
    if (this.#eat("u")) return;
    this.#print(" -> ");
    this.#type();
  }

  /** A trait with its bindings: `Iterator<Item = u8>`. */
  #dynTrait(): void {
    let isOpen = this.#openPath();
    while (this.#eat("p")) {
      this.#print(isOpen ? ", " : "<");
      isOpen = true;
      this.#print(`${this.#plainIdentifier()} = `);
      this.#type();
    }
    if (isOpen) this.#print(">");
  }

  /** A path whose generic arguments, if it has any, are left open for more: true if so. */
  #openPath(): boolean {
    if (this.#eat("B")) {
      let isOpen = false;
      this.#backReference(() => {
        isOpen = this.#openPath();
      });
      return isOpen;
    }
    if (!this.#eat("I")) {
      this.#path(false);
      return false;
    }
    this.#path(false);
    this.#print("<");
    this.#list(", ", () => this.#genericArgument());
    return true;
  }

  // --- constants ---------------------------------------------------------------------------------------------

  #constant(): void {
    this.#nested(() => this.#constantBody());
  }

  #constantBody(): void {
    const tag = this.#take();
    if (tag === "B") {
      this.#backReference(() => this.#constantBody());
    } else if (tag === "p") {
      this.#print("_");
    } else if (/[hjmotyailnsx]/.test(tag)) {
      const sign = this.#eat("n") ? "-" : "";
      this.#print(`${sign}${BigInt(`0x${this.#hexDigits()}`)}`);
    } else if (tag === "b") {
      const name = { "0": "false", "1": "true" }[this.#hexDigits()];
      if (name === undefined) throw new Malformed();
      this.#print(name);
    } else if (tag === "c") {
      const point = Number.parseInt(this.#hexDigits(), 16);
      if (!(point <= 0x10ffff)) throw new Malformed();
      this.#print(`'${String.fromCodePoint(point)}'`);
    } else {
      throw new Malformed();
    }
  }

  /** Hexadecimal digits up to `_`; none stand for 0. At most those of 128 bits. */
  #hexDigits(): string {
    const digits = /^[\da-f]{0,32}(?=_)/.exec(this.#text.slice(this.#at, this.#at + 33))?.[0];
    if (digits === undefined) throw new Malformed();
    this.#at += digits.length + 1;
    return digits === "" ? "0" : digits;
  }
}

/** `'a` to `'z`, then `'_26`, … */
function lifetimeName(index: number): string {
  return index < 26 ? `'${String.fromCharCode(0x61 + index)}` : `'_${index}`;
}
