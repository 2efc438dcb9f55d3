import { decodeHeader, type Header, readJsonHeader } from "../host/chain/index.ts";
import { HexError, hexToBytes } from "../host/hex.ts";
import { UsageError } from "./args.ts";
import { inFile } from "./chain-input.ts";
import { looksLikeJson, parseJson, readBytes, unwrapHexText } from "./input.ts";

/** The option by which commands take the header of the block before. */
export const PARENT_OPTION = {
  parent: { value: "HEX", help: "header of the block before, or @FILE with it" },
} as const;

/**
 * The header that `--parent` gives: SCALE in hex, or a file that has it raw, as hex text, or as JSON in any form of
 * JSON-RPC, also within its block. Undefined if it is not given.
 * @throws UsageError, InputError, FormatError, ScaleError, HexError
 */
export function readParent({ parent }: { readonly parent?: string | undefined }): Header | undefined {
  if (parent === undefined) return undefined;
  if (!parent.startsWith("@")) return decodeHeader(parseArgument(parent));
  const file = parent.slice(1);
  const bytes = readBytes(file);
  if (!looksLikeJson(bytes)) return decodeHeader(unwrapHexText(bytes));
  return inFile(file, () => readJsonHeader(parseJson(bytes, file)));
}

function parseArgument(text: string): Uint8Array {
  try {
    return hexToBytes(text, "optional");
  } catch (error) {
    if (error instanceof HexError) throw new UsageError(`--parent: ${error.message}`);
    throw error;
  }
}
