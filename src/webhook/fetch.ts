import type { Body, IncomingWebhook } from './request.js';
import { createBodyCollector } from './request.js';

/** Reads a request of the Fetch API as a webhook request. */
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
      // A failure to cancel changes nothing for the answer.
      reader?.cancel().catch(() => undefined);
      return 'body-too-large';
    }
  }
}
