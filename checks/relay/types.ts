/** What the process of the relay is told. */
export interface RelayProcessOptions {
  readonly port: number;
  readonly changeEveryMs: number;
  /** The version that it begins with. */
  readonly firstVersion: number;
}

/** What it is asked for. */
export type RelayProcessOrder = 'start-changes' | 'stop-changes' | 'measure';

/** What it says. */
export type RelayProcessReport =
  | { readonly kind: 'listening' }
  | { readonly kind: 'fetched'; readonly version: number; readonly atMs: number }
  | {
      readonly kind: 'measured';
      readonly rssBytes: number;
      readonly cpuMs: number;
      readonly streams: number;
      readonly users: number;
      readonly configs: number;
      readonly evaluations: number;
      readonly slowReaders: number;
    };
