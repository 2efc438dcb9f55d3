import { expect } from "chai";
import { memoryFolder, ProcExit, VirtualClock, wasiPreview1 } from "../../../src/host/wasi/index.ts";
import { Trap } from "../../../src/interp/index.ts";
import { ALL, Caller, CREAT, DIRECTORY, EXCL, TRUNC } from "./harness.ts";

const NAMES =
  `args_get args_sizes_get clock_res_get clock_time_get environ_get environ_sizes_get fd_advise fd_allocate
fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get fd_filestat_set_size
fd_filestat_set_times fd_pread fd_prestat_dir_name fd_prestat_get fd_pwrite fd_read fd_readdir fd_renumber fd_seek
fd_sync fd_tell fd_write path_create_directory path_filestat_get path_filestat_set_times path_link path_open
path_readlink path_remove_directory path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise
random_get sched_yield sock_accept sock_recv sock_send sock_shutdown`.split(/\s+/);

const READ = 1n << 1n;
const SEEK = 1n << 2n;
const TELL = 1n << 5n;
const WRITE = 1n << 6n;

/** With a folder at 3 in which there is a file `dir/file`. */
function caller(): Caller {
  return new Caller({ folders: { "/": memoryFolder({ "dir/file": "content" }) } });
}

/** The descriptor that opening gives. */
function opened(given: number | string): number {
  expect(given).to.be.a("number");
  return given as number;
}

