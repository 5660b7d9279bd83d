import { createParser } from 'eventsource-parser';

/** The part of a browser's `EventSource` that OpenFeature's provider uses, over `fetch`, without coming back by itself. */
export class SpecEventSource {
  static readonly CLOSED = 2;
  readyState = 0;
  readonly #listeners = new Map<string, ((event: { readonly data?: string }) => void)[]>();
  readonly #controller = new AbortController();

  constructor(readonly url: string) {
    void this.#read().catch(() => {
      this.readyState = 2;
      this.#emit('error', {});
    });
  }

  addEventListener(name: string, listener: (event: { readonly data?: string }) => void): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  close(): void {
    this.readyState = 2;
    this.#listeners.clear();
    this.#controller.abort();
  }

  async #read(): Promise<void> {
    const response = await fetch(this.url, {
      headers: { Accept: 'text/event-stream' },
      signal: this.#controller.signal,
    });
    if (response.status !== 200) throw new Error(String(response.status));
    this.readyState = 1;
    this.#emit('open', {});
    const parser = createParser({
      onEvent: ({ event = 'message', data }) => {
        this.#emit(event, { data });
      },
    });
    const decoder = new TextDecoder();
    const reader = response.body!.getReader();
    for (let part = await reader.read(); part.value; part = await reader.read()) {
      parser.feed(decoder.decode(part.value, { stream: true }));
    }
    throw new Error('The stream has ended.');
  }

  #emit(name: string, event: { readonly data?: string }): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(event);
  }
}
