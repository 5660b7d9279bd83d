import { autoPoll, createCore, flag$ } from 'configcat-rx/core';
import { firstValueFrom } from 'rxjs';
import { baseUrl, tell } from './tell.js';

const core = createCore('bench-bench-bench-benc/bench-bench-bench-benc', {
  polling: autoPoll(),
  baseUrl,
  logLevel: 'off',
});
tell(await firstValueFrom(flag$(core, 'plain', false)));
