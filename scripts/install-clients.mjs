// Installs the packages of test/clients, which tests run on the polyfill: before the first test run, as they are no
// dependencies of Lockstep's. Without a network tests skip them by name.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../test/clients/", import.meta.url);
if (!existsSync(new URL("node_modules/.package-lock.json", folder))) {
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--silent", "--fetch-retries=0"], {
    cwd: fileURLToPath(folder),
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.log("The packages of test/clients cannot be installed now: the tests skip what needs them.");
  }
}
