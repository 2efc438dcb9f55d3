import { formatBytes } from "./format.ts";
import type { Stored } from "./value-type.ts";

type Fields = { readonly [name: string]: Stored<unknown> };
/** The JavaScript value of a struct: the fields' values by their names. */
export type StructOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Stored<infer T> ? T : never;
};

interface Place {
  readonly name: string;
  readonly type: Stored<unknown>;
  readonly offset: number;
}

/**
 * A struct in memory, laid out as C compilers do for wasm32: fields in their order, each at the next multiple of
 * its alignment, the whole padded to a multiple of the greatest. Padding is skipped when read and left as it is
 * when written.
 */
export function struct<const F extends Fields>(name: string, fields: F): Stored<StructOf<F>> {
  const places: Place[] = [];
  let end = 0;
  let alignment = 1;
  for (const [field, type] of Object.entries(fields)) {
    const offset = aligned(end, type.alignment);
    places.push({ name: field, type, offset });
    end = offset + type.size;
    alignment = Math.max(alignment, type.alignment);
  }
  return {
    name,
    size: aligned(end, alignment),
    alignment,
    read: (view, address) =>
      Object.fromEntries(
        places.map((place) => [place.name, place.type.read(view, address + place.offset)]),
      ) as StructOf<F>,
    write: (view, address, value) => {
      for (const place of places) place.type.write(view, address + place.offset, value[place.name]);
    },
    format: (value) =>
      `{${places.map((place) => `${place.name}: ${place.type.format(value[place.name])}`).join(", ")}}`,
  };
}

function aligned(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}

/** `length` bytes as a struct's field, `u8 name[length]` in C. Reading gives a copy. */
export function byteField(length: number): Stored<Uint8Array> {
  return {
    name: `u8[${length}]`,
    size: length,
    alignment: 1,
    read: (view, address) => new Uint8Array(view.buffer, view.byteOffset + address, length).slice(),
    write: (view, address, value) => {
      if (value.length !== length) throw new TypeError(`${value.length} bytes for a field of ${length}`);
      new Uint8Array(view.buffer, view.byteOffset + address, length).set(value);
    },
    format: (value) => formatBytes(value),
  };
}

/** `length` values one after the other as a struct's field, `T name[length]` in C. */
export function arrayField<T>(type: Stored<T>, length: number): Stored<readonly T[]> {
  return {
    name: `${type.name}[${length}]`,
    size: type.size * length,
    alignment: type.alignment,
    read: (view, address) => Array.from({ length }, (_, i) => type.read(view, address + i * type.size)),
    write: (view, address, value) => {
      if (value.length !== length) throw new TypeError(`${value.length} values for a field of ${length}`);
      value.forEach((item, i) => {
        type.write(view, address + i * type.size, item);
      });
    },
    format: (value) => `[${value.map((item) => type.format(item)).join(", ")}]`,
  };
}
