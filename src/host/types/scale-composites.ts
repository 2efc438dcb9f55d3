import {
  type Codec,
  compactSize,
  type Encoding,
  type ScaleResult,
  type ValueOf,
  writeCompact,
} from "./encoding.ts";

/** Items shown of a long list. */
const SHOWN = 8;

/** SCALE `Option<T>`; `undefined` is None. */
export function option<T>(inner: Codec<T>): Codec<T | undefined> {
  return {
    name: `Option<${inner.name}>`,
    minimum: 1,
    size: (value) => (value === undefined ? 1 : 1 + inner.size(value)),
    write: (value, bytes, at) => {
      bytes[at] = value === undefined ? 0 : 1;
      return value === undefined ? at + 1 : inner.write(value, bytes, at + 1);
    },
    read: (reader) => reader.option((r) => inner.read(r)),
    format: (value) => (value === undefined ? "None" : `Some(${inner.format(value)})`),
  };
}

/** SCALE `Result<T, E>`. */
export function result<T, E>(ok: Codec<T>, error: Codec<E>): Codec<ScaleResult<T, E>> {
  return {
    name: `Result<${ok.name}, ${error.name}>`,
    minimum: 1 + Math.min(ok.minimum, error.minimum),
    size: (value) => 1 + ("ok" in value ? ok.size(value.ok) : error.size(value.error)),
    write: (value, bytes, at) => {
      bytes[at] = "ok" in value ? 0 : 1;
      return "ok" in value ? ok.write(value.ok, bytes, at + 1) : error.write(value.error, bytes, at + 1);
    },
    read: (reader) => {
      const start = reader.offset;
      const tag = reader.u8();
      if (tag > 1) throw reader.error("invalid-value", `result tag is ${tag}`, start);
      return tag === 0 ? { ok: ok.read(reader) } : { error: error.read(reader) };
    },
    format: (value) => ("ok" in value ? `Ok(${ok.format(value.ok)})` : `Err(${error.format(value.error)})`),
  };
}

/** SCALE `Vec<T>`. */
export function vec<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    name: `Vec<${item.name}>`,
    minimum: 1,
    size: (value) => value.reduce((sum, one) => sum + item.size(one), compactSize(value.length)),
    write: (value, bytes, at) =>
      value.reduce((end, one) => item.write(one, bytes, end), writeCompact(value.length, bytes, at)),
    // Items of no size would let a count stand for any number of them.
    read: (reader) => reader.vec((r) => item.read(r), Math.max(1, item.minimum)),
    format: (value) => {
      const more = value.length > SHOWN ? [`…(${value.length})`] : [];
      return `[${[...value.slice(0, SHOWN).map((one) => item.format(one)), ...more].join(", ")}]`;
    },
  };
}

type Encodings = { readonly [name: string]: Encoding<unknown> };
type Codecs = { readonly [name: string]: Codec<unknown> };
type RecordOf<F extends Encodings> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** A SCALE struct: its fields, in their order. */
export function record<const F extends Codecs>(name: string, fields: F): Codec<RecordOf<F>> {
  const list = Object.entries(fields);
  return {
    name,
    minimum: list.reduce((sum, [, codec]) => sum + codec.minimum, 0),
    size: (value) => list.reduce((sum, [field, codec]) => sum + codec.size(value[field]), 0),
    write: (value, bytes, at) =>
      list.reduce((end, [field, codec]) => codec.write(value[field], bytes, end), at),
    read: (reader) =>
      Object.fromEntries(list.map(([field, codec]) => [field, codec.read(reader)])) as RecordOf<F>,
    format: (value) =>
      `{${list.map(([field, codec]) => `${field}: ${codec.format(value[field])}`).join(", ")}}`,
  };
}

/** The values of a tuple of codecs. */
export type TupleOf<C extends readonly Encoding<unknown>[]> = { readonly [K in keyof C]: ValueOf<C[K]> };

/** A SCALE tuple. */
export function tuple<const C extends readonly Codec<unknown>[]>(...codecs: C): Codec<TupleOf<C>> {
  return {
    name: `(${codecs.map(({ name }) => name).join(", ")})`,
    minimum: codecs.reduce((sum, codec) => sum + codec.minimum, 0),
    size: (value) => codecs.reduce((sum, codec, i) => sum + codec.size(value[i]), 0),
    write: (value, bytes, at) => codecs.reduce((end, codec, i) => codec.write(value[i], bytes, end), at),
    read: (reader) => codecs.map((codec) => codec.read(reader)) as unknown as TupleOf<C>,
    format: (value) => `(${codecs.map((codec, i) => codec.format(value[i])).join(", ")})`,
  };
}

/** A case of a SCALE enum: the byte that stands for it, and what follows. */
export type Cases = { readonly [kind: string]: readonly [index: number, content: Codec<unknown>] };
/** One of the cases, by its name. */
export type VariantOf<C extends Cases> = {
  [K in keyof C & string]: { readonly kind: K; readonly value: ValueOf<C[K][1]> };
}[keyof C & string];

/** A SCALE enum: `variant("Status", { missing: [0, unit], found: [3, u16le] })`. */
export function variant<const C extends Cases>(name: string, cases: C): Codec<VariantOf<C>> {
  const content = (value: VariantOf<C>): Codec<unknown> => cases[value.kind]![1];
  return {
    name,
    minimum: 1 + Math.min(...Object.values(cases).map(([, codec]) => codec.minimum)),
    size: (value) => 1 + content(value).size(value.value),
    write: (value, bytes, at) => {
      bytes[at] = cases[value.kind]![0];
      return content(value).write(value.value, bytes, at + 1);
    },
    read: (reader) => {
      const start = reader.offset;
      const byte = reader.u8();
      const found = Object.entries(cases).find(([, [index]]) => index === byte);
      if (found === undefined) throw reader.error("invalid-value", `${byte} is no ${name}`, start);
      const [kind, [, codec]] = found;
      return { kind, value: codec.read(reader) } as VariantOf<C>;
    },
    format: (value) =>
      `${value.kind}${value.value === undefined ? "" : `(${content(value).format(value.value)})`}`,
  };
}
