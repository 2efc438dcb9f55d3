import type { DecoderLimits } from "../limits.ts";
import type { CustomSection, Producer } from "../module.ts";
import { Reader } from "../reader.ts";
import { readText, tolerantly } from "./tolerant.ts";

/**
 * Reads the first custom section called `producers` (WebAssembly tool conventions, ProducersSection.md) as far as
 * it can be read.
 */
export function readProducers(sections: readonly CustomSection[], limits: DecoderLimits): Producer[] {
  const producers: Producer[] = [];
  const section = sections.find(({ name }) => name === "producers");
  if (section === undefined) return producers;
  const reader = new Reader(section.bytes, limits);
  tolerantly(() => {
    for (let fields = reader.u32(); fields > 0; fields--) {
      const field = readText(reader);
      for (let values = reader.u32(); values > 0; values--) {
        const name = readText(reader);
        const version = readText(reader);
        if (field !== undefined && name !== undefined && version !== undefined) {
          producers.push({ field, name, version });
        }
      }
    }
  });
  return producers;
}
