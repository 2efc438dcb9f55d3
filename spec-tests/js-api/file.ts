import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInThisContext } from "node:vm";
import { ASSERTIONS } from "./assertions.ts";

/** What became of one test of a file. */
export interface TestResult {
  readonly name: string;
  readonly error: unknown;
  readonly passed: boolean;
}

interface Test {
  readonly name: string;
  readonly body: (test: TestObject) => unknown;
}

/** What a test's function is given. */
class TestObject {
  readonly cleanups: (() => void)[] = [];

  add_cleanup(cleanup: () => void): void {
    this.cleanups.push(cleanup);
  }
  unreached_func(description?: unknown): () => void {
    return () => ASSERTIONS.assert_unreached(description);
  }
  step<T>(action: () => T): T {
    return action();
  }
  step_func<A extends unknown[], R>(action: (...args: A) => R): (...args: A) => R {
    return action;
  }
}

/** The scripts that a file asks for, its own text last. Paths are those of the test server, or relative. */
function scriptsOf(root: string, path: string): string[] {
  const text = readFileSync(join(root, path), "utf8");
  const wanted = [...text.matchAll(/^\/\/ META: script=(\S+)/gm)].map(([, script]) => script!);
  const texts = wanted.map((script) =>
    readFileSync(script.startsWith("/") ? join(root, script) : join(root, dirname(path), script), "utf8"),
  );
  return [...texts, text];
}

/**
 * Runs a test file of the Web Platform Tests in this realm, on the `WebAssembly` that the global object has. A file is
 * run as the body of one function, so that what it declares is gone afterwards.
 * @param root the folder that paths beginning with a slash are in
 * @param origin where the same folder is served, for files that fetch
 */
export async function runFile(root: string, path: string, origin?: string): Promise<TestResult[]> {
  const tests: Test[] = [];
  const results: TestResult[] = [];
  const harness = {
    ...ASSERTIONS,
    setup: (first: unknown) => {
      if (typeof first === "function") first();
    },
    promise_setup: (action: () => unknown) => action(),
    // A test that is no promise runs where it stands: files change their variables between tests.
    test: (body: Test["body"], name = path) => {
      results.push(settle(name, () => runBody(body)));
    },
    promise_test: (body: Test["body"], name = path) => {
      tests.push({ name, body });
    },
    fetch: (url: string, options?: RequestInit) => fetch(new URL(url, `${origin}/${path}`), options),
    self: globalThis,
    done: () => {},
  };
  const names = Object.keys(harness);
  const source = `(function (${names.join(", ")}) {\n${scriptsOf(root, path).join("\n;\n")}\n})`;
  const file = runInThisContext(source, { filename: path }) as (...args: unknown[]) => void;
  try {
    file.apply(globalThis, Object.values(harness));
  } catch (error) {
    results.push({ name: "(the file itself)", error, passed: false });
  }
  for (const { name, body } of tests) results.push(await settleAsync(name, body));
  return results;
}

function settle(name: string, action: () => void): TestResult {
  try {
    action();
    return { name, error: undefined, passed: true };
  } catch (error) {
    return { name, error, passed: false };
  }
}

function runBody(body: Test["body"]): void {
  const test = new TestObject();
  try {
    body.call(test, test);
  } finally {
    for (const cleanup of test.cleanups) cleanup();
  }
}

async function settleAsync(name: string, body: Test["body"]): Promise<TestResult> {
  const test = new TestObject();
  try {
    await body.call(test, test);
    return { name, error: undefined, passed: true };
  } catch (error) {
    return { name, error, passed: false };
  } finally {
    for (const cleanup of test.cleanups) cleanup();
  }
}
