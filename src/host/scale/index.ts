export { ScaleError, type ScaleErrorKind } from "./errors.ts";
export { ScaleReader } from "./reader.ts";
export { decodeUtf8, encodeUtf8 } from "./utf8.ts";
export { encodeCompact, ScaleWriter } from "./writer.ts";
