import type { Answer, OutletListener } from './answer.js';
import type { IncomingRequest, RequestBody } from './request.js';
import { createBodyCollector } from './request.js';

/** Reads a request of the Fetch API. */
export function fromFetch(request: Request): IncomingRequest {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    url: pathname + search,
    native: request,
    mountPath: '',
    header: (name) => request.headers.get(name) ?? undefined,
    headerBytes: () => {
      let size = 0;
      request.headers.forEach((value, name) => (size += name.length + value.length + 4));
      return size;
    },
    readBody: (maxBytes) => readStream(request, maxBytes),
  };
}

async function readStream({ body, bodyUsed }: Request, maxBytes: number): Promise<RequestBody> {
  if (bodyUsed) return { problem: 'malformed-request' };
  const collector = createBodyCollector(maxBytes);
  const reader = body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return collector.body();
    if (!collector.add(part.value)) {
      // A failure to cancel changes nothing for the answer.
      reader?.cancel().catch(() => undefined);
      return { problem: 'body-too-large' };
    }
  }
}

/** Makes a response of the Fetch API of an answer. */
export function toResponse({ status, headers, body, open }: Answer, isHead: boolean): Response {
  if (open && !isHead) return new Response(toReadable(open), { status, headers });
  return new Response(isHead || body === undefined ? null : (body as BodyInit), { status, headers });
}

function toReadable(open: NonNullable<Answer['open']>): ReadableStream<Uint8Array> {
  let listener: OutletListener | undefined;
  let isOver = false;
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const finish = (close: () => void) => {
        if (isOver) return;
        isOver = true;
        close();
        listener?.onClose();
      };
      listener = open({
        write: (bytes) => {
          if (!isOver) controller.enqueue(bytes);
        },
        end: () => {
          finish(() => {
            controller.close();
          });
        },
        destroy: () => {
          finish(() => {
            controller.error(new Error('The stream was ended.'));
          });
        },
      });
    },
    // Called whenever the reader has taken what was written.
    pull: () => {
      listener?.onFlushed();
    },
    cancel: () => {
      isOver = true;
      listener?.onClose();
    },
  });
}
