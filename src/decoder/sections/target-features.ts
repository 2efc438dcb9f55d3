import type { DecoderLimits } from "../limits.ts";
import type { CustomSection, TargetFeature } from "../module.ts";
import { Reader } from "../reader.ts";
import { readText, tolerantly } from "./tolerant.ts";

const USES: { readonly [prefix: number]: TargetFeature["use"] } = {
  43: "used",
  45: "disallowed",
  61: "required",
};

/**
 * Reads the first custom section called `target_features` (WebAssembly tool conventions, Linking.md) as far as it
 * can be read.
 */
export function readTargetFeatures(
  sections: readonly CustomSection[],
  limits: DecoderLimits,
): TargetFeature[] {
  const features: TargetFeature[] = [];
  const section = sections.find(({ name }) => name === "target_features");
  if (section === undefined) return features;
  const reader = new Reader(section.bytes, limits);
  tolerantly(() => {
    for (let count = reader.u32(); count > 0; count--) {
      const use = USES[reader.u8()];
      const name = readText(reader);
      if (use !== undefined && name !== undefined) features.push({ use, name });
    }
  });
  return features;
}
