import { expect } from "chai";
import { SmoldotState } from "../../bench/peers/smoldot.ts";

describe("bench: smoldot's side", () => {
  const key = (...bytes: number[]) => Uint8Array.from(bytes);
  const state = new SmoldotState({
    top: [
      [key(2), key(20)],
      [key(1, 5), key(15)],
      [key(1), key(10)],
    ],
    children: [],
  });

  it("answers what it asks of a state", async () => {
    const { getStorage, getNextKey } = state.callbacks();
    expect([await getStorage("0x0105"), await getStorage("0x03")]).to.deep.equal(["0x0f", undefined]);
    expect(await getNextKey("0x", "0x")).to.equal("0x01");
    expect(await getNextKey("0x", "0x01")).to.equal("0x0105");
    expect(await getNextKey("0x01", "0x0104")).to.equal("0x0105");
    expect(await getNextKey("0x01", "0x0105")).to.equal(undefined);
    expect(await getNextKey("0x", "0x02")).to.equal(undefined);
  });
});
