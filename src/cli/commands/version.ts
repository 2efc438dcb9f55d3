import type { RuntimeVersion } from "../../host/chain/index.ts";
import { Runtime, runtimeApiName } from "../../host/runtime/index.ts";
import { readCode } from "../chain-input.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { columns } from "../format.ts";
import { parseFeatures } from "../input.ts";
import { printJson, printLines } from "../io.ts";

/** A runtime's version as `--json` has it: APIs with the names of their traits, null for unknown ones. */
export interface JsonVersion extends Omit<RuntimeVersion, "apis"> {
  readonly apis: readonly { readonly id: string; readonly name: string | null; readonly version: number }[];
}

export function versionToJson(version: RuntimeVersion): JsonVersion {
  return {
    ...version,
    apis: version.apis.map(({ id, version: number }) => ({
      id,
      name: runtimeApiName(id) ?? null,
      version: number,
    })),
  };
}

export const version = defineCommand({
  name: "version",
  summary: "show the version of a Polkadot runtime and its APIs",
  positionals: [{ name: "CODE" }],
  options: { features: COMMON_OPTIONS.features, json: COMMON_OPTIONS.json },
  notes: `
CODE is a runtime module, compressed or not, raw or as 0x hex text; or a chain
specification or state, whose :code is asked. The version comes from custom
sections, or where there are none from calling Core_version.

--json prints {"result":{"specName","implName","authoringVersion","specVersion",
"implVersion","apis":[{"id","name","version"}],"transactionVersion",
"systemVersion"}}; "name" is null for an API not known here.
`,
  run({ positionals: [code], options }, io) {
    const features = parseFeatures(options.features);
    const { blob } = readCode(code!);
    const { apis, ...fields } = versionToJson(Runtime.fromCode(blob, features && { features }).version());
    if (options.json) {
      printJson(io, { result: { ...fields, apis } });
      return EXIT.ok;
    }
    printLines(
      io,
      ...columns(
        Object.entries(fields).map(([name, value]) => [name, String(value)]),
        "",
      ),
    );
    printLines(io, "", io.colors.bold(`APIs (${apis.length})`));
    printLines(
      io,
      ...columns(apis.map(({ id, name, version: number }) => [id, name ?? "unknown", String(number)])),
    );
    return EXIT.ok;
  },
});
