import type { TemplateResult } from 'lit-html';
import { html, nothing } from 'lit-html';
import type { NodeState, TreeNode } from '../tree.js';
import { stateSymbols } from '../tree.js';
import { textView } from './text-view.js';

const words: Readonly<Record<NodeState, string>> = {
  served: 'served',
  yes: 'holds',
  no: 'does not hold',
  error: 'cannot be evaluated',
  unseen: 'not looked at',
};

/** An evaluation as nested lists, the branch that served lit. */
export function treeView(root: TreeNode): TemplateResult {
  return html`<ul class="tree">
    ${nodeView(root)}
  </ul>`;
}

function nodeView({ state, label, note, children }: TreeNode): TemplateResult {
  return html`
    <li data-state=${state}>
      <p>
        <span class="mark" aria-hidden="true">${stateSymbols[state]}</span>
        <span class="text">
          <span class="label">${textView(label)}</span>
          <span class="hidden">(${words[state]})</span>
          ${note === undefined ? nothing : html`<span class="note">${textView(note)}</span>`}
        </span>
      </p>
      ${
        children.length === 0
          ? nothing
          : html`<ul>
              ${children.map(nodeView)}
            </ul>`
      }
    </li>
  `;
}
