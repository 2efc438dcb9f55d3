/** The assertions of the Web Platform Tests' harness, as far as the JS API's tests use them. */

export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

function check(holds: boolean, what: string, description: unknown): void {
  if (!holds) throw new AssertionError(description === undefined ? what : `${String(description)}: ${what}`);
}

/** A value as test names show it. */
export function formatValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
      return `object "${Object.prototype.toString.call(value)}"`;
    }
    case "function":
      return `function "${value.name}"`;
    default:
      return String(value);
  }
}

type Thrown = abstract new (...args: never[]) => unknown;

function checkThrown(error: unknown, expected: Thrown, description: unknown): void {
  const found = (error as { constructor?: unknown } | null | undefined)?.constructor;
  const problem = `threw ${formatValue(error)} (${String(error)}), not a ${expected.name}`;
  // The class itself and not one that extends it, by what the object says of itself.
  check(found === expected && (error as Error).name === expected.name, problem, description);
}

function throws(action: () => void): { readonly error: unknown } | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return { error };
  }
}

function arraysEqual(actual: ArrayLike<unknown>, expected: ArrayLike<unknown>): boolean {
  if (actual.length !== expected.length) return false;
  return Array.from({ length: expected.length }).every((_, i) => Object.is(actual[i], expected[i]));
}

export const ASSERTIONS = {
  assert_true(actual: unknown, description?: unknown) {
    check(actual === true, `expected true, got ${formatValue(actual)}`, description);
  },
  assert_false(actual: unknown, description?: unknown) {
    check(actual === false, `expected false, got ${formatValue(actual)}`, description);
  },
  assert_equals(actual: unknown, expected: unknown, description?: unknown) {
    const problem = `expected ${formatValue(expected)}, got ${formatValue(actual)}`;
    check(Object.is(actual, expected), problem, description);
  },
  assert_not_equals(actual: unknown, expected: unknown, description?: unknown) {
    check(!Object.is(actual, expected), `got ${formatValue(actual)}`, description);
  },
  assert_in_array(actual: unknown, expected: readonly unknown[], description?: unknown) {
    check(
      expected.includes(actual),
      `${formatValue(actual)} is not in ${formatValue(expected)}`,
      description,
    );
  },
  assert_array_equals(actual: ArrayLike<unknown>, expected: ArrayLike<unknown>, description?: unknown) {
    const show = (list: ArrayLike<unknown>) => formatValue(Array.from(list));
    check(arraysEqual(actual, expected), `expected ${show(expected)}, got ${show(actual)}`, description);
  },
  assert_greater_than(actual: number, expected: number, description?: unknown) {
    check(actual > expected, `${formatValue(actual)} is not above ${formatValue(expected)}`, description);
  },
  assert_own_property(object: object, name: PropertyKey, description?: unknown) {
    check(Object.hasOwn(object, name), `no own property ${String(name)}`, description);
  },
  assert_not_own_property(object: object, name: PropertyKey, description?: unknown) {
    check(!Object.hasOwn(object, name), `own property ${String(name)}`, description);
  },
  assert_class_string(object: unknown, name: string, description?: unknown) {
    const found = Object.prototype.toString.call(object);
    check(found === `[object ${name}]`, `expected [object ${name}], got ${found}`, description);
  },
  assert_throws_js(expected: Thrown, action: () => void, description?: unknown) {
    const thrown = throws(action);
    check(thrown !== undefined, "did not throw", description);
    checkThrown(thrown!.error, expected, description);
  },
  assert_throws_exactly(expected: unknown, action: () => void, description?: unknown) {
    const thrown = throws(action);
    check(thrown !== undefined, "did not throw", description);
    check(Object.is(thrown!.error, expected), `threw ${formatValue(thrown!.error)}`, description);
  },
  async promise_rejects_js(_: unknown, expected: Thrown, promise: unknown, description?: unknown) {
    const thrown = await rejects(promise);
    check(thrown !== undefined, "was not rejected", description);
    checkThrown(thrown!.error, expected, description);
  },
  async promise_rejects_dom(_: unknown, name: string, promise: unknown, description?: unknown) {
    const thrown = await rejects(promise);
    check(thrown !== undefined, "was not rejected", description);
    const { error } = thrown!;
    const isOne = error instanceof DOMException && error.name === name;
    check(isOne, `was rejected with ${formatValue(error)}, not a ${name}`, description);
  },
  async promise_rejects_exactly(_: unknown, expected: unknown, promise: unknown, description?: unknown) {
    const thrown = await rejects(promise);
    check(thrown !== undefined, "was not rejected", description);
    check(Object.is(thrown!.error, expected), `was rejected with ${formatValue(thrown!.error)}`, description);
  },
  assert_unreached(description?: unknown) {
    check(false, "reached what must not be reached", description);
  },
  format_value: formatValue,
};

async function rejects(promise: unknown): Promise<{ readonly error: unknown } | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return { error };
  }
}
