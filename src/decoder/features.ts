/**
 * Post-MVP features, each behind a flag of its own. A feature is listed once it is implemented; the type
 * grows with the engine.
 */
export type Feature =
  | "mutable-globals"
  | "sign-extension"
  | "saturating-float-to-int"
  | "multi-value"
  | "bulk-memory"
  | "reference-types"
  | "extended-const"
  | "simd";

/**
 * Named sets. `mvp` is WebAssembly 1.0 (W3C Recommendation, 2019) exactly; mutable globals may be imported and
 * exported there. `polkadot` is what a Polkadot node's executor accepts for runtimes. `2.0` is everything: WebAssembly
 * 2.0, and extended constant expressions, which compilers use beside it.
 */
export type FeatureSet = "mvp" | "polkadot" | "2.0" | readonly Feature[];

const POLKADOT: readonly Feature[] = ["mutable-globals", "sign-extension", "saturating-float-to-int"];

const SETS: { readonly [name: string]: readonly Feature[] } = {
  mvp: ["mutable-globals"],
  polkadot: POLKADOT,
  "2.0": [...POLKADOT, "multi-value", "bulk-memory", "reference-types", "extended-const", "simd"],
};

/** The features of a set. @throws TypeError for a name that is none. */
export function resolveFeatures(set: FeatureSet): ReadonlySet<Feature> {
  const features = typeof set === "string" ? SETS[set] : set;
  if (features === undefined) throw new TypeError(`unknown feature set "${String(set)}"`);
  return new Set(features);
}

/** Every feature that there is: for code that is taken as its compiler made it. */
export function allFeatures(): readonly Feature[] {
  return [...new Set(Object.values(SETS).flat())];
}
