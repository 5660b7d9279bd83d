import type { Socket } from 'node:net';
import { connect } from 'node:net';

/** What readers tell. */
export interface ReaderListener {
  /** A version has come, at the time of now. */
  readonly onVersion: (reader: Reader, version: number) => void;
  readonly onAttempt: () => void;
}

/** One reader of values, which comes back by the protocol of the relay. */
export interface Reader {
  /** The version that was shown last; 0: none. */
  version: number;
  isConnected: boolean;
  /** How often the version went back. */
  backwards: number;
  readonly open: () => void;
  readonly close: () => void;
}

const minReturnMs = 1000;
const maxReturnMs = 4000;
const versionStart = '["version",';

/** Creates a reader that costs as little as it can, since there are many in one process. */
export function createReader(port: number, user: string, listener: ReaderListener): Reader {
  let socket: Socket | undefined;
  let isOver = false;
  let etag = '';
  let failures = 0;
  const reader: Reader = {
    version: 0,
    isConnected: false,
    backwards: 0,
    open: () => {
      listener.onAttempt();
      let rest = '';
      socket = connect({ port, host: '127.0.0.1' });
      socket.setEncoding('latin1');
      socket.write(
        `GET /values HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nX-User: ${user}\r\n` +
          `${etag === '' ? '' : `Last-Event-ID: ${etag}\r\n`}\r\n`,
      );
      socket.on('data', (text: string) => {
        rest += text;
        const end = rest.lastIndexOf('\n\n');
        if (end < 0) return;
        if (rest.includes('event: ')) {
          reader.isConnected = true;
          failures = 0;
        }
        const versionAt = rest.lastIndexOf(versionStart, end);
        const etagAt = rest.lastIndexOf('\nid: "', end);
        if (etagAt >= 0) etag = rest.slice(etagAt + 5, rest.indexOf('\n', etagAt + 5));
        const version =
          versionAt >= 0 ? Number.parseInt(rest.slice(versionAt + versionStart.length, end), 10) : undefined;
        rest = rest.slice(end + 2);
        if (version !== undefined) see(version);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        reader.isConnected = false;
        if (isOver) return;
        // The first time by chance, then after pauses that double.
        const pauseMs =
          failures++ === 0
            ? minReturnMs + Math.random() * (maxReturnMs - minReturnMs)
            : 1000 * 2 ** Math.min(failures - 2, 6) * (0.5 + Math.random() / 2);
        setTimeout(reader.open, pauseMs);
      });
    },
    close: () => {
      isOver = true;
      socket?.destroy();
    },
  };
  const see = (version: number) => {
    if (version < reader.version) reader.backwards++;
    reader.version = version;
    listener.onVersion(reader, version);
  };
  return reader;
}
