/** One quantity, measured in several rounds. */
export interface Estimate {
  readonly median: number;
  /** The smallest and the largest of the rounds: how far they lie apart is the noise. */
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError for no values: nothing was measured then. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("median of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @throws RangeError for no values, or values that are not positive. */
export function geomean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("geometric mean of no values");
  if (values.some((value) => !(value > 0)))
    throw new RangeError("geometric mean of a value that is not positive");
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** @param rounds the quantity in each round. */
export function estimate(rounds: readonly number[]): Estimate {
  return { median: median(rounds), low: Math.min(...rounds), high: Math.max(...rounds) };
}

/** Quotients round by round, so that what slowed a whole round down cancels out. */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  if (numerators.length !== denominators.length) throw new RangeError("rounds do not pair up");
  return numerators.map((value, round) => value / denominators[round]!);
}

/** The geometric mean over several quantities in each round. */
export function geomeanByRound(quantities: readonly (readonly number[])[]): number[] {
  return quantities[0]!.map((_, round) => geomean(quantities.map((rounds) => rounds[round]!)));
}
