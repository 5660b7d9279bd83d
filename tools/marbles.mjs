// Draws the marble diagrams of the operators from docs/marbles.json, which a spec holds against what the operators do
// and the pictures against what is drawn here.
//
//   npm run marbles
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [left, step, rowHeight, top, radius] = [130, 36, 58, 64, 13];

/** A diagram as SVG: a line for each row, with a circle for each letter of its marbles, and a stroke for its end. */
export function drawMarbles({ title, says, rows }) {
  const frames = Math.max(...rows.map(({ marbles }) => marbles.length));
  const width = left + frames * step + 30;
  const height = top + rows.length * rowHeight;
  const lines = rows.map((row, index) => drawRow(row, top + index * rowHeight, width, index === rows.length - 1));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="13">
<title id="title">${escape(title)}</title>
<desc id="desc">${escape(says)}</desc>
<style>
  .page { fill: #ffffff } .name { fill: #24292f; font-weight: 600 } .line { stroke: #8b949e; stroke-width: 1.5 }
  .value { stroke: #57606a; stroke-width: 1.2; fill: #e6effb } .result { fill: #e2f5e9 } .text { fill: #24292f; text-anchor: middle }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .name, .text { fill: #e6edf3 } .value { stroke: #8b949e; fill: #16263d } .result { fill: #14301f }
  }
</style>
<rect class="page" width="${width}" height="${height}" rx="8"/>
<text class="name" x="16" y="26" font-family="ui-monospace, monospace">${escape(title)}</text>
${lines.join('\n')}
</svg>
`;
}

function drawRow({ name, marbles }, y, width, isResult) {
  const values = [...marbles].map((sign, frame) => {
    const x = left + frame * step;
    if (sign === '-') return '';
    if (sign === '|') return `<line class="line" x1="${x}" x2="${x}" y1="${y - 12}" y2="${y + 12}"/>`;
    const kind = isResult ? 'value result' : 'value';
    return `<circle class="${kind}" cx="${x}" cy="${y}" r="${radius}"/><text class="text" x="${x}" y="${y + 4.5}">${escape(sign)}</text>`;
  });
  const end = marbles.includes('|') ? left + marbles.indexOf('|') * step : width - 20;
  return [
    `<text class="name" x="16" y="${y + 4.5}">${escape(name)}</text>`,
    `<line class="line" x1="${left - 20}" x2="${end}" y1="${y}" y2="${y}"/>`,
    ...values.filter(Boolean),
  ].join('\n');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const docs = join(import.meta.dirname, '../docs');
  const diagrams = JSON.parse(readFileSync(join(docs, 'marbles.json'), 'utf8'));
  for (const [name, diagram] of Object.entries(diagrams)) {
    writeFileSync(join(docs, `marbles-${name}.svg`), drawMarbles(diagram));
  }
}
