'use client';

import { autoPoll } from 'configcat-rx';
import { ConfigCatProvider } from 'configcat-rx/react';
import type { ReactNode } from 'react';
import { findUser, options, sdkKey } from './settings';

/** What does not cross the border between server and browser, such as a polling mode, is said here. */
const live = { ...options, polling: autoPoll({ pollIntervalSeconds: 1 }) };

export function FlagProvider({ state, userName, children }: { state: string; userName?: string; children: ReactNode }) {
  return (
    <ConfigCatProvider sdkKey={sdkKey} options={live} state={state} user={findUser(userName)}>
      {children}
    </ConfigCatProvider>
  );
}
