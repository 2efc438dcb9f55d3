import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { expect } from "chai";
import { renderPrograms } from "../../bench/programs-table.ts";
import { COMMON_OPTIONS } from "../../src/cli/command.ts";
import { cacheFolder, chainSpecs } from "../../src/cli/demo/chain-specs.ts";
import {
  POLKADOT_BLOCK_1,
  POLKADOT_BLOCK_1_HASH,
  POLKADOT_GENESIS_HASH,
} from "../../src/cli/demo/polkadot-block-1.ts";
import { commands, EXIT } from "../../src/cli/index.ts";
import { InputError } from "../../src/cli/input.ts";
import { DEFAULT_LIMITS } from "../../src/decoder/index.ts";
import { lockstep, TestFolder } from "../cli/support.ts";
import { CLIENTS } from "../clients/clients.ts";
import { namedBlocks, tableRows } from "./markdown.ts";
import { repositoryFile, runExample } from "./support.ts";

const DOCUMENTS = ["README.md", "RATIONALE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
const readme = repositoryFile("README.md").toString();
const blocks = namedBlocks(readme);
const rows = tableRows(readme);

function block(name: string): string {
  const found = blocks.filter((candidate) => candidate.name === name);
  expect(found, `README blocks named "${name}"`).to.have.length(1);
  return found[0]!.text;
}

/** What differs from run to run: times, and whether the specification came from the cache. */
function withoutCircumstances(output: string): string[] {
  return output
    .replace(/[\d.]+ m?s; [\d.]+ m?s in all/, "TIME")
    .replace(/, (fetched with npm, kept in|from) .*/, ", PLACE")
    .trimEnd()
    .split("\n");
}

describe("the README", () => {
  it("shows examples as they are", () => {
    const shown = blocks.filter(({ name }) => name.startsWith("examples/"));
    expect(shown.length).to.be.at.least(3);
    for (const { name, text } of shown) expect(text, name).to.equal(repositoryFile(name).toString());
  });

  for (const name of ["run-module", "limits", "pause", "host-module"]) {
    it(`shows what examples/${name}.mjs prints`, () => {
      const { stdout, stderr } = runExample(name);
      expect(stderr).to.equal("");
      expect(block(`output: examples/${name}.mjs`)).to.equal(stdout);
    });
  }

  it("lists every command, and no other", () => {
    const listed = rows.map(([first]) => /^lockstep ([a-z]+)( |$)/.exec(first!)?.[1]);
    const names = commands.map(({ name }) => name);
    expect(listed.filter((name) => name !== undefined)).to.have.members(names);
  });

  it("mentions only options that exist", () => {
    const known = new Set(commands.flatMap(({ options }) => Object.keys(options)));
    const rest = new Set(["help", "no-expose-wasm", "prefix"]);
    for (const [, option] of readme.matchAll(/`[^`\n]*?--([a-z][a-z-]*)/g)) {
      expect(known.has(option!) || rest.has(option!), `--${option}`).to.equal(true);
    }
  });

  it("lists every exit code, and no other", () => {
    const listed = rows.map(([first]) => first!).filter((cell) => /^\d+$/.test(cell));
    expect(listed.map(Number)).to.have.members(Object.values(EXIT));
  });

  it("states the gas limit that the help states", () => {
    const limit = /default ([\d,]+)/.exec(COMMON_OPTIONS.gas.help)![1]!;
    expect(readme).to.contain(`limit of ${limit} gas`);
  });

  it("lists the package's entries", () => {
    const { exports } = JSON.parse(repositoryFile("package.json").toString()) as { exports: object };
    const entries = Object.keys(exports)
      .filter((path) => path !== "./package.json")
      .map((path) => path.replace(/^\./, "lockstep"));
    const listed = rows.map(([first]) => first!).filter((cell) => /^lockstep(\/[a-z]+)*$/.test(cell));
    expect(listed).to.have.members(entries);
  });
});

