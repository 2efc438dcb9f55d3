import { expect } from "chai";
import { generatedModule } from "../../bench/subjects/generated.ts";
import { load } from "../../src/index.ts";

describe("bench: subjects", () => {
  it("the generated module is valid and has as many functions as asked for", () => {
    expect(load(generatedModule(10)).bodies).to.have.length(10);
  });
});
