import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { cacheFolder, chainSpecs } from "../../../src/cli/demo/chain-specs.ts";
import { InputError } from "../../../src/cli/input.ts";

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it succeeded");
}

describe("cli/demo/chain-specs", () => {
  let cache = "";
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "lockstep-test-"));
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  it("refuses a tarball that is not the pinned one, and leaves nothing behind", async () => {
    const fetch = async (_: string, folder: string) =>
      writeFileSync(join(folder, "substrate-connect-0.3.18.tgz"), "x");
    const error = await failureOf(chainSpecs({ cache, fetch }));
    expect(error).to.be.instanceOf(InputError);
    expect((error as Error).message).to.match(/not the pinned one: its hash is sha512-/);
    expect(readdirSync(cache)).to.deep.equal([]);
  });

  it("fetches anew when the cached tarball was changed, and passes on why it could not", async () => {
    writeFileSync(join(cache, "substrate-connect-0.3.18.tgz"), "changed");
    const asked: string[] = [];
    const fetch = async (spec: string) => {
      asked.push(spec);
      throw new InputError("no network");
    };
    const error = await failureOf(chainSpecs({ cache, fetch }));
    expect(asked).to.deep.equal(["@substrate/connect@0.3.18"]);
    expect((error as Error).message).to.match(/^no network\n.*after that no network is needed/);
  });

  it("says so when nothing came", async () => {
    const error = await failureOf(chainSpecs({ cache, fetch: async () => undefined }));
    expect((error as Error).message).to.match(/no tarball came/);
  });

  it("keeps the cache where the environment says", () => {
    expect(cacheFolder({ LOCKSTEP_CACHE: "/tmp/x" })).to.equal("/tmp/x");
    expect(cacheFolder({ LOCKSTEP_CACHE: "" })).to.equal(join(".cache", "lockstep"));
  });
});
