import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import { ref } from 'lit-html/directives/ref.js';
import type { Actions } from './actions.js';
import { attributesOf } from '../population.js';
import type { ValueShare } from '../rollout.js';
import { splitOf } from '../rollout.js';
import { drawShares } from './chart.js';
import type { PageState } from './session.js';
import { textView } from './text-view.js';
import { visible } from '../visible.js';
import { formatValue } from './values.js';

const sizes = [100, 1_000, 10_000, 100_000];

/** How the flag is split among users who are like the one on the page, but for one attribute. */
export function rolloutView(key: string, state: PageState, { simulate }: Actions): TemplateResult {
  const { snapshot, config, user, rollout } = state;
  const splitBy = snapshot.setting(key)?.percentageAttribute ?? 'Identifier';
  const attribute = rollout.attribute ?? splitBy;
  const known = config ? attributesOf([config]).keys() : [];
  const attributes = [
    ...new Set([splitBy, 'Identifier', 'Email', 'Country', ...Object.keys(user?.custom ?? {}), ...known]),
  ];
  const onAttribute = ({ target }: { readonly target: HTMLSelectElement }) => simulate({ attribute: target.value });
  const onSize = ({ target }: { readonly target: HTMLSelectElement }) => simulate({ size: Number(target.value) });
  return html`
    <section aria-labelledby="rollout-title">
      <h2 id="rollout-title">Rollout</h2>
      <p class="choices">
        <label>
          <span>Users who differ in</span>
          <select @change=${onAttribute}>
            ${attributes.map((name) => html`<option value=${name} ?selected=${name === attribute}>${visible(name)}</option>`)}
          </select>
        </label>
        <label>
          <span>How many</span>
          <select @change=${onSize}>
            ${sizes.map((size) => html`<option value=${size} ?selected=${size === rollout.size}>${size.toLocaleString()}</option>`)}
          </select>
        </label>
      </p>
      ${guard([snapshot, key, user, attribute, rollout.size], () =>
        sharesView(splitOf(snapshot, key, user ?? { identifier: '' }, { attribute, size: rollout.size }), rollout.size),
      )}
    </section>
  `;
}

function sharesView(shares: readonly ValueShare[], size: number): TemplateResult {
  return html`
    <div class="chart">
      <canvas
        role="img"
        aria-label="Share of users by value; the table below has the numbers"
        ${ref((canvas) => drawShares(canvas as HTMLCanvasElement | undefined, shares, size))}
      ></canvas>
    </div>
    <table class="shares">
      <thead>
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Variation</th>
          <th scope="col">Users</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        ${shares.map(
          ({ value, variationId, users }) => html`
            <tr>
              <td>${textView(formatValue(value))}</td>
              <td>${variationId === undefined ? nothing : html`<code>${textView(variationId)}</code>`}</td>
              <td data-users=${users}>${users.toLocaleString()}</td>
              <td>${((100 * users) / size).toFixed(1)} %</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}
