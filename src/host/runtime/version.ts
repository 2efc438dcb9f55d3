import type { ValidModule } from "../../decoder/module.ts";
import { decodeVersionSections, type RuntimeVersion } from "../chain/runtime-version.ts";
import { ScaleError } from "../scale/errors.ts";
import { RuntimeError } from "./errors.ts";

/**
 * The version a module carries in its custom sections, or undefined if it has none and must be asked
 * (runtime-calls.md section 4.1). Of several sections of one name the first counts.
 * @throws RuntimeError `bad-version`
 */
export function versionInSections(module: ValidModule): RuntimeVersion | undefined {
  const section = (name: string) => module.customSections.find((custom) => custom.name === name)?.bytes;
  const version = section("runtime_version");
  if (version === undefined) return undefined;
  return decodingVersion(() => decodeVersionSections(version, section("runtime_apis")));
}

/** Runs a decoder of versions. @throws RuntimeError `bad-version` where it throws ScaleError */
export function decodingVersion(decode: () => RuntimeVersion): RuntimeVersion {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ScaleError)) throw error;
    throw new RuntimeError("bad-version", `the runtime's version does not decode: ${error.message}`, {
      cause: error,
    });
  }
}
