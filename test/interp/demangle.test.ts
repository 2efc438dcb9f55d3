import { expect } from "chai";
import fc from "fast-check";
import { decodePunycode } from "../../src/interp/demangle/punycode.ts";
import { demangle } from "../../src/interp/index.ts";

const HASH = "17h0123456789abcdefE";

const NAMES: readonly (readonly [what: string, symbol: string, name: string])[] = [
  ["a path", `_ZN4core3fmt9Formatter3pad${HASH}`, "core::fmt::Formatter::pad"],
  [
    "escapes",
    `_ZN50_$LT$$RF$mut$u20$W$u20$as$u20$core..fmt..Write$GT$9write_fmt${HASH}`,
    "<&mut W as core::fmt::Write>::write_fmt",
  ],
  [
    "a suffix of LLVM's",
    "_ZN5alloc7raw_vec11finish_grow17hd474a4f8eb284fcaE.llvm.11499619360114420120",
    "alloc::raw_vec::finish_grow",
  ],
  ["another suffix", `_ZN3foo${HASH}.cold`, "foo.cold"],
  [
    "what the linker left of it",
    "<core::iter::Cloned<I> as Iterator>::fold::hfdfc52b5487186a8",
    "<core::iter::Cloned<I> as Iterator>::fold",
  ],
  ["v0: a path", "_RNvC6_123foo3bar", "123foo::bar"],
  [
    "v0: Unicode",
    "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
    "utf8_idents::საჭმელად_გემრიელი_სადილი",
  ],
  ["v0: closures", "_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_", "cc::spawn::{closure#0}::{closure#0}"],
  [
    "v0: trait implementations and back references",
    "_RNCINkXs25_NgCsbmNqQUJIY6D_4core5sliceINyB9_4IterhENuNgNoBb_4iter8iterator8Iterator9rpositionNCNgNpB9_6memchr7memrchrs_0E0Bb_",
    "<core::slice::Iter<u8> as core::iter::iterator::Iterator>::rposition::<core::slice::memchr::memrchr::{closure#1}>::{closure#0}",
  ],
  [
    "v0: trait objects",
    "_RINbNbCskIICzLVDPPb_5alloc5alloc8box_freeDINbNiB4_5boxed5FnBoxuEp6OutputuEL_ECs1iopQbuBiw2_3std",
    "alloc::alloc::box_free::<dyn alloc::boxed::FnBox<(), Output = ()>>",
  ],
  ["v0: constants", "_RNvMC0INtC8arrayvec8ArrayVechKj7b_E3new", "<arrayvec::ArrayVec<u8, 123>>::new"],
  ["v0: more constants", "_RINvC1a1bKb1_Kc41_Kin_Kln2a_E", "a::b::<true, 'A', -0, -42>"],
  ["v0: functions with bound lifetimes", "_RMC0FG_RL0_hEu", "<for<'a> fn(&'a u8)>"],
  [
    "v0: all kinds of types",
    "_RINvC1a1bAhj4_TtETxyEReQmPdOcSzFUKCpEvFK9fast_callEbE",
    'a::b::<[u8; 4], (u16,), (i64, u64), &str, &mut u32, *const f64, *mut char, [!], unsafe extern "C" fn(_) -> ..., extern "fast-call" fn() -> bool>',
  ],
  ["Go's escapes", "gopkg.in/yaml%2ev3.(*Decoder).Decode", "gopkg.in/yaml.v3.(*Decoder).Decode"],
  ["Go's plain names", "(*github.com/x/types.Header).Decode", "(*github.com/x/types.Header).Decode"],
];

const UNCHANGED: readonly (readonly [what: string, name: string])[] = [
  ["nothing", ""],
  ["C", "malloc"],
  ["C++", "_ZN3foo3barEv"],
  ["C++ without parameters", "_ZN3foo3barE"],
  ["a hash that is none", "_ZN3foo17h0123456789abcdegE"],
  ["a length past the end", "_ZN3foo99barE"],
  ["a hash alone", `_ZN${HASH}`],
  ["text after the symbol", `_ZN3foo${HASH} and more`],
  ["C that begins like v0", "_Reset_Handler"],
  ["a back reference to itself", "_RB_"],
  ["a back reference forwards", "_RNvB9_3foo"],
  ["a constant of a type not known", "_RINvC1a1bKe616263_E"],
  ["a character beyond Unicode", "_RINvC1a1bKc110000_E"],
  ["an unbound lifetime", "_RINvC1a1bRL0_hE"],
  ["escapes that are no characters", "100%ff and %zz"],
];

describe("demangling", () => {
  for (const [what, symbol, name] of NAMES) {
    it(`undoes ${what}`, () => {
      expect(demangle(symbol)).equal(name);
    });
  }

  for (const [what, name] of UNCHANGED) {
    it(`leaves ${what} as it is`, () => {
      expect(demangle(name)).equal(name);
    });
  }

  it("is not led astray by nesting or repetition", () => {
    const deep = `_R${"INv".repeat(4000)}C1a`;
    expect(demangle(deep)).equal(deep);
    const types = `_RINvC1a1b${"S".repeat(5000)}hE`;
    expect(demangle(types)).equal(types);
    // Every tuple holds the one before twice: 2^20 elements.
    let doubling = "_RINvC1a1bTuuE";
    for (let i = 0, at = 8; i < 20; i++) {
      const reference = `B${at.toString(36)}_`;
      at = doubling.length - 2;
      doubling += `T${reference}${reference}E`;
    }
    expect(demangle(`${doubling}E`))
      .to.be.a("string")
      .with.length.below(20_000);
    const long = `_ZN${"3foo".repeat(10_000)}${HASH}`;
    expect(demangle(long)).equal(long);
  });

  it("answers any text with a text, most of it unchanged", () => {
    const tags = fc.constantFrom(..."CNMXYIBTRQPOFDASKLGEsuvh_0123pbin ".split(""));
    const symbol = fc
      .tuple(fc.constantFrom("_R", "_ZN", ""), fc.array(tags, { maxLength: 60 }))
      .map(([prefix, parts]) => prefix + parts.join(""));
    fc.assert(
      fc.property(fc.oneof(symbol, fc.string({ unit: "binary" })), (text) => {
        expect(demangle(text)).to.be.a("string");
      }),
      { seed: 7, numRuns: 3000 },
    );
  });

  it("reads Punycode as RFC 3492 has it", () => {
    // From its section 7.1, with the delimiter that Rust uses.
    expect(decodePunycode("a-b")).equal(undefined);
    expect(decodePunycode("ihqwcrb4cv8a8dqg056pqjye")).equal("他们为什么不说中文");
    expect(decodePunycode("d9juau41awczczp")).equal("そのスピードで");
    expect(decodePunycode("de_jg4avhby1noc0d")).equal("パフィーdeルンバ");
    expect(decodePunycode("abc_")).equal("abc");
    expect(decodePunycode("99999999999")).equal(undefined);
  });
});
