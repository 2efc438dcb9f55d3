import { group, type Operator } from "../operator.ts";

/** What the proposals for bulk memory operations and reference types brought (spec 2.0, Index of Instructions). */
export const REFERENCE_OPERATORS: readonly Operator[] = [
  ...group(
    "bulk",
    [
      [0xfc08, "memory.init", "iii>", "memory.init"],
      [0xfc0a, "memory.copy", "iii>", "memories"],
      [0xfc0b, "memory.fill", "iii>", "memory"],
      [0xfc0c, "table.init", "iii>", "table.init"],
      [0xfc0e, "table.copy", "iii>", "tables"],
    ],
    { feature: "bulk-memory", mayTrap: true },
  ),
  ...group(
    "bulk",
    [
      [0xfc09, "data.drop", ">", "data"],
      [0xfc0d, "elem.drop", ">", "elem"],
    ],
    { feature: "bulk-memory" },
  ),
  ...group(
    "table",
    [
      [0x25, "table.get", undefined, "table"],
      [0x26, "table.set", undefined, "table"],
      [0xfc11, "table.fill", undefined, "table"],
    ],
    { feature: "reference-types", mayTrap: true },
  ),
  ...group(
    "table",
    [
      [0xfc0f, "table.grow", undefined, "table"],
      [0xfc10, "table.size", ">i", "table"],
    ],
    { feature: "reference-types" },
  ),
  ...group(
    "reference",
    [
      [0xd0, "ref.null", undefined, "ref-type"],
      [0xd1, "ref.is_null"],
      [0xd2, "ref.func", ">r", "function"],
    ],
    { feature: "reference-types" },
  ),
  ...group("parametric", [[0x1c, "select t", undefined, "types"]], { feature: "reference-types" }),
];
