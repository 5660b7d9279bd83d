import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topologies } from './support/bill';

const pageOf = (name: string) => readFileSync(join(__dirname, '../docs', name), 'utf8');
/** The cells of the tables of a page, row by row. */
const rowsOf = (name: string) =>
  pageOf(name)
    .split('\n')
    .filter((line) => /^\|(?!\s*-)/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const numberOf = (cell = '') => Number(/[\d,.]+/.exec(cell)?.[0].replaceAll(',', ''));
const [sample = []] = rowsOf('scaling.md').filter(([first = '']) => first.startsWith('the sample'));
const [up = 0, unchanged = 0, whole = 0] = sample.slice(1).map(numberOf);
const bill = rowsOf('the-bill.md').filter((cells) => cells.length === 4 && cells[0] !== 'topology');

/** As the page writes it: in megabytes, from a thousand of them on in gigabytes with a decimal. */
function traffic(bytes: number): string {
  return bytes < 2e9 ? `${Math.round(bytes / 1e6).toLocaleString('en')} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

describe('docs/the-bill.md', () => {
  it('has the topologies of the formula, with its downloads and their traffic', () => {
    expect(
      bill.map(([name, , downloads, bytes]) => [name, numberOf(downloads), bytes!.replace(' from the CDN', '')]),
    ).toEqual(
      topologies.map(({ name, downloads, isWhole }) => [
        name,
        downloads,
        traffic(downloads * (up + (isWhole ? whole : unchanged))),
      ]),
    );
  });

  it('says in words how many bytes an exchange is', () => {
    expect(pageOf('the-bill.md')).toContain(`Traffic is ${up + unchanged} bytes for each exchange that ends in a 304`);
  });

  const counted = topologies.filter(({ count }) => count !== undefined);
  it.each(counted.map((topology) => [topology.name, topology.downloads, topology] as const))(
    'is right about %s: %i',
    async (_name, downloads, { count, atLeast = downloads * 0.9 }) => {
      const found = await count!();
      expect(found).toBeLessThanOrEqual(downloads);
      expect(found).toBeGreaterThanOrEqual(atLeast);
    },
  );
});
