import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Command, interpreter, readScript, runScript } from "../../../spec-tests/index.ts";
import { type LoadedScript, loadWastScripts } from "../../../spec-tests/wast/index.ts";
import { findWabt } from "../../../spec-tests/wast/wabt.ts";
import { specSuite } from "../../decoder/shared.ts";

/** The suite of 1.0 as scripts and as wast2json converts them, where both are at hand. */
const WAST = specSuite(join("wast", "mvp"));
const JSON_FILES = specSuite("mvp");
const WHY_NOT = WAST && JSON_FILES ? "" : " (skipped: no official suite in both forms)";

/** A command without the name of its module's file, which is each form's own. */
function withoutFilename(command: Command): object {
  return "file" in command ? { ...command, file: command.file.format } : command;
}

describe(`spec-tests/wast: the official suite${WHY_NOT}`, function () {
  this.timeout(120_000);
  let scripts: (readonly [name: string, direct: LoadedScript, converted: LoadedScript])[] = [];

  before(function () {
    if (WAST === undefined || JSON_FILES === undefined || findWabt() === undefined) this.skip();
    const files = readdirSync(WAST).filter((file) => file.endsWith(".wast"));
    const loaded = loadWastScripts(
      files.map((file) => join(WAST, file)),
      "mvp",
    );
    scripts = files.map((file) => {
      const name = file.replace(/\.wast$/, "");
      const folder = join(JSON_FILES, name);
      const converted: LoadedScript = {
        script: readScript(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"))),
        readFile: (filename) => readFileSync(join(folder, filename)),
      };
      return [name, loaded.get(join(WAST, file))!, converted];
    });
  });

  it("is read as the commands that wast2json makes of it, value by value and line by line", () => {
    expect(scripts).to.have.length.above(0);
    for (const [name, direct, converted] of scripts) {
      expect(direct.script.source).to.equal(converted.script.source);
      expect(direct.script.commands.length, name).to.equal(converted.script.commands.length);
      for (const [i, command] of direct.script.commands.entries()) {
        const expected = converted.script.commands[i]!;
        expect(withoutFilename(command), `${name} command ${i}`).to.deep.equal(withoutFilename(expected));
      }
    }
  });

  it("gives the same binaries, byte for byte", () => {
    let count = 0;
    for (const [name, direct, converted] of scripts) {
      for (const [i, command] of direct.script.commands.entries()) {
        if (!("file" in command) || command.file.format === "text") continue;
        const other = converted.script.commands[i] as typeof command;
        const same = Buffer.from(direct.readFile(command.file.filename)).equals(
          converted.readFile(other.file.filename),
        );
        expect(same, `${name} line ${command.line}`).to.equal(true);
        count++;
      }
    }
    expect(count).to.be.above(0);
  });

  it("gives the same report, and nothing fails", () => {
    for (const [name, direct, converted] of scripts) {
      const results = runScript(direct.script, direct.readFile, interpreter, "mvp");
      expect(
        results.filter(({ status }) => status === "failed"),
        name,
      ).to.deep.equal([]);
      expect(results, name).to.deep.equal(
        runScript(converted.script, converted.readFile, interpreter, "mvp"),
      );
    }
  });
});
