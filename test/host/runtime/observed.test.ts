import { expect } from "chai";
import { bytesToHex } from "../../../src/host/hex.ts";
import { Runtime, RuntimeError, RuntimeTrap } from "../../../src/host/runtime/index.ts";
import { GasProfile, type Observer } from "../../../src/interp/index.ts";
import { reference } from "../../../src/interp/reference/index.ts";
import { call, guest, I64, op, span } from "./guest.ts";

const SET = ["ext_storage_set_version_1", [I64, I64], []] as const;

/** Writes a value, and returns its key; `trap` does the same and traps. */
const SETTER = guest({
  imports: [SET],
  functions: [
    { name: "main", code: [...span(100, 3), ...span(103, 5), ...call(0), ...span(100, 3)] },
    { name: "trap", code: [...span(100, 3), ...span(103, 5), ...call(0), ...op("unreachable")] },
  ],
  data: [[100, new TextEncoder().encode("keyvalue")]],
});
const NOTHING = new Uint8Array(0);

describe("a call into a runtime, watched", () => {
  const runtime = Runtime.fromCode(SETTER);

  it("reports what happens, and is the same on either executor and without", () => {
    const plain = runtime.call("main");
    for (const executor of [undefined, reference]) {
      const events: string[] = [];
      const observer: Observer = {
        call: (_, gasUsed) => events.push(`call ${gasUsed}`),
        hostCall: ({ name }, _lanes, _at, gasUsed) => events.push(`${name} ${gasUsed}`),
        hostReturn: (_func, _lanes, _at, gasUsed) => events.push(`back ${gasUsed}`),
        return: (_, gasUsed) => events.push(`return ${gasUsed}`),
      };
      const watched = runtime.call("main", NOTHING, { observer, ...(executor && { executor }) });
      expect(events).to.deep.equal(["call 4", "ext_storage_set_version_1 4", "back 4", "return 4"]);
      expect([watched.gasUsed, bytesToHex(watched.output)]).to.deep.equal([
        plain.gasUsed,
        bytesToHex(plain.output),
      ]);
      expect(watched.overlay.diff()).to.deep.equal(plain.overlay.diff());
    }
  });

  it("can be profiled over many calls, trapping ones too", () => {
    const profile = new GasProfile();
    runtime.call("main", NOTHING, { observer: profile });
    expect(() => runtime.call("trap", NOTHING, { observer: profile })).to.throw(RuntimeTrap);
    runtime.call("main", NOTHING, { observer: profile });
    expect(profile.functions.map(({ name, calls, self }) => [name, calls, self])).to.deep.equal([
      ["main", 2, 8n],
      ["trap", 1, 4n],
      ["ext_storage_set_version_1", 3, 0n],
    ]);
  });
});

describe("a runtime's features", () => {
  const extending = guest({
    functions: [{ name: "main", code: [...op("i32.const"), 1, 0xc0, ...op("drop"), ...op("i64.const"), 0] }],
  });

  it("are those of nodes, or those asked for, whatever was loaded before", () => {
    for (let i = 0; i < 2; i++) {
      expect(Runtime.fromCode(extending).module.features.has("sign-extension")).to.equal(true);
      expect(() => Runtime.fromCode(extending, { features: "mvp" }))
        .to.throw(RuntimeError)
        .property("kind", "invalid-module");
    }
    const mvp = Runtime.fromCode(SETTER, { features: "mvp" });
    expect(mvp).to.not.equal(Runtime.fromCode(SETTER));
    expect(Runtime.fromCode(SETTER, { features: "mvp" })).to.equal(mvp);
    expect(Runtime.fromCode(SETTER, { features: ["mutable-globals"] })).to.equal(mvp);
    expect(mvp.call("main").gasUsed).to.equal(4n);
  });
});
