import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withHouse } from '../../scripts/generate/house-drawing.ts';
import { ROOMS } from '../../scripts/generate/rooms.ts';
import { readTree } from '../tidy/source-tree.ts';

test('the house in ARCHITECTURE.md is what the imports say: scripts/generate/house.ts draws it', () => {
  const page = readFileSync('ARCHITECTURE.md', 'utf8');
  expect(withHouse(page, readTree('.'))).toBe(page);
  expect(Object.keys(ROOMS).filter((room) => !page.includes(`| \`${room}\` |`))).toEqual([]);
});

test('a room that nobody has described is not drawn', () => {
  const page = '<!-- house -->\n<!-- /house -->';
  const files = [{ path: 'src/outbox/relay.ts', text: '' }];
  expect(() => withHouse(page, files)).toThrow('src/outbox');
});

test('an arrow that follows from two others is left out', () => {
  const page = '<!-- house -->\n<!-- /house -->';
  const files = [
    {
      path: 'src/api/routes/a.ts',
      text: `import '../../billing/charge/b.ts'; import '../../platform/c.ts';`,
    },
    { path: 'src/billing/charge/b.ts', text: `import { c } from '../../platform/c.ts';` },
    { path: 'src/platform/c.ts', text: '' },
  ];
  const drawn = withHouse(page, files);
  expect(drawn).toContain('api --> billing\n  billing --> platform\n```');
  expect(drawn).toContain('| `src/api/routes` | 1 |');
  expect(drawn).toContain('| billing (charge), platform |');
});
