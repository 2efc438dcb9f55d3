import { dirname } from "node:path";
import { Runtime } from "../../host/runtime/index.ts";
import { type ChainInput, codeIn, specInput } from "../chain-input.ts";
import { count, size } from "../format.ts";
import { parseJson } from "../input.ts";
import { type Io, printLines, showProgress } from "../io.ts";
import { cacheFolder, chainSpecs, PACKAGE } from "./chain-specs.ts";

/** Polkadot's genesis from the pinned package, told about as it comes unless `quiet`. @throws InputError */
export async function polkadotGenesis(io: Io, quiet: boolean): Promise<ChainInput> {
  showProgress(io, `fetching ${PACKAGE}`);
  const specs = await chainSpecs({ cache: cacheFolder(io.env) });
  showProgress(io, "reading the genesis state");
  const chain = specInput(parseJson(specs.read("polkadot"), specs.path), specs.path);
  showProgress(io, "");
  if (quiet) return chain;
  const code = codeIn(chain.storage)!;
  const { specName, specVersion } = Runtime.fromCode(code).version();
  printLines(
    io,
    io.colors.bold("Polkadot, executed in plain JavaScript without the engine's Wasm"),
    `  ${PACKAGE}, ${specs.fetched ? "fetched with npm, kept in" : "from"} ${dirname(specs.path)}`,
    `  sha512 as pinned; ${count(chain.storage.top.length)} keys, runtime ${specName} ${specVersion} (${size(code.length)})`,
  );
  return chain;
}
