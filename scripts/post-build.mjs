// Makes the command executable after `tsc`, which writes plain files.
import { chmodSync, existsSync } from "node:fs";

const bin = new URL("../dist/src/cli/bin.js", import.meta.url);
if (existsSync(bin)) chmodSync(bin, 0o755);
