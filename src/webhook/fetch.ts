import type { Body, IncomingWebhook } from './request.js';
import { createBodyCollector } from './request.js';

/** A request of the Fetch API as a webhook. */
export function fromFetch(request: Request): IncomingWebhook {
  return {
    header: (name) => request.headers.get(name) ?? undefined,
    readBody: (maxBytes) => readStream(request, maxBytes),
  };
}

async function readStream({ body, bodyUsed }: Request, maxBytes: number): Promise<Body> {
  if (bodyUsed) return 'body-already-read';
  const collector = createBodyCollector(maxBytes);
  const reader = body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return collector.body();
    if (!collector.add(part.value)) {
      // Whether the sender takes note of it changes nothing here.
      reader?.cancel().catch(() => undefined);
      return 'body-too-large';
    }
  }
}
