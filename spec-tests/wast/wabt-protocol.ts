import type { WabtFeatures } from "./wabt-features.ts";

/** What the child process that runs wabt is asked, as JSON on its standard input. */
export interface WabtRequest {
  /** Path of wabt's main file. */
  readonly wabt: string;
  readonly features: WabtFeatures;
  /** Modules in the text format, base64. */
  readonly texts: readonly string[];
}

/** What became of one text: a binary, base64, or wabt's reason to refuse it, with the line where it says so. */
export type WabtResult =
  | { readonly binary: string }
  | { readonly refused: string; readonly line: number | undefined };

/** Its answer, as JSON on its standard output: as many results as there were texts, in their order. */
export interface WabtResponse {
  readonly results: readonly WabtResult[];
}
