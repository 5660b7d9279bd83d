import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import type { ChangedFlag, PageState } from './session.js';
import { clock, show } from './values.js';

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
              <time datetime=${at.toISOString()}>${clock(at)}</time>
              ${flags.map(changeView)}
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
        ${title}
        ${
          before === after
            ? html`<span class="quiet">the same value for this user</span>`
            : html`<span class="move">${show(before)} → ${show(after)}</span>`
        }
      </summary>
      <div class="diff" role="region" aria-label="What differs in ${key}" tabindex="0">
        ${lines.map((line) => html`<code class=${kindOf(line)}>${line}</code>`)}
      </div>
    </details>
  `;
}

function kindOf(line: string): string {
  return line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'kept';
}
