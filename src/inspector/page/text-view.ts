import type { TemplateResult } from 'lit-html';
import { html } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { visible } from '../visible.js';

const foldedLength = 300;
const shownLength = 120;

/** Text of a config, in which nothing turns the rest round, and of which only the start shows when it is long. */
export function textView(text: string): TemplateResult | string {
  if (text.length <= foldedLength) return visible(text);
  // Another text in the same place is folded again.
  return html`${keyed(text, foldedView(text))}`;
}

function foldedView(text: string): TemplateResult {
  const count = text.length.toLocaleString();
  return html`<span class="fold"
    ><span class="start">${visible(text.slice(0, shownLength))}…</span><span class="whole">${visible(text)}</span>
    <button type="button" aria-expanded="false" @click=${toggle}>all ${count} characters</button></span
  >`;
}

function toggle({ currentTarget: button }: { readonly currentTarget: HTMLElement }): void {
  const isOpen = button.parentElement!.toggleAttribute('data-open');
  button.setAttribute('aria-expanded', String(isOpen));
}
