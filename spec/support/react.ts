import type * as React from 'react';
import type * as ReactDom from 'react-dom/client';
import type * as ReactDomServer from 'react-dom/server';
import type * as Hooks from '../../src/react';
import type * as CoreHooks from '../../src/react/core';

/** One major version of React, and the hooks on it. */
export interface ReactParts {
  readonly react: typeof React;
  readonly hooks: typeof Hooks;
  /** Those of `configcat-rx/react/core`. */
  readonly coreHooks: typeof CoreHooks;
  readonly server: typeof ReactDomServer;
  /** Renders into a container, by default a new one, and lets all effects happen. */
  readonly mount: (node: React.ReactNode, container?: Element) => Mounted;
  /** Takes over what a server has rendered into a container. */
  readonly hydrate: (node: React.ReactNode, container: Element) => Mounted;
}

/** What is on the page. */
export interface Mounted {
  readonly text: () => string | null;
  readonly update: (node: React.ReactNode) => void;
  readonly unmount: () => void;
}

export const majors = [19, 18] as const;

/** Loads a major version of React afresh. Version 18 is installed under other names. */
export function loadReact(major: (typeof majors)[number]): ReactParts {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  jest.resetModules();
  for (const name of ['react', 'react-dom', 'react-dom/client', 'react-dom/server']) {
    const actual = name.replace(/^[a-z-]+/, (root) => (major === 18 ? `${root}18` : root));
    jest.doMock(name, () => jest.requireActual<object>(actual));
  }
  /* eslint-disable @typescript-eslint/no-require-imports -- afresh is what they must be */
  const react = require('react') as typeof React;
  const dom = require('react-dom/client') as typeof ReactDom;
  const server = require('react-dom/server') as typeof ReactDomServer;
  const hooks = require('../../src/react') as typeof Hooks;
  const coreHooks = require('../../src/react/core') as typeof CoreHooks;
  /* eslint-enable @typescript-eslint/no-require-imports */

  const show = (container: Element, open: () => ReactDom.Root): Mounted => {
    let root!: ReactDom.Root;
    react.act(() => {
      root = open();
    });
    return {
      text: () => container.textContent,
      update: (node) => {
        react.act(() => {
          root.render(node);
        });
      },
      unmount: () => {
        react.act(() => {
          root.unmount();
        });
      },
    };
  };
  return {
    react,
    hooks,
    coreHooks,
    server,
    mount: (node, container = document.createElement('div')) =>
      show(container, () => {
        const root = dom.createRoot(container);
        root.render(node);
        return root;
      }),
    hydrate: (node, container) => show(container, () => dom.hydrateRoot(container, node)),
  };
}
