/** Alerts, dashboard, runbook, metrics and commands say the same: what one of them names, the others have. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { watchQueue, watchRows } from '../../../src/platform/watched-metrics.ts';
import { expressionErrors, knownMetrics, metricOf, namesIn } from './expressions.ts';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
};
type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
};
type Section = { readonly alert: string; readonly text: string };

const RUNBOOK = 'docs/runbook.md';
const alerts = parse(readFileSync('ops/alerts.yml', 'utf8')) as {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};
const dashboard = JSON.parse(readFileSync('ops/dashboard.json', 'utf8')) as {
  readonly panels: readonly Panel[];
};
const runbook = readFileSync(RUNBOOK, 'utf8');

const rules = alerts.groups.flatMap((group) => group.rules);
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const sections: readonly Section[] = runbook
  .split(/^### /m)
  .slice(1)
  .map((text) => ({ alert: text.split('\n', 1)[0] ?? '', text: text.replace(/^## [\s\S]*/m, '') }));
const blocks = (language: string, text = runbook): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  );

/** Every metric that an API or a worker tells. */
function registryOfAll() {
  const { registry } = createMetrics({ processMetrics: true });
  const counted = new Set(registry.getMetricsAsArray().map(({ name }) => name));
  watchRows(registry, async () => []);
  watchQueue(registry, async () => ({}));
  const all = registry.getMetricsAsArray().map(({ name }) => name);
  // Whether a process could read the rows is its own to tell.
  const shared = all.filter((name) => !counted.has(name) && name !== 'duecourse_rows_read');
  return { known: knownMetrics(registry, new Set(shared)), all };
}

const { known, all } = registryOfAll();
const errorsOf = (expressions: readonly string[]) =>
  expressions.flatMap((expr) => expressionErrors(expr, known).map((error) => `${error}: ${expr.trim()}`));

describe('an alert', () => {
  test('has a name of its own, a severity, a summary and its section of the runbook', () => {
    expect(rules.length).toBeGreaterThan(20);
    const names = rules.map(({ alert }) => alert);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const { alert, labels, annotations, ...rest } of rules) {
      expect(alert).toMatch(/^Duecourse[A-Z]\w+$/);
      expect(labels).toEqual({ severity: expect.stringMatching(/^(?:page|ticket)$/) });
      expect(annotations).toEqual({
        summary: expect.stringMatching(/\S/),
        runbook_url: `${RUNBOOK}#${alert.toLowerCase()}`,
      });
      expect(['for', 'expr']).toEqual(expect.arrayContaining(Object.keys(rest)));
    }
  });

  test('asks for metrics that there are, by labels that they have', () => {
    expect(errorsOf(rules.map(({ expr }) => expr))).toEqual([]);
  });
});

describe('the dashboard', () => {
  test('explains each panel, and asks for metrics that there are', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const panel of panels) {
      expect(panel.description, panel.title).toMatch(/\S/);
      expect(panel.targets?.length, panel.title).toBeGreaterThan(0);
    }
    expect(errorsOf(queries)).toEqual([]);
  });

  test('or an alert shows every metric of ours', () => {
    const shown = new Set(
      [...queries, ...rules.map(({ expr }) => expr)]
        .flatMap((expr) => namesIn(expr))
        .map((name) => metricOf(name, known)),
    );
    expect(all.filter((name) => name.startsWith('duecourse_') && !shown.has(name))).toEqual([]);
  });
});

describe('the runbook', () => {
  test('has a section for each alert, and none for another', () => {
    expect(sections.map(({ alert }) => alert).sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  test('says in each what it means, where to look and what to do', () => {
    for (const { alert, text } of sections) {
      const [, means = '', ...rest] = text.split('\n\n');
      expect(blocks('promql', text).length + blocks('sql', text).length, alert).toBeGreaterThan(0);
      const said = [means, ...rest].filter((part) => part.trim() !== '' && !part.startsWith('```'));
      // Where what it means says at once what to do, the one paragraph is enough.
      expect(said.length, alert).toBeGreaterThan(alert === 'DuecourseWebhooksRefused' ? 0 : 1);
    }
  });

  test('asks for metrics that there are, and names no other', () => {
    expect(errorsOf(blocks('promql'))).toEqual([]);
    const named = namesIn(runbook).filter((name) => !name.endsWith('_') && metricOf(name, known) === null);
    expect(named).toEqual([]);
  });

  test('links to its own sections, and names log events that there are', () => {
    const links = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter((anchor) => !sections.some(({ alert }) => alert.toLowerCase() === anchor))).toEqual(
      [],
    );
    const explained = readFileSync('ARCHITECTURE.md', 'utf8');
    const events = [...runbook.matchAll(/`((?:charge|row|loop|queue|process|request)\.[a-z_]+)`/g)];
    expect(events.length).toBeGreaterThan(5);
    expect(events.map(([quoted]) => quoted).filter((quoted) => !explained.includes(quoted))).toEqual([]);
  });

  test('types commands that there are, with the words that they take', () => {
    expect(commandErrors(runbook)).toEqual([]);
    expect([...runbook.matchAll(COMMAND)].length).toBeGreaterThan(20);
  });
});

const COMMAND = /`npm (?:run )?([\w:-]+)((?: [^`]*)?)`/g;
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** One line for each command that package.json does not have, or whose usage lacks a word that is typed. */
function commandErrors(text: string): string[] {
  return [...text.matchAll(COMMAND)].flatMap(([command, name = '', rest = '']) => {
    if (!(name in scripts)) return [`${command}: no such command`];
    const file = `scripts/operate/commands/${name}.ts`;
    const usage = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const words = [...rest.replace(/"[^"]*"/g, '').matchAll(/(?:^| )(--\w[\w-]*|[a-z]+)(?= |$)/g)];
    return words
      .map(([, word = '']) => word)
      .filter((word) => word !== '--' && !usage.includes(word.replace(/^--/, '')))
      .map((word) => `${command}: it does not know ${word}`);
  });
}

describe('is flagged:', () => {
  test.each([
    ['a metric that nobody tells', 'max(duecourse_due_seconds)', 'there is no duecourse_due_seconds'],
    [
      'a suffix that it does not have',
      'rate(duecourse_mails_total_count[5m])',
      'there is no duecourse_mails',
    ],
    ['a label that it does not have', 'max(duecourse_due_rows{queue="charge"})', 'has no label queue'],
    ['a group by a label of no metric', 'max by (queue) (duecourse_due_rows)', 'has the label queue'],
    ['a counter without a rate', 'sum(duecourse_mails_total)', 'take its rate'],
    ['a sum of what all tell alike', 'sum by (kind) (duecourse_due_rows)', 'take its max'],
    ['a plain sum of the same', 'sum(duecourse_queue_waiting_jobs)', 'take its max'],
  ])('%s', (_what, expr, error) => {
    expect(expressionErrors(expr, known)).toEqual([expect.stringContaining(error)]);
  });

  test.each([
    'sum by (kind) (rate(duecourse_rows_total{outcome="failed"}[5m]))',
    'sum(max by (kind) (duecourse_due_rows))',
    'histogram_quantile(0.9, sum by (le) (rate(duecourse_pace_wait_seconds_bucket[5m])))',
    'sum by (kind) (duecourse_leases_held)',
  ])('but not %s', (expr) => {
    expect(expressionErrors(expr, known)).toEqual([]);
  });

  test('a command that is not there, and a word that one does not take', () => {
    expect(commandErrors('`npm run repair`, `npm run charging -- pause`')).toEqual([
      '`npm run repair`: no such command',
      '`npm run charging -- pause`: it does not know pause',
    ]);
  });
});
