/** What a relay has sent: an event has a name and data. What has no name, as a comment, says no more than that it is there. */
export type RelayEvent = Readonly<Partial<Record<'event' | 'data' | 'id', string>>>;

/** No event of a relay is longer: a config has at most five megabytes, its values have less. */
const maxEventLength = 5_000_000;

/**
 * Reads server-sent events out of pieces of text, cut anywhere. It knows what a relay writes, data of one line, in a third
 * of the bytes of a reader for all that servers may write.
 *
 * @throws Error (when a piece is read) when an event does not end.
 */
export function createEventReader(onEvent: (event: RelayEvent) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    rest += piece;
    if (rest.length > maxEventLength) throw new Error('An event of the relay does not end.');
    if (!piece.includes('\n')) return;
    const events = rest.split(/\r?\n\r?\n/);
    rest = events.pop()!;
    for (const event of events) {
      onEvent(Object.fromEntries(event.split(/\r?\n/).map((line) => line.split(/: ?(.*)/s))) as RelayEvent);
    }
  };
}
