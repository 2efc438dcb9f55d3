import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import { encodeUtf8 as bytes, ScaleWriter } from "../../../src/host/scale/index.ts";
import { Overlay, State } from "../../../src/host/state/index.ts";
import { Harness } from "./harness.ts";

const NONE = Uint8Array.of(0);
const some = (value: Uint8Array) => new ScaleWriter().u8(1).bytes(value).finish();
const limit = (n?: number) => new ScaleWriter().option(n, (w, v) => w.u32(v)).finish();
const noCursor = NONE;

function stored(...keys: string[]): [Uint8Array, Uint8Array][] {
  return keys.map((key) => [bytes(key), bytes(`value of ${key}`)]);
}

describe("storage functions", () => {
  it("read, write, clear", () => {
    const h = new Harness(stored("a"));
    expect(h.span("ext_storage_get_version_1", bytes("a"))).to.deep.equal(some(bytes("value of a")));
    expect(h.span("ext_storage_get_version_1", bytes("b"))).to.deep.equal(NONE);
    h.lanes("ext_storage_set_version_1", bytes("b"), new Uint8Array(0));
    expect(h.span("ext_storage_get_version_1", bytes("b"))).to.deep.equal(Uint8Array.of(1, 0));
    expect(h.int("ext_storage_exists_version_1", bytes("b"))).to.equal(1);
    h.lanes("ext_storage_clear_version_1", bytes("b"));
    expect(h.int("ext_storage_exists_version_1", bytes("b"))).to.equal(0);
    expect(h.allocations).to.deep.equal([]);
  });

  it("keep what was written when the guest overwrites its memory", () => {
    const h = new Harness();
    h.lanes("ext_storage_set_version_1", bytes("key"), bytes("value"));
    h.memory.bytes.fill(0xff, 0, 2048);
    expect(h.span("ext_storage_get_version_1", bytes("key"))).to.deep.equal(some(bytes("value")));
  });

  it("read into a buffer from an offset, and say how long the rest is", () => {
    const h = new Harness([[bytes("k"), bytes("0123456789")]]);
    const read = (size: number, offset: number) => {
      const { lanes, out } = h.filling(
        1,
        "ext_storage_read_version_1",
        bytes("k"),
        new Uint8Array(size).fill(0x2e),
        offset,
      );
      const result = h.memory.bytes.slice(lanes[0], lanes[0] + lanes[1]);
      expect(result[0]).to.equal(1);
      return [new DataView(result.buffer).getUint32(1, true), String.fromCharCode(...out)];
    };
    expect(read(4, 0)).to.deep.equal([10, "0123"]);
    expect(read(4, 3)).to.deep.equal([7, "3456"]);
    expect(read(4, 8)).to.deep.equal([2, "89.."]);
    expect(read(4, 10)).to.deep.equal([0, "...."]);
    expect(read(4, 0xffffffff)).to.deep.equal([0, "...."]);
    expect(read(0, 0)).to.deep.equal([10, ""]);
    const absent = h.filling(1, "ext_storage_read_version_1", bytes("x"), new Uint8Array(2).fill(7), 0);
    expect(absent.out).to.deep.equal(Uint8Array.of(7, 7));
    expect(absent.lanes[1]).to.equal(1);
  });

  it("read version 2 leaves the buffer alone when not all fits, unless a part will do", () => {
    const h = new Harness([[bytes("k"), bytes("0123456789")]]);
    const read = (key: string, partial: number) => {
      const target = new Uint8Array(4).fill(0x2e);
      const call = h.filling(1, "ext_storage_read_version_2", bytes(key), target, 2, partial);
      return [...call.lanes, String.fromCharCode(...call.out)];
    };
    expect(read("k", 0)).to.deep.equal([8, 0, "...."]);
    expect(read("k", 1)).to.deep.equal([8, 0, "2345"]);
    expect(read("absent", 1)).to.deep.equal([-1, -1, "...."]);
    expect(h.allocations).to.deep.equal([]);
  });

  it("append to lists, widening their length", () => {
    const h = new Harness();
    for (let i = 0; i < 64; i++) h.lanes("ext_storage_append_version_1", bytes("list"), Uint8Array.of(i));
    const items = Uint8Array.from({ length: 64 }, (_, i) => i);
    expect(h.span("ext_storage_get_version_1", bytes("list"))).to.deep.equal(
      some(Uint8Array.from([0x01, 0x01, ...items])),
    );
  });

  it("find the next key among stored, new and deleted ones", () => {
    const h = new Harness(stored("b", "d", "f"));
    h.lanes("ext_storage_set_version_1", bytes("c"), bytes("new"));
    h.lanes("ext_storage_clear_version_1", bytes("d"));
    const next = (key: string) => h.span("ext_storage_next_key_version_1", bytes(key));
    expect(next("")).to.deep.equal(some(bytes("b")));
    expect(next("b")).to.deep.equal(some(bytes("c")));
    expect(next("c")).to.deep.equal(some(bytes("f")));
    expect(next("f")).to.deep.equal(NONE);
    const short = h.filling(1, "ext_storage_next_key_version_2", bytes("c"), new Uint8Array(0));
    expect(short.lanes[0]).to.equal(1);
    const fits = h.filling(1, "ext_storage_next_key_version_2", bytes("c"), new Uint8Array(3));
    expect([fits.lanes[0], fits.out[0]]).to.deep.equal([1, 0x66]);
    expect(h.int("ext_storage_next_key_version_2", bytes("f"), new Uint8Array(3))).to.equal(0);
  });

  it("clear prefixes with the counts of each version", () => {
    const h = new Harness(stored("p1", "p2", "p3", "q"));
    h.lanes("ext_storage_set_version_1", bytes("p0"), bytes("new"));
    const some2 = h.span("ext_storage_clear_prefix_version_2", bytes("p"), limit(2));
    expect(some2).to.deep.equal(Uint8Array.of(1, 2, 0, 0, 0));
    expect(h.int("ext_storage_exists_version_1", bytes("p0"))).to.equal(0);
    expect(h.int("ext_storage_exists_version_1", bytes("p2"))).to.equal(0);
    expect(h.int("ext_storage_exists_version_1", bytes("p3"))).to.equal(1);
    // The same keys of the backend are looked at again.
    const multi = h.span("ext_storage_clear_prefix_version_3", bytes("p"), limit(2), noCursor);
    const expected = new ScaleWriter()
      .option(bytes("p3"), (w, v) => w.bytes(v))
      .u32(0)
      .u32(0)
      .u32(2);
    expect(multi).to.deep.equal(expected.finish());
    const rest = h.span("ext_storage_clear_prefix_version_3", bytes("p"), limit(), some(bytes("p3")));
    expect(rest).to.deep.equal(Uint8Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
    h.lanes("ext_storage_clear_prefix_version_1", bytes("q"));
    expect(h.host.overlay.diff().top.map(({ value }) => value)).to.deep.equal([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("clear prefixes without allocating, and remember the cursor", () => {
    const h = new Harness(stored("p1", "p2"));
    const args = [bytes("p"), 1n, -1n, new Uint8Array(1), new Uint8Array(12)] as const;
    const call = h.filling(4, "ext_storage_clear_prefix_version_4", ...args);
    expect(call.lanes[0]).to.equal(2);
    expect(call.out).to.deep.equal(Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
    const missed = h.filling(0, "ext_misc_last_cursor_version_1", new Uint8Array(1));
    expect(missed.lanes).to.deep.equal(Int32Array.of(2, 0));
    const taken = h.filling(0, "ext_misc_last_cursor_version_1", new Uint8Array(4));
    expect([taken.lanes[0], ...taken.out]).to.deep.equal([2, 0x70, 0x32, 0, 0]);
    expect(h.lanes("ext_misc_last_cursor_version_1", new Uint8Array(4))).to.deep.equal(Int32Array.of(-1, -1));
    expect(h.trap("ext_storage_clear_prefix_version_4", bytes("p"), 1n << 32n, ...args.slice(2))).to.equal(
      "invalid-argument",
    );
  });

  it("give roots of what is visible, in the version asked for or the runtime's own", () => {
    const long = new Uint8Array(40).fill(1);
    const entries: [Uint8Array, Uint8Array][] = [[bytes("k"), long]];
    const roots = ([0, 1] as const).map((version) => State.fromEntries(entries, [], version).root);
    const h = new Harness([], { stateVersion: () => 1 });
    h.lanes("ext_storage_start_transaction_version_1");
    h.lanes("ext_storage_set_version_1", bytes("k"), long);
    expect(h.span("ext_storage_root_version_1")).to.deep.equal(roots[1]);
    expect(h.span("ext_storage_root_version_2", 0)).to.deep.equal(roots[0]);
    expect(h.span("ext_storage_root_version_2", 1)).to.deep.equal(roots[1]);
    expect(h.trap("ext_storage_root_version_2", 2)).to.equal("invalid-argument");
    expect(h.trap("ext_storage_root_version_3", new Uint8Array(32))).to.equal("buffer-too-small");
    const { out } = h.filling(0, "ext_storage_root_version_3", new Uint8Array(33));
    expect(out).to.deep.equal(Uint8Array.from([0x80, ...roots[1]]));
    expect(h.span("ext_storage_changes_root_version_1", new Uint8Array(32))).to.deep.equal(NONE);
  });

  it("nest transactions, and trap when none is open that the runtime opened", () => {
    const h = new Harness(stored("a"));
    h.host.overlay.startTransaction(); // the client's
    expect(h.trap("ext_storage_commit_transaction_version_1")).to.equal("no-transaction");
    expect(h.trap("ext_storage_rollback_transaction_version_1")).to.equal("no-transaction");
    h.lanes("ext_storage_start_transaction_version_1");
    h.lanes("ext_storage_set_version_1", bytes("b"), bytes("1"));
    h.lanes("ext_offchain_index_set_version_1", bytes("x"), bytes("1"));
    h.lanes("ext_storage_start_transaction_version_1");
    h.lanes("ext_storage_clear_version_1", bytes("a"));
    h.lanes("ext_offchain_index_clear_version_1", bytes("x"));
    h.lanes("ext_storage_rollback_transaction_version_1");
    expect(h.int("ext_storage_exists_version_1", bytes("a"))).to.equal(1);
    expect(h.host.offchainIndex.map(({ value }) => value && bytesToHex(value))).to.deep.equal(["0x31"]);
    h.lanes("ext_storage_commit_transaction_version_1");
    expect(h.int("ext_storage_exists_version_1", bytes("b"))).to.equal(1);
    expect(h.trap("ext_storage_commit_transaction_version_1")).to.equal("no-transaction");
    expect(h.host.overlay.transactionDepth).to.equal(1);
  });

  it("trap for arguments that do not decode, and take trailing bytes", () => {
    const h = new Harness(stored("p"));
    expect(h.trap("ext_storage_clear_prefix_version_2", bytes("p"), Uint8Array.of(2))).to.equal(
      "invalid-argument",
    );
    expect(h.trap("ext_storage_clear_prefix_version_2", bytes("p"), Uint8Array.of(1, 0))).to.equal(
      "invalid-argument",
    );
    const trailing = Uint8Array.of(0, 0xff);
    expect(h.span("ext_storage_clear_prefix_version_2", bytes("p"), trailing)).to.deep.equal(
      Uint8Array.of(0, 1, 0, 0, 0),
    );
  });

  it("are refused to parachain validation", () => {
    const h = new Harness([], { context: "pvf" });
    expect(h.trap("ext_storage_get_version_1", bytes("a"))).to.equal("storage-in-pvf");
    expect(h.trap("ext_default_child_storage_root_version_1", bytes("a"))).to.equal("storage-in-pvf");
    expect(h.pointer("ext_hashing_twox_64_version_1", 8, bytes("a")).length).to.equal(8);
  });
});

describe("child storage functions", () => {
  const child = bytes("child");
  const P = "ext_default_child_storage_";

  it("work on a trie of their own", () => {
    const h = new Harness(stored("a"));
    h.lanes(`${P}set_version_1`, child, bytes("a"), bytes("inner"));
    expect(h.span(`${P}get_version_1`, child, bytes("a"))).to.deep.equal(some(bytes("inner")));
    expect(h.span(`${P}get_version_1`, bytes("other"), bytes("a"))).to.deep.equal(NONE);
    expect(h.int(`${P}exists_version_1`, child, bytes("a"))).to.equal(1);
    expect(h.span(`${P}next_key_version_1`, child, bytes(""))).to.deep.equal(some(bytes("a")));
    const read = h.filling(2, `${P}read_version_1`, child, bytes("a"), new Uint8Array(5), 1);
    expect(String.fromCharCode(...read.out)).to.equal("nner\0");
    const read2 = h.filling(2, `${P}read_version_2`, child, bytes("a"), new Uint8Array(5), 0, 0);
    expect([read2.lanes[0], String.fromCharCode(...read2.out)]).to.deep.equal([5, "inner"]);
    const root = State.fromEntries([[bytes("a"), bytes("inner")]]).root;
    expect(h.span(`${P}root_version_1`, child)).to.deep.equal(root);
    expect(h.span(`${P}root_version_2`, child, 1)).to.deep.equal(root);
    expect(h.filling(1, `${P}root_version_3`, child, new Uint8Array(33)).out.slice(1)).to.deep.equal(root);
    expect(h.span("ext_storage_get_version_1", bytes(":child_storage:default:child"))).to.deep.equal(
      some(root),
    );
    h.lanes(`${P}clear_version_1`, child, bytes("a"));
    expect(h.int(`${P}exists_version_1`, child, bytes("a"))).to.equal(0);
    // blake2b-256 of a zero byte: the empty trie.
    expect(bytesToHex(h.span(`${P}root_version_1`, child))).to.equal(
      "0x03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314",
    );
    expect(h.int(`${P}next_key_version_2`, child, bytes(""), new Uint8Array(2))).to.equal(0);
  });

  it("die in every version", () => {
    const state = State.fromEntries([], [[child, stored("x1", "x2", "y")]]);
    const filled = () => new Harness([], { overlay: new Overlay(state) });
    const h1 = filled();
    h1.lanes(`${P}storage_kill_version_1`, child);
    expect(h1.span(`${P}next_key_version_1`, child, bytes(""))).to.deep.equal(NONE);
    const h2 = filled();
    expect(h2.int(`${P}storage_kill_version_2`, child, limit(2))).to.equal(0);
    expect(h2.int(`${P}storage_kill_version_2`, child, limit())).to.equal(1);
    const h3 = filled();
    expect(h3.span(`${P}storage_kill_version_3`, child, limit(1))).to.deep.equal(
      Uint8Array.of(1, 1, 0, 0, 0),
    );
    expect(h3.span(`${P}storage_kill_version_3`, child, limit())).to.deep.equal(Uint8Array.of(0, 3, 0, 0, 0));
    const h4 = filled();
    expect(h4.span(`${P}storage_kill_version_4`, child, limit(3), NONE)).to.deep.equal(
      Uint8Array.of(0, 3, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0),
    );
    const h5 = filled();
    const out = [new Uint8Array(4), new Uint8Array(12)] as const;
    const killed = h5.filling(3, `${P}storage_kill_version_5`, child, 1n, -1n, ...out);
    expect([killed.lanes[0], ...killed.out]).to.deep.equal([2, 0x78, 0x32, 0, 0]);
  });

  it("clear prefixes in every version", () => {
    const h = new Harness();
    for (const key of ["x1", "x2", "y1", "y2", "z"])
      h.lanes(`${P}set_version_1`, child, bytes(key), bytes("v"));
    h.lanes(`${P}clear_prefix_version_1`, child, bytes("x"));
    expect(h.span(`${P}clear_prefix_version_2`, child, bytes("y1"), limit())).to.deep.equal(
      Uint8Array.of(0, 0, 0, 0, 0),
    );
    expect(h.span(`${P}clear_prefix_version_3`, child, bytes("y"), limit(), NONE)).to.deep.equal(
      Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0),
    );
    const out = [new Uint8Array(4), new Uint8Array(12)] as const;
    expect(h.int(`${P}clear_prefix_version_4`, child, bytes(""), -1n, -1n, ...out)).to.equal(0);
    expect(h.span(`${P}next_key_version_1`, child, bytes(""))).to.deep.equal(NONE);
  });
});
