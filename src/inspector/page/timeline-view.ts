import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import type { ChangedFlag, PageState } from './session.js';
import { textView } from './text-view.js';
import { formatTime, formatValue, formatKey } from './values.js';

/** When thousands of flags change at once, nobody reads them all. */
const shownChanges = 100;

/** What has changed since the page was opened, newest first. */
export function timelineView({ timeline }: PageState): TemplateResult {
  return html`
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">Changes</h2>
      ${timeline.length === 0 ? html`<p class="quiet">None since this page was opened.</p>` : nothing}
      <ol class="timeline" aria-live="polite">
        ${timeline.map(
          ({ at, flags }) => html`
            <li>
              <time datetime=${at.toISOString()}>${formatTime(at)}</time>
              ${flags.slice(0, shownChanges).map(changeView)}
              ${flags.length > shownChanges ? html`<p class="quiet">and ${flags.length - shownChanges} more</p>` : nothing}
            </li>
          `,
        )}
      </ol>
    </section>
  `;
}

function changeView({ key, lines: [title = key, ...lines], before, after }: ChangedFlag): TemplateResult {
  return html`
    <details open>
      <summary>
        ${textView(title)}
        ${
          before === after
            ? html`<span class="quiet">the same value for this user</span>`
            : html`<span class="move">${textView(formatValue(before))} → ${textView(formatValue(after))}</span>`
        }
      </summary>
      <div class="diff" role="region" aria-label="What differs in ${formatKey(key)}" tabindex="0">
        ${lines.map((line) => html`<code class=${kindOf(line)}>${textView(line)}</code>`)}
      </div>
    </details>
  `;
}

function kindOf(line: string): string {
  return line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'kept';
}