describe("the README's real programs", () => {
  const table = rows.filter((cells) => cells.length === 7 && cells[4]!.includes(".test.ts"));
  const testOf = (cells: string[]): string => /\((.*)\)/.exec(cells[4]!)![1]!;

  it("are rendered as the benchmarks' report renders them, but for figures", () => {
    const withoutFigures = (all: string[][]) => all.map((cells) => cells.slice(0, 5));
    const rendered = tableRows(renderPrograms(() => undefined)).slice(2);
    expect(withoutFigures(table)).to.deep.equal(withoutFigures(rendered));
  });

  it("have all packages that tests run on the polyfill", () => {
    const listed = table.map(([, , command]) => /run\.mjs (\S+)$/.exec(command!)?.[1]);
    expect(listed.filter((name) => name !== undefined)).to.have.members(
      CLIENTS.map(({ program }) => program),
    );
  });

  it("name tests that there are", () => {
    for (const cells of table) {
      const name = /^npm test -- -f "(.*)"$/.exec(cells[2]!)?.[1];
      if (name === undefined) continue;
      const source = repositoryFile(testOf(cells)).toString();
      const suites = [...source.matchAll(/describe\(["`](.*?)["`]/g)].map(([, title]) => title!);
      expect(
        suites.some((title) => title.includes(name)),
        name,
      ).to.equal(true);
    }
  });

  it("run by the commands that are shown, as far as these are WASI programs", function () {
    if (process.platform !== "linux") this.skip(); // folders of other systems have links of their own kind
    const folder = new TestFolder();
    try {
      const bin = repositoryPath("dist/src/cli/bin.js");
      const commands = table
        .map(([, , command]) => command!)
        .filter((text) => text.startsWith("lockstep run"));
      expect(commands).to.have.length(4);
      for (const command of commands) {
        const [, args, , input] = /^lockstep (run .*?)( < (.*))?$/.exec(command) as unknown as string[];
        const { status, stdout } = spawnSync(
          process.execPath,
          ["--no-expose-wasm", bin, ...args!.replace("./data", folder.path).split(" ")],
          {
            cwd: repositoryPath("."),
            encoding: "utf8",
            input: input === undefined ? "" : repositoryFile(input),
          },
        );
        expect(status, command).to.equal(0);
        expect(stdout, command).not.to.equal("");
      }
    } finally {
      folder.remove();
    }
  });
});

describe("the README's real chain", () => {
  const folder = new TestFolder();
  after(() => folder.remove());
  const cache = cacheFolder(process.env);
  let spec: string | undefined;

  before(async function () {
    const absent = () => Promise.reject(new InputError(`no chain specifications in ${cache}; run the demo`));
    try {
      const specs = await chainSpecs({ cache, fetch: absent });
      spec = folder.write("polkadot.json", specs.read("polkadot"));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      console.log(`      skipped: ${error.message.split("\n")[0]}`);
      this.skip();
    }
  });

  it("shows what the demo prints", async () => {
    const { code, stdout } = await lockstep(["demo"], { LOCKSTEP_CACHE: cache });
    expect(code).to.equal(0);
    expect(withoutCircumstances(block("output: lockstep demo"))).to.deep.equal(withoutCircumstances(stdout));
  });

  for (const name of ["verify-block", "witness"]) {
    it(`shows what examples/${name}.mjs prints`, () => {
      const blockFile = folder.write("block.json", POLKADOT_BLOCK_1);
      const { status, stdout, stderr } = runExample(name, spec!, blockFile);
      expect(stderr).to.equal("");
      expect(status).to.equal(0);
      expect(block(`output: examples/${name}.mjs`)).to.equal(stdout);
    });
  }
});

describe("the documents", () => {
  it("show the hashes that the demo must arrive at", () => {
    for (const hash of [POLKADOT_GENESIS_HASH, POLKADOT_BLOCK_1_HASH]) {
      expect(block("output: lockstep demo")).to.contain(hash);
    }
  });

  it("state limits as they are", () => {
    const security = repositoryFile("SECURITY.md").toString();
    expect(security).to.contain(`${DEFAULT_LIMITS.locals.toLocaleString("en")} locals`);
    expect(security).to.contain(`${DEFAULT_LIMITS.tableElements.toLocaleString("en")} elements`);
  });

  for (const document of DOCUMENTS) {
    it(`${document} links to files that are there`, () => {
      const text = repositoryFile(document).toString();
      for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(() => repositoryPath(target!), target).not.to.throw();
      }
    });

    it(`${document} names files of the source that are there`, () => {
      const text = repositoryFile(document).toString();
      for (const [, path] of text.matchAll(/`((?:src|scripts|test|examples|spec-tests)\/[\w./-]+)`/g)) {
        expect(() => repositoryPath(path!), path).not.to.throw();
      }
    });
  }
});

/** @throws Error if there is no such file or folder in the repository. */
function repositoryPath(path: string): string {
  const root = resolve(dirname(new URL(import.meta.url).pathname), "../../..");
  const full = resolve(root, path);
  if (!existsSync(full)) throw new Error(`no ${path}`);
  return full;
}
