/** What a PromQL expression may say, given the metrics that there are. */
import type { Registry } from 'prom-client';

export type KnownMetric = {
  readonly type: string;
  readonly labels: readonly string[];
  /** Told alike by every process, so never to be added up. */
  readonly is_shared: boolean;
};

/** Labels that Prometheus adds by itself. */
const TARGET_LABELS = ['job', 'instance'];
const NAME = /\b(?:duecourse|nodejs|process)_\w+|\bup\b/g;
const UP: KnownMetric = { type: 'gauge', labels: [], is_shared: false };

/** The metrics of a registry by their names; `shared` names those that are looked up. */
export function knownMetrics(registry: Registry, shared: ReadonlySet<string>): Map<string, KnownMetric> {
  const known = new Map([['up', UP]]);
  for (const { name, type, labelNames } of registry.getMetricsAsArray() as unknown as readonly {
    name: string;
    type: string;
    labelNames: readonly string[];
  }[])
    known.set(name, { type, labels: labelNames, is_shared: shared.has(name) });
  return known;
}

/** The names of metrics that a text has, as it spells them. */
export function namesIn(text: string): string[] {
  return [...new Set([...text.matchAll(NAME)].map(([name]) => name))];
}

/** The metric that a name is of: a histogram has three. */
export function metricOf(name: string, known: ReadonlyMap<string, KnownMetric>): string | null {
  if (known.has(name)) return name;
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  return known.get(base)?.type === 'histogram' ? base : null;
}

/** One line for each thing that an expression says and that is not so. */
export function expressionErrors(expr: string, known: ReadonlyMap<string, KnownMetric>): string[] {
  const uses = [...expr.matchAll(NAME)].filter(({ index }) => !isQuoted(expr, index));
  const labels = uses.flatMap(([name]) => known.get(metricOf(name, known) ?? '')?.labels ?? []);
  const allowed = new Set([...labels, ...TARGET_LABELS, 'le']);
  return [
    ...uses.flatMap((use) => useErrors(expr, use[0], use.index, known)),
    ...grouped(expr)
      .filter((label) => !allowed.has(label))
      .map((label) => `nothing in it has the label ${label}`),
  ];
}

function useErrors(
  expr: string,
  name: string,
  index: number,
  known: ReadonlyMap<string, KnownMetric>,
): string[] {
  const metric = known.get(metricOf(name, known) ?? '');
  if (metric === undefined) return [`there is no ${name}`];
  const before = expr.slice(0, index);
  const [, selector = ''] = /^\w+\{([^}]*)\}/.exec(expr.slice(index)) ?? [];
  const unknown = [...selector.matchAll(/(\w+)\s*(?:=|!)/g)]
    .map(([, label = '']) => label)
    .filter((label) => ![...metric.labels, ...TARGET_LABELS, 'le'].includes(label));
  const counts = metric.type === 'counter' || metric.type === 'histogram';
  return [
    ...unknown.map((label) => `${name} has no label ${label}`),
    ...(counts && !/\b(?:rate|increase)\(\s*$/.test(before)
      ? [`${name} counts: take its rate or increase`]
      : []),
    ...(metric.is_shared && /\b(?:sum|avg|count)\b[^(]*(?:\([^()]*\)\s*)?\(\s*$/.test(before)
      ? [`${name} is told alike by every process: take its max`]
      : []),
  ];
}

function grouped(expr: string): string[] {
  return [...expr.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list
      .split(',')
      .map((label) => label.trim())
      .filter(Boolean),
  );
}

function isQuoted(expr: string, index: number): boolean {
  return (expr.slice(0, index).split('"').length - 1) % 2 === 1;
}
