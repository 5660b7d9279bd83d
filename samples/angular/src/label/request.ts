import { InjectionToken } from '@angular/core';
import type { ConfigCatClient } from 'configcat-rx';
import type { Person } from '../app/session';

/** Who asks for a label, and the client that all requests share. Only on the server. */
export const LABEL_REQUEST = new InjectionToken<{
  readonly client: ConfigCatClient;
  readonly person: Person;
}>('who asks for a label');
