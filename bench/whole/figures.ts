/** What a measurement yields, and what is said of several rounds of it. */

/** Numbers by name; null where it could not be measured, a list where a quantile needs every single value. */
export type Figures = { readonly [name: string]: number | null | readonly number[] | Figures };

type Value = Figures[string];

/** The median of each figure of the rounds that have any; lists are put together. Null if one of them lacks it. */
export function mediansOf(all: readonly Figures[]): Figures {
  const rounds = all.filter((round) => Object.keys(round).length > 0);
  const names = [...new Set(rounds.flatMap((round) => Object.keys(round)))];
  return Object.fromEntries(
    names.map((name) => [name, medianValue(rounds.map((round) => round[name] ?? null))]),
  );
}

function medianValue(values: readonly Value[]): Value {
  if (values.every((value) => typeof value === 'number')) return median(values);
  if (values.every((value) => Array.isArray(value))) return values.flat() as number[];
  if (values.every((value) => isFigures(value))) return mediansOf(values);
  return null;
}

function isFigures(value: Value): value is Figures {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return Number(((low + high) / 2).toFixed(3));
}

/** The number at a path such as `per_s` or `insert.per_s`; null if there is none. */
export function figureAt(figures: Figures | undefined, path: string): number | null {
  let value: Value | undefined = figures;
  for (const name of path.split('.')) value = isFigures(value ?? null) ? (value as Figures)[name] : undefined;
  return typeof value === 'number' ? value : null;
}

/** Where a figure is: the measurement's name, and the path in it. */
export type Place = readonly [name: string, path: string];
export type Rounds = Readonly<Record<string, readonly Figures[]>>;

/** The median of the ratios of each round, because both sides of a round saw the same machine. */
export function ratioOf(rounds: Rounds, [name, path]: Place, [other, otherPath]: Place): number | null {
  const [ours = [], theirs = []] = [rounds[name], rounds[other]];
  const ratios = ours.flatMap((figures, round) => {
    const [above, below] = [figureAt(figures, path), figureAt(theirs[round], otherPath)];
    return above === null || below === null || below === 0 ? [] : [above / below];
  });
  return ratios.length === 0 ? null : median(ratios);
}
