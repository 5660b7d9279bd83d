import { autoPoll } from 'configcat-rx';
import { ConfigCatProvider, useFlag, useSuspenseFlag } from 'configcat-rx/react';
import type { ReactNode } from 'react';
import { StrictMode, Suspense, createElement } from 'react';
import { createRoot } from 'react-dom/client';

const { baseUrl = '', sdkKey = '', way = '' } = Object.fromEntries(new URLSearchParams(location.search));
const options = { baseUrl, polling: autoPoll({ pollIntervalSeconds: 1 }) };

/** What has been rendered, and what was on the page each time that it could be painted. */
const seen: string[] = [];
const painted: string[] = [];
Object.assign(globalThis, { seen, painted });

function note(text: string): string {
  seen.push(text);
  return text;
}

const Spinner = () => note('…');
const Patient = () => note(useSuspenseFlag('greeting', 'default'));
const Greeting = () => note(useFlag('greeting', 'default'));
const spinner = createElement(Spinner);
const wait = (child: ReactNode) => createElement(Suspense, { fallback: spinner }, child);
const provide = (child: ReactNode, more: { readonly fallback?: ReactNode; readonly suspend?: boolean } = {}) =>
  createElement(ConfigCatProvider, { sdkKey, options, ...more }, child);

const trees: Readonly<Record<string, () => ReactNode>> = {
  above: () => wait(provide(createElement(Patient))),
  below: () => provide(wait(createElement(Patient))),
  suspend: () => wait(provide(createElement(Greeting), { suspend: true })),
  fallback: () => provide(createElement(Greeting), { fallback: spinner }),
  strict: () => createElement(StrictMode, null, wait(provide(createElement(Patient)))),
};

addEventListener('DOMContentLoaded', () => {
  const container = document.body.appendChild(document.createElement('main'));
  const look = () => {
    const text = container.innerText;
    if (text !== '' && text !== painted[painted.length - 1]) painted.push(text);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  createRoot(container).render(trees[way]!());
});
