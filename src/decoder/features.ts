/**
 * Post-MVP features, each behind a flag of its own. A feature is listed once it is implemented; the type
 * grows with the engine.
 */
export type Feature = "mutable-globals" | "sign-extension" | "saturating-float-to-int";

/**
 * Named sets. `mvp` is WebAssembly 1.0 (W3C Recommendation, 2019) exactly; mutable globals may be imported and
 * exported there. `polkadot` is what a Polkadot node's executor accepts for runtimes.
 */
export type FeatureSet = "mvp" | "polkadot" | readonly Feature[];

const SETS: { readonly [name: string]: readonly Feature[] } = {
  mvp: ["mutable-globals"],
  polkadot: ["mutable-globals", "sign-extension", "saturating-float-to-int"],
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
