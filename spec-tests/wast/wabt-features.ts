import { type Feature, type FeatureSet, resolveFeatures } from "../../src/decoder/index.ts";

/** wabt's names of the features that the engine under test knows. */
const KNOWN: { readonly [feature in Feature]: string } = {
  "mutable-globals": "mutable_globals",
  "sign-extension": "sign_extension",
  "saturating-float-to-int": "sat_float_to_int",
};

/** All the others: some of them wabt has on unless told otherwise. */
const OTHERS = [
  "annotations",
  "bulk_memory",
  "code_metadata",
  "exceptions",
  "extended_const",
  "function_references",
  "gc",
  "memory64",
  "multi_memory",
  "multi_value",
  "reference_types",
  "relaxed_simd",
  "simd",
  "tail_call",
  "threads",
];

export type WabtFeatures = { readonly [name: string]: boolean };

/** Every feature of wabt, on or off, so that its parser reads exactly the language of a feature set. */
export function wabtFeatures(set: FeatureSet): WabtFeatures {
  const wanted = resolveFeatures(set);
  const known = Object.entries(KNOWN).map(([feature, name]) => [name, wanted.has(feature as Feature)]);
  return Object.fromEntries([...OTHERS.map((name) => [name, false]), ...known]);
}
