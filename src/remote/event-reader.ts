/** Told of each event: its name, its data, and its ID if it has one. */
export type OnEvent = (name: string, data: string, id: string | undefined) => void;

/** No line of a relay is longer: a config has at most five megabytes, its values have less. */
const maxLineLength = 5_000_000;

/**
 * Reads server-sent events out of pieces of text, cut anywhere. It knows what a relay writes, lines that end with a line feed
 * and data of one line, in a third of the bytes of a reader for all that servers may write.
 *
 * @throws Error (when a piece is read) when a line does not end.
 */
export function createEventReader(onEvent: OnEvent): (piece: string) => void {
  let rest = '';
  let name = '';
  let data: string | undefined;
  let id: string | undefined;
  const readLine = (line: string) => {
    if (line === '') {
      const found = data;
      data = undefined;
      if (found !== undefined) onEvent(name, found, id);
      name = '';
      id = undefined;
      return;
    }
    const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line)!;
    if (field === 'event') name = value;
    else if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (field === 'id') id = value;
  };
  return (piece) => {
    rest += piece;
    if (rest.length > maxLineLength) throw new Error('A line of the relay does not end.');
    if (!piece.includes('\n')) return;
    const lines = rest.split(/\r?\n/);
    rest = lines.pop()!;
    for (const line of lines) readLine(line);
  };
}
