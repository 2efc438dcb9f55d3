import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { WasiError } from "../../src/host/wasi/index.ts";
import { NodeFolder, SystemClock, systemEntropy } from "../../src/node/index.ts";
import { Caller, CREAT } from "../host/wasi/harness.ts";

describe("folders of this machine", () => {
  let base: string;
  before(function () {
    if (process.platform !== "linux") this.skip();
  });
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "lockstep-folder-"));
    mkdirSync(join(base, "given/sub"), { recursive: true });
    writeFileSync(join(base, "secret"), "secret");
    writeFileSync(join(base, "given/file"), "content");
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const given = (): Caller => new Caller({ folders: { "/": NodeFolder.open(join(base, "given")) } });

  it("are not left by links that lie in them", () => {
    symlinkSync("../secret", join(base, "given/relative"));
    symlinkSync(join(base, "secret"), join(base, "given/absolute"));
    symlinkSync("..", join(base, "given/up"));
    symlinkSync("/proc/self/root", join(base, "given/root"));
    const c = given();
    for (const path of ["relative", "absolute", "up", "up/secret", "sub/../up/secret", "root/etc/passwd"]) {
      expect(c.open(path, { base: 2n }), path).to.equal("perm");
    }
    // Whether a link is the last name or not, what is made or removed is in the folder.
    expect(c.open("up/made", { oflags: CREAT })).to.equal("perm");
    expect(c.call("path_unlink_file", 3, "up/secret")).to.equal("perm");
    expect(c.call("path_rename", 3, "up/secret", 3, "mine")).to.equal("perm");
    expect(c.call("path_link", 3, 0, "up/secret", 3, "mine")).to.equal("perm");
    expect(c.call("path_unlink_file", 3, "absolute")).to.equal("success");
    expect(readFileSync(join(base, "secret"), "utf8")).to.equal("secret");
  });

  it("are not left when what is resolved is replaced meanwhile", () => {
    const folder = NodeFolder.open(join(base, "given"));
    writeFileSync(join(base, "given/sub/secret"), "harmless");
    // Between finding out what a name is and using it: the folder becomes a link to the outside.
    const inner = folder.openFolder("sub");
    renameSync(join(base, "given/sub"), join(base, "given/moved"));
    symlinkSync("..", join(base, "given/sub"));
    const bytes = new Uint8Array(20);
    const open = { read: true, write: false, create: false, exclusive: false, truncate: false };
    const file = inner.openFile("secret", open);
    expect(new TextDecoder().decode(bytes.subarray(0, file.read(bytes, 0)))).to.equal("harmless");
    expect(() => folder.openFolder("sub"))
      .to.throw(WasiError)
      .with.property("errno", "notdir");
    // A file that becomes a link.
    unlinkSync(join(base, "given/file"));
    symlinkSync("../secret", join(base, "given/file"));
    expect(() => folder.openFile("file", open))
      .to.throw(WasiError)
      .with.property("errno", "loop");
    expect(() => folder.openFile("file", { ...open, write: true, truncate: true })).to.throw(WasiError);
    for (const name of ["", ".", "..", "sub/secret", "a\0b"]) {
      expect(() => folder.lookup(name), name)
        .to.throw(WasiError)
        .with.property("errno", "inval");
    }
    file.close();
    inner.close();
    folder.close();
  });

  it("give no devices, pipes or sockets", () => {
    execFileSync("mkfifo", [join(base, "given/pipe")]);
    const c = given();
    expect(c.open("pipe", { base: 2n })).to.equal("acces");
  });

  it("tell errors by their names, and close what they opened", () => {
    const descriptors = (): number => NodeFolder.open("/proc/self/fd").list().length;
    const before = descriptors();
    const c = given();
    expect(c.open("none/x")).to.equal("noent");
    expect(c.open("file/x")).to.equal("notdir");
    expect(c.call("path_remove_directory", 3, "sub")).to.equal("success");
    const fd = c.open("file");
    expect(c.read(fd as number)).to.equal("content");
    expect(c.call("fd_filestat_set_times", fd as number, 1_500_000_000n, 2_500_000_000n, 5)).to.equal(
      "success",
    );
    c.call("fd_filestat_get", fd as number, 64);
    expect([c.u64(64 + 40), c.u64(64 + 48)]).to.deep.equal([1_500_000_000n, 2_500_000_000n]);
    c.wasi.descriptors.closeAll();
    // The two listings left a descriptor each.
    expect(descriptors()).to.equal(before + 1);
    expect(() => NodeFolder.open(join(base, "none")))
      .to.throw(WasiError)
      .with.property("errno", "noent");
    expect(existsSync(join(base, "given/sub"))).to.equal(false);
  });
});

describe("clocks and entropy of this machine", () => {
  it("go on, and sleep", () => {
    const clock = new SystemClock();
    const before = clock.now(1);
    clock.sleep(2_000_000n);
    expect(Number(clock.now(1) - before)).to.be.at.least(1_500_000);
    const wall = Number(clock.now(0) / 1_000_000n);
    expect(Math.abs(wall - Date.now())).to.be.below(60_000);
    expect(clock.resolution(0) > 0n).to.equal(true);
  });

  it("are not the same twice", () => {
    const [a, b] = [new Uint8Array(32), new Uint8Array(32)];
    systemEntropy.fill(a);
    systemEntropy.fill(b);
    expect(a).not.to.deep.equal(b);
  });
});
