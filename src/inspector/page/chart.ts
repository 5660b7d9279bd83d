import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from 'chart.js';
import type { ValueShare } from '../rollout.js';
import { visible } from '../visible.js';
import { formatValue } from './values.js';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

const dark = matchMedia('(prefers-color-scheme: dark)');
const charts = new Map<HTMLCanvasElement, Chart>();
dark.addEventListener('change', () => {
  for (const chart of charts.values()) {
    paint(chart);
    chart.update('none');
  }
});

/** Draws one bar per value, as long as its share in percent; without a canvas, forgets the one that is gone. */
export function drawShares(canvas: HTMLCanvasElement | undefined, shares: readonly ValueShare[], size: number): void {
  for (const [known, chart] of charts) {
    if (known !== canvas && !known.isConnected) {
      chart.destroy();
      charts.delete(known);
    }
  }
  if (!canvas) return;
  const chart = charts.get(canvas) ?? createChart(canvas);
  charts.set(canvas, chart);
  chart.data.labels = shares.map(({ value }) => shorten(visible(formatValue(value).slice(0, 100))));
  chart.data.datasets[0]!.data = shares.map(({ users }) => (100 * users) / size);
  const box = canvas.parentElement!;
  box.style.height = `${56 + shares.length * 34}px`;
  paint(chart);
  chart.resize();
  chart.update('none');
}

function createChart(canvas: HTMLCanvasElement): Chart {
  return new Chart(canvas, {
    type: 'bar',
    data: { labels: [], datasets: [{ data: [], maxBarThickness: 24, borderRadius: 4 }] },
    options: {
      indexAxis: 'y',
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: { min: 0, max: 100, ticks: { callback: (percent) => `${percent} %` } },
        y: { grid: { display: false } },
      },
      plugins: { tooltip: { callbacks: { label: ({ parsed }) => `${(parsed.x ?? 0).toFixed(1)} %` } } },
    },
  });
}

/** The colours of the page, which follow the system. */
function paint(chart: Chart): void {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const { x, y } = chart.options.scales!;
  chart.data.datasets[0]!.backgroundColor = colour('--accent');
  for (const axis of [x, y]) {
    axis!.ticks!.color = colour('--ink');
    axis!.ticks!.font = { family: style.fontFamily, size: 13 };
  }
  x!.grid!.color = colour('--line');
}

function shorten(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
