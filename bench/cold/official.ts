import { LogLevel, PollingMode, getClient } from '@configcat/sdk';
import { baseUrl, tell } from './tell.js';

const client = getClient('bench-bench-bench-benc/bench-bench-bench-benc', PollingMode.AutoPoll, {
  baseUrl,
  logger: { level: LogLevel.Off, log: () => undefined },
});
void client.getValueAsync('plain', false).then(tell);
