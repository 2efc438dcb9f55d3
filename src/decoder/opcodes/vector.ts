import { access, group, type Immediates, type Operator, type Row, run } from "../operator.ts";

const FEATURE = { feature: "simd" } as const;

const COMPARISONS = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";

/** Rows whose opcodes are not consecutive: `"160 abs 161 neg"`. */
function scattered(type: string, signature: string, pairs: string): Row[] {
  const words = pairs.split(" ");
  const rows: Row[] = [];
  for (let i = 0; i < words.length; i += 2) {
    rows.push([0xfd00 + Number(words[i]), `${type}.${words[i + 1]}`, signature]);
  }
  return rows;
}

/** `extract_lane` and `replace_lane` of a shape. */
function lanes(first: number, type: string, scalar: string, extracts: readonly string[]): Row[] {
  const lane: Immediates = "lane";
  return [
    ...extracts.map((name, i): Row => [0xfd00 + first + i, `${type}.${name}`, `V>${scalar}`, lane]),
    [0xfd00 + first + extracts.length, `${type}.replace_lane`, `V${scalar}>V`, lane],
  ];
}

/** Fixed-width SIMD: everything behind the prefix 0xfd (spec 2.0, Index of Instructions). */
export const VECTOR_OPERATORS: readonly Operator[] = [
  ...access(
    "load",
    [
      [0xfd00, "v128.load", "i>V", 4],
      [0xfd01, "v128.load8x8_s", "i>V", 3],
      [0xfd02, "v128.load8x8_u", "i>V", 3],
      [0xfd03, "v128.load16x4_s", "i>V", 3],
      [0xfd04, "v128.load16x4_u", "i>V", 3],
      [0xfd05, "v128.load32x2_s", "i>V", 3],
      [0xfd06, "v128.load32x2_u", "i>V", 3],
      [0xfd07, "v128.load8_splat", "i>V", 0],
      [0xfd08, "v128.load16_splat", "i>V", 1],
      [0xfd09, "v128.load32_splat", "i>V", 2],
      [0xfd0a, "v128.load64_splat", "i>V", 3],
      [0xfd5c, "v128.load32_zero", "i>V", 2],
      [0xfd5d, "v128.load64_zero", "i>V", 3],
    ],
    FEATURE,
  ),
  ...access("store", [[0xfd0b, "v128.store", "iV>", 4]], FEATURE),
  ...access(
    "load",
    [
      [0xfd54, "v128.load8_lane", "iV>V", 0],
      [0xfd55, "v128.load16_lane", "iV>V", 1],
      [0xfd56, "v128.load32_lane", "iV>V", 2],
      [0xfd57, "v128.load64_lane", "iV>V", 3],
    ],
    { ...FEATURE, immediates: "memarg-lane" },
  ),
  ...access(
    "store",
    [
      [0xfd58, "v128.store8_lane", "iV>", 0],
      [0xfd59, "v128.store16_lane", "iV>", 1],
      [0xfd5a, "v128.store32_lane", "iV>", 2],
      [0xfd5b, "v128.store64_lane", "iV>", 3],
    ],
    { ...FEATURE, immediates: "memarg-lane" },
  ),
  ...group("const", [[0xfd0c, "v128.const", ">V", "v128"]], FEATURE),
  ...group(
    "vector",
    [
      [0xfd0d, "i8x16.shuffle", "VV>V", "lanes"],
      [0xfd0e, "i8x16.swizzle", "VV>V"],
      ...scattered("i8x16", "i>V", "15 splat"),
      ...scattered("i16x8", "i>V", "16 splat"),
      ...scattered("i32x4", "i>V", "17 splat"),
      ...scattered("i64x2", "I>V", "18 splat"),
      ...scattered("f32x4", "f>V", "19 splat"),
      ...scattered("f64x2", "F>V", "20 splat"),
      ...lanes(21, "i8x16", "i", ["extract_lane_s", "extract_lane_u"]),
      ...lanes(24, "i16x8", "i", ["extract_lane_s", "extract_lane_u"]),
      ...lanes(27, "i32x4", "i", ["extract_lane"]),
      ...lanes(29, "i64x2", "I", ["extract_lane"]),
      ...lanes(31, "f32x4", "f", ["extract_lane"]),
      ...lanes(33, "f64x2", "F", ["extract_lane"]),
      ...run(0xfd23, "i8x16", "VV>V", COMPARISONS),
      ...run(0xfd2d, "i16x8", "VV>V", COMPARISONS),
      ...run(0xfd37, "i32x4", "VV>V", COMPARISONS),
      ...run(0xfd41, "f32x4", "VV>V", "eq ne lt gt le ge"),
      ...run(0xfd47, "f64x2", "VV>V", "eq ne lt gt le ge"),
      ...run(0xfd4d, "v128", "V>V", "not"),
      ...run(0xfd4e, "v128", "VV>V", "and andnot or xor"),
      ...run(0xfd52, "v128", "VVV>V", "bitselect"),
      ...run(0xfd53, "v128", "V>i", "any_true"),
      ...run(0xfd5e, "f32x4", "V>V", "demote_f64x2_zero"),
      ...run(0xfd5f, "f64x2", "V>V", "promote_low_f32x4"),
      ...scattered("i8x16", "V>V", "96 abs 97 neg 98 popcnt"),
      ...scattered("i8x16", "V>i", "99 all_true 100 bitmask"),
      ...scattered("i8x16", "VV>V", "101 narrow_i16x8_s 102 narrow_i16x8_u"),
      ...scattered("f32x4", "V>V", "103 ceil 104 floor 105 trunc 106 nearest"),
      ...scattered("i8x16", "Vi>V", "107 shl 108 shr_s 109 shr_u"),
      ...scattered(
        "i8x16",
        "VV>V",
        "110 add 111 add_sat_s 112 add_sat_u 113 sub 114 sub_sat_s 115 sub_sat_u",
      ),
      ...scattered("f64x2", "V>V", "116 ceil 117 floor 122 trunc 148 nearest"),
      ...scattered("i8x16", "VV>V", "118 min_s 119 min_u 120 max_s 121 max_u 123 avgr_u"),
      ...scattered("i16x8", "V>V", "124 extadd_pairwise_i8x16_s 125 extadd_pairwise_i8x16_u"),
      ...scattered("i32x4", "V>V", "126 extadd_pairwise_i16x8_s 127 extadd_pairwise_i16x8_u"),
      ...scattered("i16x8", "V>V", "128 abs 129 neg"),
      ...scattered("i16x8", "VV>V", "130 q15mulr_sat_s"),
      ...scattered("i16x8", "V>i", "131 all_true 132 bitmask"),
      ...scattered("i16x8", "VV>V", "133 narrow_i32x4_s 134 narrow_i32x4_u"),
      ...run(
        0xfd87,
        "i16x8",
        "V>V",
        "extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u",
      ),
      ...scattered("i16x8", "Vi>V", "139 shl 140 shr_s 141 shr_u"),
      ...scattered(
        "i16x8",
        "VV>V",
        "142 add 143 add_sat_s 144 add_sat_u 145 sub 146 sub_sat_s 147 sub_sat_u",
      ),
      ...scattered("i16x8", "VV>V", "149 mul 150 min_s 151 min_u 152 max_s 153 max_u 155 avgr_u"),
      ...run(
        0xfd9c,
        "i16x8",
        "VV>V",
        "extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u",
      ),
      ...scattered("i32x4", "V>V", "160 abs 161 neg"),
      ...scattered("i32x4", "V>i", "163 all_true 164 bitmask"),
      ...run(
        0xfda7,
        "i32x4",
        "V>V",
        "extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u",
      ),
      ...scattered("i32x4", "Vi>V", "171 shl 172 shr_s 173 shr_u"),
      ...scattered("i32x4", "VV>V", "174 add 177 sub 181 mul 182 min_s 183 min_u 184 max_s 185 max_u"),
      ...scattered("i32x4", "VV>V", "186 dot_i16x8_s"),
      ...run(
        0xfdbc,
        "i32x4",
        "VV>V",
        "extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u",
      ),
      ...scattered("i64x2", "V>V", "192 abs 193 neg"),
      ...scattered("i64x2", "V>i", "195 all_true 196 bitmask"),
      ...run(
        0xfdc7,
        "i64x2",
        "V>V",
        "extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u",
      ),
      ...scattered("i64x2", "Vi>V", "203 shl 204 shr_s 205 shr_u"),
      ...scattered("i64x2", "VV>V", "206 add 209 sub 213 mul"),
      ...run(0xfdd6, "i64x2", "VV>V", "eq ne lt_s gt_s le_s ge_s"),
      ...run(
        0xfddc,
        "i64x2",
        "VV>V",
        "extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u",
      ),
      ...scattered("f32x4", "V>V", "224 abs 225 neg 227 sqrt"),
      ...run(0xfde4, "f32x4", "VV>V", "add sub mul div min max pmin pmax"),
      ...scattered("f64x2", "V>V", "236 abs 237 neg 239 sqrt"),
      ...run(0xfdf0, "f64x2", "VV>V", "add sub mul div min max pmin pmax"),
      ...run(0xfdf8, "i32x4", "V>V", "trunc_sat_f32x4_s trunc_sat_f32x4_u"),
      ...run(0xfdfa, "f32x4", "V>V", "convert_i32x4_s convert_i32x4_u"),
      ...run(0xfdfc, "i32x4", "V>V", "trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero"),
      ...run(0xfdfe, "f64x2", "V>V", "convert_low_i32x4_s convert_low_i32x4_u"),
    ],
    FEATURE,
  ),
];

/** How many lanes a shape or access has, for the lane index: `i8x16.extract_lane_s` 16, `v128.load32_lane` 4. */
export function laneCount({ name, align }: Operator): number {
  return align >= 0 ? 16 >> align : Number(/x(\d+)/.exec(name)![1]);
}
