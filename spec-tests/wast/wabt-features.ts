import { type Feature, type FeatureSet, resolveFeatures } from "../../src/decoder/index.ts";

/** wabt's names of the features that the engine under test knows. */
const KNOWN: { readonly [feature in Feature]: string } = {
  "mutable-globals": "mutable_globals",
  "sign-extension": "sign_extension",
  "saturating-float-to-int": "sat_float_to_int",
  "multi-value": "multi_value",
  "bulk-memory": "bulk_memory",
  "reference-types": "reference_types",
  "extended-const": "extended_const",
  simd: "simd",
};

/** All the others: some of them wabt has on unless told otherwise. */
const OTHERS = [
  "annotations",
  "code_metadata",
  "exceptions",
  "function_references",
  "gc",
  "memory64",
  "multi_memory",
  "relaxed_simd",
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
