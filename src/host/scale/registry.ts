import { Bool, Bytes, Null, Raw, Text, Type, U8, U8aFixed, U16, U32, U64, U128 } from "@polkadot/types-codec";
import type { Codec, CodecClass, Registry } from "@polkadot/types-codec/types";
import { blake2b256 } from "../state/hash.ts";

/** A type name, or a use of the registry, that needs a chain's metadata. */
export class CodecRegistryError extends Error {
  override readonly name = "CodecRegistryError";
}

/** `Balance` is asked for by the integers when they show themselves to people. */
class Balance extends U128 {}
class H256 extends U8aFixed.with(256) {}

const CLASSES = {
  Balance,
  Bool,
  bool: Bool,
  Bytes,
  H256,
  Hash: H256,
  Null,
  Raw,
  Text,
  Type,
  u8: U8,
  U8,
  u16: U16,
  U16,
  u32: U32,
  U32,
  u64: U64,
  U64,
  u128: U128,
  U128,
} as unknown as Record<string, CodecClass>;

/**
 * The least registry with which the codec classes of `@polkadot/types-codec` work, for those who want decoded
 * structures as the ecosystem knows them. It has the primitive types and no metadata, and so none of the
 * Wasm code that `@polkadot/types` brings. Those classes decode leniently: check bytes with ScaleReader first.
 *
 * Kept out of `scale/index.ts`, for the verifier has no need of it.
 */
export class CodecRegistry implements Registry {
  readonly chainDecimals = [10];
  readonly chainIsEthereum = false;
  readonly chainSS58 = undefined;
  readonly chainTokens = ["DOT"];

  hash(data: Uint8Array): H256 {
    return new H256(this, blake2b256(data));
  }

  hasClass(name: string): boolean {
    return Object.hasOwn(CLASSES, name);
  }

  hasDef(name: string): boolean {
    return this.hasClass(name);
  }

  hasType(name: string): boolean {
    return this.hasClass(name);
  }

  isLookupType(value: string): value is `Lookup${number}` {
    return value.startsWith("Lookup");
  }

  getClassName(type: CodecClass): string | undefined {
    return Object.keys(CLASSES).find((name) => CLASSES[name] === type);
  }

  createClassUnsafe<T extends Codec = Codec, K extends string = string>(type: K): CodecClass<T> {
    if (!this.hasClass(type)) throw new CodecRegistryError(`unknown type ${type}`);
    return CLASSES[type] as CodecClass<T>;
  }

  createTypeUnsafe<T extends Codec = Codec, K extends string = string>(type: K, params: unknown[]): T {
    return new (this.createClassUnsafe<T>(type))(this, ...params);
  }

  get(name: string): CodecClass | undefined {
    return this.hasClass(name) ? CLASSES[name] : undefined;
  }

  getOrThrow<T extends Codec = Codec, K extends string = string>(name: K): CodecClass<T> {
    return this.createClassUnsafe<T>(name);
  }

  getOrUnknown<T extends Codec = Codec, K extends string = string>(name: K): CodecClass<T> {
    return this.createClassUnsafe<T>(name);
  }

  getTransactionExtensionVersion(): number {
    return 0;
  }

  getSignedExtensionExtra(): Record<string, string> {
    return {};
  }

  getSignedExtensionTypes(): Record<string, string> {
    return {};
  }

  createLookupType(): never {
    return needsMetadata();
  }

  findMetaCall(): never {
    return needsMetadata();
  }

  findMetaError(): never {
    return needsMetadata();
  }

  findMetaEvent(): never {
    return needsMetadata();
  }

  register(): never {
    return needsMetadata();
  }

  setMetadata(): never {
    return needsMetadata();
  }
}

function needsMetadata(): never {
  throw new CodecRegistryError("this registry has primitive types only, no metadata");
}
