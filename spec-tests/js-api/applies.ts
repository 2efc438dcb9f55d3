/** What of the Web Platform Tests is not about what the polyfill offers, and why. */
const EXCEPTIONS: readonly (readonly [path: RegExp, test: RegExp | undefined, reason: string])[] = [
  [/webapi\/historical/, undefined, "there is no database to store a module in"],
  [/webapi\/origin/, undefined, "asks servers of other origins"],
  [/idlharness/, undefined, "reads the interfaces from IDL files; the interface tests cover them"],
  [/esm-integration/, undefined, "importing modules by `import` is the loader's, not the namespace's"],
  [/jspi/, undefined, "promise integration is not offered"],
  [/\btype\.tentative|function\/|-types\.tentative/, undefined, "type reflection is a proposal"],
  [/-shared\.tentative/, undefined, "shared memories are not offered"],
  [/memory\/grow/, /^Growing shared memory/, "shared memories are not offered"],
  [/exception\/basic|tag\/identity/, undefined, "modules with exception handling are not accepted"],
  [/exception\/getArg/, /^Getting out-of-range/, "the standard has changed: it is a TypeError now"],
  [/exception\/identity/, undefined, "modules with exception handling are not accepted"],
];

/** Why a file, or one test in it, does not apply; undefined if it does. */
export function reasonToSkip(path: string, test?: string): string | undefined {
  return EXCEPTIONS.find(
    ([file, name]) => file.test(path) && (name === undefined || (test !== undefined && name.test(test))),
  )?.[2];
}
