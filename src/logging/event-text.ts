import type * as events from './events.js';
import type { LogEvent } from './events.js';

type Events = typeof events;

/** What is told of an event, with names: what its text is made of, too. */
type ParametersOf<E> = E extends LogEvent<number, infer P> ? P : never;

type IdOf<E> = E extends LogEvent<infer Id> ? Id : never;

/** Something that happened: an event, and what is told of it. */
export type Occurrence = {
  [Name in keyof Events]: readonly [event: Events[Name], parameters: ParametersOf<Events[Name]>];
}[keyof Events];

/**
 * Something to be logged, with what was thrown, if anything was. A text stands in for that of the event: evaluations are
 * put into words by a module of their own.
 */
export type LogEntry = readonly [...occurrence: Occurrence, error?: unknown, text?: () => string];

/** The text of each event, by its id. */
export type EventTexts = {
  readonly [Name in keyof Events as IdOf<Events[Name]>]: (parameters: ParametersOf<Events[Name]>) => string;
};

/** Puts what happened into words. */
export type EventText = (...entry: LogEntry) => string;

/** What log entries and error messages say. */
export interface Texts {
  /** @internal */
  readonly textOf: EventText;
}

/** Where the documentation of an event is, but for its id. */
const help = 'configcat-rx/docs/troubleshooting.md#';

/** The place of the documentation of an event, and what is told of it, where there are no texts. */
export const linkTo: EventText = (...[event, parameters, , text]) =>
  text ? text() : `${help}${event} ${JSON.stringify(parameters)}`.replace(/ \{\}$/, '');
