import { SVGRenderer } from 'echarts/renderers';
import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import type { ContestantId } from './contestants/index.js';
import { contestantNames } from './contestants/index.js';
import type { Row } from './report.js';
import { short } from './report.js';

use([SVGRenderer, BarChart, GridComponent, LegendComponent, TitleComponent]);

const ink = '#24292f';
const line = '#d0d7de';
const colors: Partial<Record<ContestantId, string>> = {
  rx: '#e6007e',
  official: '#0b7bd0',
  launchDarkly: '#7a6ff0',
  unleash: '#17938f',
  growthBook: '#c27c0e',
  flagsmith: '#5d9c2f',
  openFeature: '#8b949e',
};
// On a dark page the same drawing with light ink; who draws without CSS shows the light one.
const darkInk = `<style>@media (prefers-color-scheme: dark) {
text[fill="${ink}"], tspan[fill="${ink}"] { fill: #e6edf3 } path[stroke="${line}"] { stroke: #30363d }
}</style>`;

/** Bars of one evaluation, row by row on a logarithmic scale, as an SVG that is read on light and on dark pages. */
export function chart(rows: readonly Row[]): string {
  const shown = rows.filter(({ id, unit }) => id.startsWith('A') && unit === 'ns');
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: 880, height: 110 + shown.length * 56 });
  drawing.setOption({
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif', color: ink },
    title: {
      text: 'Nanoseconds per evaluation (logarithmic, shorter is better)',
      left: 8,
      top: 6,
      textStyle: { color: ink, fontSize: 15 },
    },
    legend: { top: 34, left: 8, textStyle: { color: ink }, itemGap: 26, itemWidth: 12, itemHeight: 12 },
    grid: { left: 250, right: 60, top: 76, bottom: 30 },
    xAxis: { type: 'log', axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: shown.map(({ id, title }) => `${id} ${title}`),
      axisLabel: { color: ink, width: 235, overflow: 'break' },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    series: Object.entries(colors).map(([id, color]) => ({
      type: 'bar',
      name: contestantNames[id as ContestantId],
      color,
      barGap: '15%',
      barCategoryGap: '22%',
      label: {
        show: id === 'rx' || id === 'official',
        position: 'right',
        color: ink,
        fontSize: 9,
        formatter: ({ value }: { value?: unknown }) => short(Number(value)),
      },
      data: shown.map(({ medians }) => Math.round(medians[id as ContestantId] ?? NaN)),
    })),
  });
  const svg = drawing.renderToSVGString();
  drawing.dispose();
  return `${svg.replace(/(<svg[^>]*>)/, `$1\n${darkInk}`)}\n`;
}
