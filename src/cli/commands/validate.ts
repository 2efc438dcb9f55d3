import { load } from "../../decoder/index.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { count, size } from "../format.ts";
import { parseFeatures, readBytes, unwrapHexText } from "../input.ts";
import { printJson, printLines } from "../io.ts";

export const validate = defineCommand({
  name: "validate",
  summary: "decode and validate a Wasm module",
  positionals: [{ name: "FILE" }],
  options: { features: COMMON_OPTIONS.features, json: COMMON_OPTIONS.json },
  notes: `
--json prints {"ok":true,"size":BYTES,"functions":N,"features":[…]}, or
{"ok":false,"error":{"kind","message","offset","context"}} where kind is
malformed, invalid, unsupported or limit, and offset counts bytes of the file.
`,
  run({ positionals: [file], options }, io) {
    const features = parseFeatures(options.features) ?? "polkadot";
    const module = load(unwrapHexText(readBytes(file!)), { features });
    if (options.json) {
      const used = [...module.features].sort();
      printJson(io, {
        ok: true,
        size: module.bytes.length,
        functions: module.functions.length,
        features: used,
      });
    } else {
      const facts = `${size(module.bytes.length)}, ${count(module.functions.length, "function")}`;
      printLines(io, `${io.colors.green("valid")} (${facts})`);
    }
    return EXIT.ok;
  },
});
