import {
  featuresFor,
  HOW_TO_GET_SUITES,
  interpreter,
  jitExecutor,
  type Report,
  referenceExecutor,
  reportAll,
  runSuite,
  type ScriptReport,
  type Suite,
  type SuiteReport,
  skipReasons,
  suitesUnder,
} from "../../../spec-tests/index.ts";
import { COMMON_OPTIONS, defineCommand } from "../command.ts";
import { EXECUTION_OPTIONS, parseExecutor } from "../execution-options.ts";
import { EXIT } from "../exit-codes.ts";
import { columns, count, duration } from "../format.ts";
import { InputError, parseFeatures } from "../input.ts";
import { type Io, printJson, printLines, showProgress } from "../io.ts";

const EXECUTORS = { machine: interpreter, jit: jitExecutor, reference: referenceExecutor };

/** Failures printed per script; `--json` has them all. */
const SHOWN_FAILURES = 20;

export const spectest = defineCommand({
  name: "spectest",
  summary: "run the official Wasm test suite (.wast or converted scripts)",
  positionals: [{ name: "DIR", many: true }],
  options: {
    features: COMMON_OPTIONS.features,
    executor: EXECUTION_OPTIONS.executor,
    json: COMMON_OPTIONS.json,
  },
  notes: `
DIR is a folder of test scripts, at any depth, or one script: .wast as the suite
has them (their text modules take the npm package wabt, whose work is cached),
or .json made by wabt's wast2json. Without DIR: the folder in the variable
SPEC_TESTS, else ../shared/wasm-spec. A folder that holds mvp, wast/mvp,
sign-extension-ops, nontrapping-float-to-int, mutable-globals, core-2.0-nosimd,
wast/core-2.0 stands for those. Features are mvp or 2.0 for suites of those
names, else polkadot. There is no gas limit.
`,
  run({ positionals, options }, io) {
    const features = parseFeatures(options.features);
    const executor = EXECUTORS[parseExecutor(options.executor)];
    const suites = findSuites(positionals, io).map((suite) =>
      features === undefined ? suite : { ...suite, features },
    );
    if (suites.length === 0) throw new InputError(HOW_TO_GET_SUITES);
    const reports = suites.map((suite) => {
      const start = io.now();
      let done = 0;
      const report = runSuite(suite, executor, (script, total) => {
        showProgress(io, `${suite.path}: ${++done}/${total} ${script.script}`);
      });
      showProgress(io, "");
      if (!options.json) printSuite(report, io.now() - start, io);
      return report;
    });
    const report = reportAll(executor.name, reports);
    if (options.json) printJson(io, report);
    else printTotal(report, io);
    return report.ok ? EXIT.ok : EXIT.mismatch;
  },
});

function findSuites(named: readonly string[], io: Io): Suite[] {
  const roots = named.length > 0 ? named : [io.env["SPEC_TESTS"] || "../shared/wasm-spec"];
  return roots.flatMap((path) => {
    const known = suitesUnder(path);
    // The last resort may be absent; what was asked for by name may not, and fails when it is read.
    const wanted = named.length > 0 || io.env["SPEC_TESTS"];
    return known.length > 0 || !wanted ? known : [{ path, features: featuresFor(path) }];
  });
}

function printSuite(suite: SuiteReport, milliseconds: number, io: Io): void {
  const { colors } = io;
  const features = typeof suite.features === "string" ? suite.features : suite.features.join(", ");
  printLines(io, colors.bold(`${suite.suite} (features: ${features})`));
  const rows = columns(suite.scripts.map((script) => [script.script, ...cells(script)]));
  suite.scripts.forEach((script, i) => {
    printLines(io, script.failed > 0 ? colors.red(rows[i]!) : rows[i]!);
    for (const { line, index, type, reason } of script.failures.slice(0, SHOWN_FAILURES)) {
      printLines(io, `      line ${line} (command ${index}) ${type}: ${reason}`);
    }
    const hidden = script.failures.length - SHOWN_FAILURES;
    if (hidden > 0) printLines(io, `      and ${hidden} more: see --json`);
  });
  for (const [reason, times] of skipReasons(suite))
    printLines(io, colors.dim(`  skipped ${times} × ${reason}`));
  printLines(io, colors.dim(`  ${count(suite.scripts.length, "script")} in ${duration(milliseconds)}`), "");
}

function cells({ passed, failed, skipped }: ScriptReport): string[] {
  return [
    `${count(passed)} passed`,
    failed > 0 ? `${count(failed)} failed` : "",
    skipped > 0 ? `${count(skipped)} skipped` : "",
  ];
}

function printTotal({ ok, passed, failed, skipped }: Report, io: Io): void {
  const verdict = `${count(passed)} passed, ${count(failed)} failed, ${count(skipped)} skipped`;
  printLines(io, ok ? io.colors.green(verdict) : io.colors.red(verdict));
}
