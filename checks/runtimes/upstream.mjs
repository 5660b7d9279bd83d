// A config server for workers under load: slow at times, with a value that changes, and a count of what it is asked.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const changeMs = 700;

/**
 * Starts a server whose flag `greeting` is `value-1`, `value-2` and so on, one after the other. `delayMs()` gives how
 * long the next answer takes. `count()` gives the number of requests so far; `valueAt(time)` the number of the value
 * that was served at a time of `performance.now()`.
 */
export async function startUpstream(delayMs) {
  const startedAt = performance.now();
  const valueAt = (time) => 1 + Math.floor(Math.max(0, time - startedAt) / changeMs);
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    void answer(request, response);
  });
  async function answer({ headers }, response) {
    await pause(delayMs());
    const value = valueAt(performance.now());
    const etag = `"${value}"`;
    if (headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
    response.writeHead(200, { etag, 'content-type': 'application/json' });
    response.end(JSON.stringify({ f: { greeting: { t: 1, v: { s: `value-${value}` } } } }));
  }
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    count: () => count,
    valueAt,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
