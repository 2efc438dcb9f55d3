// Builds the C programs that tests run. Needs clang, lld and wasi-libc (Debian: clang lld wasi-libc
// libclang-rt-dev-wasm32); what it makes is committed, so that tests need none of them.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const fixtures = fileURLToPath(new URL("../test/fixtures/", import.meta.url));

function clang(...args) {
  execFileSync("clang", args, { cwd: fixtures, stdio: "inherit" });
}

clang(
  "--target=wasm32-wasi",
  "-Oz",
  "-mcpu=mvp",
  "-Wl,--strip-all",
  "-o",
  "wasi/programs.wasm",
  "wasi/programs.c",
);
clang(
  ...["--target=wasm32-wasi", "-mexec-model=reactor", "-Oz", "-mcpu=mvp", "-Wl,--strip-all"],
  ...["-o", "wasi/reactor.wasm", "wasi/reactor.c"],
);
for (const version of [2, 3, 4, 5]) {
  clang(
    ...["--target=wasm32", "-O1", "-mcpu=mvp", `-gdwarf-${version}`, "-ffile-compilation-dir=/project"],
    ...["-nostdlib", "-Wl,--no-entry", "-o", `dwarf/failing-${version}.wasm`, "dwarf/failing.c"],
  );
}