describe("WASI's functions", () => {
  it("are all of preview 1", () => {
    expect([...wasiPreview1.module.functions.keys()].sort()).to.deep.equal(NAMES);
  });

  describe("paths", () => {
    const cases: [path: string, outcome: string | undefined][] = [
      ["dir/file", undefined],
      ["dir/.//../dir/./file", undefined],
      ["dir/", undefined],
      ["dir///", undefined],
      [".", undefined],
      ["dir/..", undefined],
      ["/dir/file", "perm"],
      ["..", "perm"],
      ["dir/../..", "perm"],
      ["dir/../../dir/file", "perm"],
      ["dir/file/", "notdir"],
      ["dir/file/.", "notdir"],
      ["dir/file/..", "notdir"],
      ["dir/file\0", "inval"],
      ["", "noent"],
      ["none", "noent"],
      ["none/file", "noent"],
      ["none/..", "noent"],
      ["x".repeat(256), "nametoolong"],
      ["dir/../".repeat(600), "nametoolong"],
    ];
    for (const [path, outcome] of cases) {
      it(`${JSON.stringify(path.slice(0, 30))} ${outcome ?? "opens"}`, () => {
        const result = caller().open(path, { base: READ });
        expect(result).to.equal(outcome ?? 4);
      });
    }

    it("that are not UTF-8 are refused", () => {
      const c = caller();
      expect(c.call("path_create_directory", 3, Uint8Array.of(0x66, 0xff))).to.equal("ilseq");
    });

    it("follow links, inside and no further", () => {
      const c = caller();
      const link = (target: string, name: string) => c.call("path_symlink", target, 3, name);
      for (const [target, name] of [
        ["dir", "folder"],
        ["folder/file", "file"],
        ["../folder/../file", "dir/up"],
        ["../../file", "dir/out"],
        ["self", "self"],
        ["b", "a"],
        ["a", "b"],
        ["nothing", "dangling"],
      ] as const) {
        expect(link(target, name), name).to.equal("success");
      }
      expect(link("/etc", "absolute")).to.equal("perm");
      expect(link("x", "file")).to.equal("exist");
      expect(link("x", "fresh/")).to.equal("noent");
      expect(link("x", "dir/")).to.equal("exist");
      expect(c.open("folder/file", { base: READ })).to.equal(4);
      expect(c.open("file", { base: READ })).to.equal(5);
      expect(c.open("dir/up", { base: READ })).to.equal(6);
      expect(c.open("dir/out", { base: READ })).to.equal("perm");
      expect(c.open("self", { base: READ })).to.equal("loop");
      expect(c.open("a/x", { base: READ })).to.equal("loop");
      expect(c.open("dangling", { base: READ })).to.equal("noent");
      expect(c.open("folder", { follow: false })).to.equal("loop");
      expect(c.open("folder", { follow: false, oflags: DIRECTORY })).to.equal("notdir");
      expect(c.open("file/", { follow: false, base: READ })).to.equal("notdir");
      // Making a file behind a dangling link makes its target; exclusively it does not.
      expect(c.open("dangling", { oflags: CREAT | EXCL })).to.equal("exist");
      expect(c.open("dangling", { oflags: CREAT })).to.equal(7);
      expect(c.open("nothing", { base: READ })).to.equal(8);
      expect(c.call("path_readlink", 3, "file", 0x9000, 4, 0)).to.equal("success");
      expect(c.u32(0)).to.equal(4);
      expect(c.call("path_readlink", 3, "dir", 0x9000, 4, 0)).to.equal("inval");
    });
  });

  it("open with flags", () => {
    const c = caller();
    expect(c.open("dir", { oflags: CREAT, base: READ })).to.equal("isdir");
    expect(c.open("dir", { base: WRITE })).to.equal("isdir");
    expect(c.open("dir/file", { oflags: DIRECTORY })).to.equal("notdir");
    expect(c.open("dir/file", { oflags: CREAT | EXCL })).to.equal("exist");
    expect(c.open("new/", { oflags: CREAT })).to.equal("isdir");
    expect(c.open("new", { oflags: CREAT | DIRECTORY })).to.equal("inval");
    expect(c.open("new", { oflags: 16 })).to.equal("inval");
    const fd = opened(c.open("dir/file", { oflags: TRUNC }));
    expect(c.call("fd_filestat_get", fd, 0)).to.equal("success");
    expect(c.u64(32)).to.equal(0n);
    expect(c.open("x", { dir: fd })).to.equal("notdir");
    expect(c.open("x", { dir: 99 })).to.equal("badf");
  });

  it("take back no rights that were dropped, and give none on", () => {
    const c = caller();
    const fd = opened(c.open("dir/file", { base: READ | SEEK }));
    expect(c.write(fd, "x")).to.equal("badf");
    expect(c.read(fd, 3)).to.equal("con");
    expect(c.call("fd_tell", fd, 0)).to.equal("success");
    expect(c.u64(0)).to.equal(3n);
    expect(c.call("fd_filestat_set_size", fd, 1n)).to.equal("notcapable");
    expect(c.call("fd_fdstat_set_rights", fd, READ | WRITE, 0n)).to.equal("notcapable");
    expect(c.call("fd_fdstat_set_rights", fd, TELL, 0n)).to.equal("notcapable");
    expect(c.call("fd_fdstat_set_rights", fd, SEEK, 0n)).to.equal("success");
    expect(c.read(fd)).to.equal("badf");
    expect(c.call("fd_fdstat_set_rights", 3, 1n << 13n, READ)).to.equal("success");
    expect(c.open("dir/file", { base: READ | WRITE, inheriting: 0n })).to.equal("notcapable");
    expect(c.open("dir/file", { base: READ, inheriting: 0n, oflags: CREAT })).to.equal("notcapable");
    expect(c.open("dir/file", { base: READ, inheriting: 0n, oflags: TRUNC })).to.equal("notcapable");
    expect(c.open("dir/file", { base: READ, inheriting: 0n })).to.be.a("number");
    expect(c.call("path_create_directory", 3, "x")).to.equal("notcapable");
  });

  it("read and write where they are told", () => {
    const c = caller();
    const fd = opened(c.open("dir/file"));
    expect(c.call("fd_seek", fd, -3n, 2, 0)).to.equal("success");
    expect(c.u64(0)).to.equal(4n);
    expect(c.read(fd)).to.equal("ent");
    expect(c.read(fd)).to.equal("");
    expect(c.call("fd_seek", fd, -1n, 0, 0)).to.equal("inval");
    expect(c.call("fd_seek", fd, 0n, 3, 0)).to.equal("inval");
    expect(c.call("fd_seek", fd, 1n << 62n, 0, 0)).to.equal("fbig");
    expect(c.call("fd_seek", fd, 20n, 0, 0)).to.equal("success");
    expect(c.write(fd, "!")).to.equal("success");
    expect(c.call("fd_seek", fd, 6n, 0, 0)).to.equal("success");
    expect(c.read(fd)).to.equal(`t${"\0".repeat(13)}!`);
    // A descriptor that appends writes at the end, wherever it is.
    const end = opened(c.open("dir/file", { flags: 1 }));
    expect(c.write(end, "z")).to.equal("success");
    expect(c.call("fd_filestat_get", fd, 0)).to.equal("success");
    expect(c.u64(32)).to.equal(22n);
    expect(c.call("fd_allocate", fd, 20n, 10n)).to.equal("success");
    expect(c.call("fd_allocate", fd, 20n, 0n)).to.equal("inval");
    expect(c.call("fd_filestat_get", fd, 0)).to.equal("success");
    expect(c.u64(32)).to.equal(30n);
    expect(c.call("fd_advise", fd, 0n, 0n, 6)).to.equal("inval");
    for (const call of ["fd_sync", "fd_datasync"]) expect(c.call(call, fd)).to.equal("success");
    expect(c.call("fd_fdstat_set_flags", fd, 1)).to.equal("success");
    expect(c.call("fd_fdstat_set_flags", fd, 32)).to.equal("inval");
  });

  it("refuse to use folders as files, and streams as either", () => {
    const c = caller();
    const calls: [string, ...(number | bigint)[]][] = [
      ["fd_read", 3, 16, 0, 0],
      ["fd_write", 3, 16, 0, 0],
      ["fd_pread", 3, 16, 0, 0n, 0],
      ["fd_pwrite", 3, 16, 0, 0n, 0],
      ["fd_seek", 3, 0n, 1, 0],
      ["fd_tell", 3, 0],
      ["fd_allocate", 3, 0n, 1n],
      ["fd_filestat_set_size", 3, 0n],
    ];
    for (const [fn, ...args] of calls) expect(c.call(fn, ...args), fn).to.equal("badf");
    expect(c.call("fd_seek", 0, 0n, 1, 0)).to.equal("spipe");
    expect(c.call("fd_readdir", 0, 0x9000, 100, 0n, 0)).to.equal("notdir");
    expect(c.write(0, "x")).to.equal("badf");
    expect(c.read(1)).to.equal("badf");
    for (const [fn, ...rest] of [
      ["sock_shutdown", 1],
      ["sock_accept", 0, 0],
      ["sock_send", 0, 0, 0, 0],
      ["sock_recv", 0, 0, 0, 0, 0],
    ] as const) {
      expect(c.call(fn, 1, ...rest), fn).to.equal("notsock");
      expect(c.call(fn, 77, ...rest), fn).to.equal("badf");
    }
  });

  it("rename as POSIX does", () => {
    const c = new Caller({ folders: { "/": memoryFolder({ "full/x": "", file: "1", other: "2" }) } });
    const rename = (from: string, to: string) => c.call("path_rename", 3, from, 3, to);
    for (const name of ["a", "b"]) expect(c.call("path_create_directory", 3, name)).to.equal("success");
    expect(rename("a", "b")).to.equal("success");
    expect(rename("a", "c")).to.equal("noent");
    expect(rename("b", "full")).to.equal("notempty");
    expect(rename("b", "file")).to.equal("notdir");
    expect(rename("file", "b")).to.equal("isdir");
    expect(rename("file", "other")).to.equal("success");
    expect(rename("other", "other")).to.equal("success");
    expect(rename("full", "full/inner")).to.equal("inval");
    expect(rename("other", "new/")).to.equal("notdir");
    expect(rename(".", "x")).to.equal("busy");
    expect(c.read(opened(c.open("other")))).to.equal("1");
    const b = opened(c.open("b", { base: ALL & ~WRITE }));
    expect(c.call("path_remove_directory", 3, "b")).to.equal("success");
    expect(c.call("path_create_directory", b, "in-removed")).to.equal("noent");
    expect(c.call("path_remove_directory", 3, "other")).to.equal("notdir");
    expect(c.call("path_unlink_file", 3, "full")).to.equal("isdir");
    expect(c.call("path_unlink_file", 3, "other/")).to.equal("notdir");
  });

  it("link files by a second name", () => {
    const c = caller();
    const link = (from: string, to: string, flags = 0) => c.call("path_link", 3, flags, from, 3, to);
    expect(link("dir/file", "twin")).to.equal("success");
    expect(link("dir/file", "twin")).to.equal("exist");
    expect(link("dir", "folder")).to.equal("perm");
    expect(link("dir/file", "slash/")).to.equal("noent");
    expect(link("dir/file", "followed", 1)).to.equal("inval");
    expect(c.call("path_unlink_file", 3, "dir/file")).to.equal("success");
    const fd = opened(c.open("twin"));
    expect(c.call("path_unlink_file", 3, "twin")).to.equal("success");
    expect(c.read(fd)).to.equal("content");
  });

  it("list a folder in pieces, as it was when the reading began", () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`file-${i}`, ""]));
    const c = new Caller({ folders: { "/": memoryFolder(files) } });
    const names: string[] = [];
    let cookie = 0n;
    for (let used = 100; used === 100; ) {
      expect(c.call("fd_readdir", 3, 0x9000, 100, cookie, 0)).to.equal("success");
      used = c.u32(0);
      for (let at = 0; at + 24 <= used; ) {
        const length = c.u32(0x9000 + at + 16);
        if (at + 24 + length > used) break;
        names.push(String.fromCharCode(...c.memory.bytes.slice(0x9000 + at + 24, 0x9000 + at + 24 + length)));
        cookie = c.u64(0x9000 + at);
        at += 24 + length;
        if (names.length === 5) expect(c.call("path_unlink_file", 3, "file-0")).to.equal("success");
      }
    }
    expect(names).to.deep.equal([".", "..", ...Object.keys(files)]);
    expect(c.call("fd_readdir", 3, 0x9000, 100, 1n << 63n, 0)).to.equal("success");
    expect(c.u32(0)).to.equal(0);
  });

  it("set times, to what is given or to now", () => {
    const clock = new VirtualClock({ start: 5_000n, nanosecondsPerGas: 0n });
    const c = new Caller({ folders: { "/": memoryFolder({ file: "" }) }, clock });
    const times = (): bigint[] => {
      expect(c.call("path_filestat_get", 3, 0, "file", 64)).to.equal("success");
      return [c.u64(64 + 40), c.u64(64 + 48)];
    };
    const set = (flags: number) => c.call("path_filestat_set_times", 3, 0, "file", 7n, 8n, flags);
    expect(set(1)).to.equal("success");
    expect(times()).to.deep.equal([7n, 0n]);
    expect(set(4 | 2)).to.equal("success");
    expect(times()).to.deep.equal([5_000n, 8n]);
    for (const flags of [3, 12, 16]) expect(set(flags)).to.equal("inval");
    const fd = opened(c.open("file"));
    expect(c.call("fd_filestat_set_times", fd, 1n, 2n, 5)).to.equal("success");
    expect(times()).to.deep.equal([1n, 2n]);
  });

  it("tell what folders were given, and renumber descriptors", () => {
    const c = new Caller({ folders: { "/a": memoryFolder(), "/bcd": memoryFolder() } });
    expect(c.call("fd_prestat_get", 4, 0)).to.equal("success");
    expect(c.u32(4)).to.equal(4);
    expect(c.call("fd_prestat_dir_name", 4, 0x9000, 3)).to.equal("nametoolong");
    expect(c.call("fd_prestat_dir_name", 4, 0x9000, 5)).to.equal("success");
    expect(String.fromCharCode(...c.memory.bytes.slice(0x9000, 0x9004))).to.equal("/bcd");
    for (const fd of [0, 5]) expect(c.call("fd_prestat_get", fd, 0)).to.equal("badf");
    expect(c.call("fd_renumber", 4, 3)).to.equal("success");
    expect(c.call("fd_fdstat_get", 4, 0)).to.equal("badf");
    expect(c.call("fd_renumber", 3, 9)).to.equal("badf");
    expect(c.call("fd_renumber", 3, 3)).to.equal("success");
    expect(c.call("fd_close", 3)).to.equal("success");
    expect(c.call("fd_close", 3)).to.equal("badf");
  });

  it("give numbers that are free, the lowest first, and not without end", () => {
    const c = caller();
    expect(c.open("dir/file")).to.equal(4);
    expect(c.open("dir/file")).to.equal(5);
    c.call("fd_close", 4);
    expect(c.open("dir/file")).to.equal(4);
    let last: number | string = 0;
    for (let i = 0; i < 1100 && typeof last === "number"; i++) last = c.open("dir/file");
    expect(last).to.equal("mfile");
  });

  it("let a full file system be full", () => {
    const c = new Caller({ folders: { "/": memoryFolder({}, { limit: 10_000 }) } });
    const fd = opened(c.open("file", { oflags: CREAT }));
    expect(c.call("fd_filestat_set_size", fd, 1n << 40n)).to.equal("nospc");
    expect(c.call("fd_filestat_set_size", fd, 8_000n)).to.equal("success");
    expect(c.write(fd, "fits")).to.equal("success");
    for (let i = 0; i < 5; i++) c.open(`more-${i}`, { oflags: CREAT });
    expect(c.open("one-more", { oflags: CREAT })).to.equal("nospc");
    // What is removed makes room, once nobody has it open.
    expect(c.call("path_unlink_file", 3, "file")).to.equal("success");
    expect(c.open("one-more", { oflags: CREAT })).to.equal("nospc");
    expect(c.call("fd_close", fd)).to.equal("success");
    expect(c.open("one-more", { oflags: CREAT })).to.be.a("number");
  });

  describe("poll_oneoff", () => {
    const IN = 0x1000;
    const OUT = 0x2000;
    function subscribe(c: Caller, i: number, type: number, id: number, timeout = 0n, flags = 0): void {
      const { view } = c.memory;
      const at = IN + 48 * i;
      view.setBigUint64(at, BigInt(i), true);
      view.setUint8(at + 8, type);
      view.setUint32(at + 16, id, true);
      view.setBigUint64(at + 24, timeout, true);
      view.setUint16(at + 40, flags, true);
    }
    function poll(c: Caller, count: number): [userdata: number, error: number][] {
      expect(c.call("poll_oneoff", IN, OUT, count, 0)).to.equal("success");
      return Array.from({ length: c.u32(0) }, (_, i) => [
        Number(c.u64(OUT + 32 * i)),
        c.memory.view.getUint16(OUT + 32 * i + 8, true),
      ]);
    }
    const now = (c: Caller): bigint => {
      c.call("clock_time_get", 1, 0n, 8);
      return c.u64(8);
    };

    it("sleeps until the first clock is due, without waiting", () => {
      const c = new Caller({ clock: new VirtualClock({ nanosecondsPerGas: 0n }) });
      subscribe(c, 0, 0, 1, 3_600_000_000_000n);
      subscribe(c, 1, 0, 1, 60_000_000_000n);
      subscribe(c, 2, 0, 0, 60_000_000_000n);
      expect(poll(c, 3)).to.deep.equal([
        [1, 0],
        [2, 0],
      ]);
      expect(now(c)).to.equal(60_000_000_000n);
      // An absolute time that has passed is due at once.
      subscribe(c, 0, 0, 1, 5n, 1);
      subscribe(c, 1, 0, 1, 1n);
      expect(poll(c, 2)).to.deep.equal([[0, 0]]);
      expect(now(c)).to.equal(60_000_000_000n);
    });

    it("says that files and streams are ready, and what is wrong with descriptors", () => {
      const c = caller();
      subscribe(c, 0, 0, 1, 1000n);
      subscribe(c, 1, 1, 0);
      subscribe(c, 2, 2, 1);
      subscribe(c, 3, 1, 99);
      subscribe(c, 4, 2, 0);
      subscribe(c, 5, 9, 0);
      subscribe(c, 6, 0, 17, 1n);
      expect(poll(c, 7)).to.deep.equal([
        [1, 0],
        [2, 0],
        [3, 8],
        [4, 8],
        [5, 28],
        [6, 28],
      ]);
      expect(c.call("poll_oneoff", IN, OUT, 0, 0)).to.equal("inval");
    });
  });

  it("know four clocks", () => {
    const c = new Caller({ clock: new VirtualClock({ start: 1_000n, nanosecondsPerGas: 3n }) });
    c.store.chargeGas(10n);
    const time = (id: number): string | bigint => {
      const result = c.call("clock_time_get", id, 0n, 0);
      return result === "success" ? c.u64(0) : result;
    };
    expect([0, 1, 2, 3, 4].map(time)).to.deep.equal([1_030n, 30n, 30n, 30n, "inval"]);
    expect(c.call("clock_res_get", 0, 0)).to.equal("success");
    expect(c.u64(0)).to.equal(1n);
  });

  it("end the program", () => {
    const c = caller();
    expect(() => c.call("proc_exit", 3))
      .to.throw(ProcExit)
      .with.property("exitCode", 3);
    expect(() => c.call("proc_raise", 6)).to.throw(Trap, "signal 6");
    expect(c.call("sched_yield")).to.equal("success");
  });

  it("trap on what is not in memory, and refuse too many buffers", () => {
    const c = caller();
    expect(() => c.call("random_get", 0x3fff0, 0x100))
      .to.throw(Trap)
      .with.property("code", "segfault");
    expect(() => c.call("fd_write", 1, 0x3fff0, 3, 0))
      .to.throw(Trap)
      .with.property("code", "segfault");
    expect(() => c.call("args_sizes_get", 0x3ffff, 0))
      .to.throw(Trap)
      .with.property("code", "segfault");
    expect(c.call("fd_write", 1, 0, 1025, 0)).to.equal("inval");
  });

  it("take gas for what the host moves", () => {
    const c = new Caller();
    c.call("random_get", 0x1000, 8_000);
    expect(c.store.gasUsed).to.equal(1_000n);
  });
});
