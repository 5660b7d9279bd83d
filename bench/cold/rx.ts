import { createClient } from 'configcat-rx';
import { baseUrl, tell } from './tell.js';

const client = createClient('bench-bench-bench-benc/bench-bench-bench-benc', { baseUrl, logLevel: 'off' });
tell(await client.getValue('plain', false));
