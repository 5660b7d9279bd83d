import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A config JSON, and the ETag with which it was served. */
export interface LoadedConfig {
  readonly text: string;
  readonly etag: string | undefined;
}

/** Options of `startInspector()`. */
export interface InspectorOptions {
  /** The name of the config's source, as shown on the page. */
  readonly name: string;
  /** How often the page polls, in seconds. */
  readonly pollIntervalSeconds: number;
  /**
   * Fetches the config, each time that a page polls.
   *
   * @throws Error (rejection) with a message for people.
   */
  readonly load: () => Promise<LoadedConfig>;
  /** The folder with the files of the page. */
  readonly pageFolder: string;
  readonly port: number;
  readonly host: string;
}

/** A running inspector. */
export interface Inspector {
  readonly url: string;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

const files: Readonly<Partial<Record<string, readonly [name: string, type: string]>>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
};

// The page may load from this server only: no inline code, no other host, and no page may frame it.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Serves the inspector's page, and the config that it shows. The SDK key does not leave this process.
 *
 * @throws Error (rejection) when the port is taken or the address is none of this computer.
 */
export async function startInspector(options: InspectorOptions): Promise<Inspector> {
  const { host, port } = options;
  const server = createServer((request, response) => {
    answer(request, response, options, names).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else end(response, 500, 'text/plain; charset=utf-8', messageOf(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  const names = new Set([name, 'localhost', '127.0.0.1', '[::1]'].map((known) => `${known}:${boundPort}`));
  // The names of a server that listens on all addresses are unknown.
  if (host === '0.0.0.0' || host === '::') names.clear();
  return {
    url: `http://${name}:${boundPort}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { method, url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  options: InspectorOptions,
  names: ReadonlySet<string>,
): Promise<void> {
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cache-Control', 'no-store');
  // A foreign page can point its own name at this server (DNS rebinding).
  if (names.size > 0 && !names.has(headers.host ?? '')) {
    end(response, 421, 'text/plain; charset=utf-8', 'This server has another name.');
    return;
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    end(response, 405, 'text/plain; charset=utf-8', 'Only GET and HEAD are known here.');
    return;
  }
  const path = url.replace(/\?.*$/s, '');
  const file = Object.hasOwn(files, path) ? files[path] : undefined;
  if (file) {
    end(response, 200, file[1], await readFile(join(options.pageFolder, file[0])));
  } else if (path === '/settings.json') {
    const { name, pollIntervalSeconds } = options;
    end(response, 200, 'application/json', JSON.stringify({ name, pollIntervalSeconds }));
  } else if (path === '/config.json') {
    await answerConfig(response, options, headers['if-none-match']);
  } else {
    end(response, 404, 'text/plain; charset=utf-8', 'There is nothing here.');
  }
}

async function answerConfig(
  response: ServerResponse,
  { load }: InspectorOptions,
  known: string | undefined,
): Promise<void> {
  let config: LoadedConfig;
  try {
    config = await load();
  } catch (error) {
    end(response, 502, 'text/plain; charset=utf-8', messageOf(error));
    return;
  }
  if (config.etag !== undefined) response.setHeader('ETag', config.etag);
  if (config.etag !== undefined && config.etag === known) response.writeHead(304).end();
  else end(response, 200, 'application/json', config.text);
}

function end(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'Content-Type': type }).end(body);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
