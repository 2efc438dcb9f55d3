import { referenceExecutor } from "../../../spec-tests/reference.ts";
import { passesOfficialSuites } from "../../spec-tests/official.ts";

describe("the official suite on the reference executor", () => {
  passesOfficialSuites(referenceExecutor);
});
