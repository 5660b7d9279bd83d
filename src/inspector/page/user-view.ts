import type { TemplateResult } from 'lit-html';
import { html } from 'lit-html';
import type { Actions } from './actions.js';
import type { AttributeType, EditedAttribute, EditedUser } from './location.js';
import { attributeTypes } from './location.js';
import type { PageState } from './session.js';

interface InputEvent {
  readonly target: HTMLInputElement | HTMLSelectElement;
}

const examples: Readonly<Record<AttributeType, string>> = {
  text: 'pro',
  number: '42',
  date: '2026-12-31T00:00Z',
  list: 'red, green',
};

/** The user whom flags are evaluated for. */
export function userView({ location }: PageState, { goTo }: Actions): TemplateResult {
  const { user } = location;
  const change = (edit: (user: EditedUser) => Partial<EditedUser>, isStep = false) =>
    goTo((now) => ({ ...now, user: { ...now.user, ...edit(now.user) } }), isStep);
  const changeCustom = (edit: (custom: EditedUser['custom']) => EditedUser['custom'], isStep = false) =>
    change(({ custom }) => ({ custom: edit(custom) }), isStep);
  const field = (name: 'identifier' | 'email' | 'country', label: string) => html`
    <label>
      <span>${label}</span>
      <input
        name=${name}
        .value=${user[name]}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        @input=${({ target }: InputEvent) => change(() => ({ [name]: target.value }))}
      />
    </label>
  `;
  const replace = (index: number, part: Partial<EditedAttribute>) =>
    changeCustom((custom) => custom.map((attribute, i) => (i === index ? { ...attribute, ...part } : attribute)));
  const remove = (index: number) => changeCustom((custom) => custom.filter((_, i) => i !== index), true);
  const add = () => changeCustom((custom) => [...custom, { name: '', type: 'text', text: '' }], true);
  return html`
    <form class="user" aria-labelledby="user-title" @submit=${(event: Event) => event.preventDefault()}>
      <h2 id="user-title">User</h2>
      ${field('identifier', 'Identifier')} ${field('email', 'Email')} ${field('country', 'Country')}
      ${user.custom.map((attribute, i) => attributeView(attribute, i, replace, remove))}
      <button type="button" @click=${add}>Add attribute</button>
    </form>
  `;
}

function attributeView(
  { name, type, text }: EditedAttribute,
  index: number,
  replace: (index: number, part: Partial<EditedAttribute>) => void,
  remove: (index: number) => void,
): TemplateResult {
  const label = name === '' ? `attribute ${index + 1}` : name;
  const onType = ({ target }: InputEvent) => replace(index, { type: target.value as AttributeType });
  return html`
    <fieldset class="attribute">
      <legend class="hidden">${label}</legend>
      <input
        aria-label="Name of ${label}"
        placeholder="name"
        .value=${name}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        @input=${({ target }: InputEvent) => replace(index, { name: target.value })}
      />
      <select aria-label="Type of ${label}" .value=${type} @change=${onType}>
        ${attributeTypes.map((known) => html`<option value=${known} ?selected=${known === type}>${known}</option>`)}
      </select>
      <input
        aria-label="Value of ${label}"
        placeholder=${examples[type]}
        .value=${text}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        @input=${({ target }: InputEvent) => replace(index, { text: target.value })}
      />
      <button type="button" aria-label="Remove ${label}" @click=${() => remove(index)}>×</button>
    </fieldset>
  `;
}
