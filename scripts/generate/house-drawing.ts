/** The house as its imports draw it: who stands on whom, and a line for each room. */
import { posix } from 'node:path';
import { importedFiles, type SourceFile } from '../../test/tidy/source-tree.ts';
import { ROOMS } from './rooms.ts';

const OPENING = '<!-- house -->\n';
const CLOSING = '<!-- /house -->';

/** Folders whose rooms are listed one by one; the others are one line each. */
const IN_ROOMS = /^src\//;

type Edges = ReadonlyMap<string, ReadonlySet<string>>;

/** ARCHITECTURE.md with the drawing renewed. */
export function withHouse(page: string, files: readonly SourceFile[]): string {
  const [start, end] = [page.indexOf(OPENING), page.indexOf(CLOSING)];
  if (start < 0 || end < start) throw new RangeError('ARCHITECTURE.md has no place for the house');
  return page.slice(0, start + OPENING.length) + drawHouse(files) + page.slice(end);
}

function drawHouse(files: readonly SourceFile[]): string {
  const inside = files
    .filter(({ path }) => path.includes('/'))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const known = new Set(inside.map(({ path }) => roomOf(path)));
  const rooms = edgesBetween(inside, roomOf);
  const unnamed = [...rooms.keys()].filter((room) => !(room in ROOMS));
  if (unnamed.length > 0) throw new RangeError(`scripts/generate/rooms.ts has no sentence for ${unnamed}`);
  return `${[chart(edgesBetween(inside, floorOf)), table(inside, rooms, known)].join('\n\n')}\n`;
}

/** Floors and their arrows. Arrows that follow from others are left out. */
function chart(edges: Edges): string {
  const floors = [...edges.keys()].filter((floor) => floor === 'workers' || floor.startsWith('src/'));
  const shown = new Map(floors.map((floor) => [floor, kept(edges.get(floor), floors)]));
  const arrows = floors.flatMap((floor) => {
    const direct = [...(shown.get(floor) ?? [])].sort();
    return direct
      .filter((to) => !direct.some((other) => other !== to && reaches(shown, other, to)))
      .map((to) => `  ${short(floor)} --> ${short(to)}`);
  });
  return ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n');
}

function kept(targets: ReadonlySet<string> = new Set(), floors: readonly string[]): ReadonlySet<string> {
  return new Set([...targets].filter((target) => floors.includes(target)));
}

function reaches(edges: Edges, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const room of seen) for (const next of edges.get(room) ?? []) seen.add(next);
  return seen.has(to);
}

function table(files: readonly SourceFile[], rooms: Edges, known: ReadonlySet<string>): string {
  const lines = Object.entries(ROOMS).flatMap(([room, sentence]) => {
    const count = files.filter(({ path }) => roomOf(path) === room).length;
    if (count === 0) return [];
    const targets = [...(rooms.get(room) ?? [])].filter((target) => known.has(target));
    const imported = byFloor(
      IN_ROOMS.test(room) ? targets : targets.map((target) => floorOf(`${target}/file`)),
    );
    return [`| \`${room}\` | ${count} | ${sentence} | ${imported || 'nothing'} |`];
  });
  return ['| room | files | what lives there | imports |', '|---|---|---|---|', ...lines].join('\n');
}

/** `store/charge` and `store/work` in one: `store (charge, work)`. */
function byFloor(rooms: readonly string[]): string {
  const floors = new Map<string, Set<string>>();
  for (const room of [...rooms].sort()) {
    const [floor = '', below] = short(room).split('/');
    const inside = floors.get(floor) ?? new Set();
    floors.set(floor, inside);
    if (below !== undefined) inside.add(below);
  }
  return [...floors]
    .map(([floor, inside]) => (inside.size === 0 ? floor : `${floor} (${[...inside].join(', ')})`))
    .join(', ');
}

function edgesBetween(files: readonly SourceFile[], placeOf: (path: string) => string): Edges {
  const edges = new Map<string, Set<string>>();
  for (const file of files) {
    const from = placeOf(file.path);
    const targets = edges.get(from) ?? new Set();
    edges.set(from, targets);
    for (const to of importedFiles(file)
      .filter((path) => path.includes('/'))
      .map(placeOf)) {
      if (to !== from) targets.add(to);
    }
  }
  return edges;
}

/** `src/billing/charge/…` is in `src/billing/charge`; outside `src`, each folder is one room. */
function roomOf(path: string): string {
  return IN_ROOMS.test(path) ? posix.dirname(path) : (path.split('/')[0] ?? '');
}

/** `src/billing/charge/…` is on the floor `src/billing`. */
function floorOf(path: string): string {
  return posix
    .dirname(path)
    .split('/')
    .slice(0, IN_ROOMS.test(path) ? 2 : 1)
    .join('/');
}

function short(room: string): string {
  return room.replace(/^src\//, '');
}
