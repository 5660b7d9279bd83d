// Stands between a browser and a server, and keeps all that goes through.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

/**
 * Starts a server that hands everything on to another one, and keeps what both sides have sent: headers, and bodies without
 * compression.
 *
 * - `url` is where it is, whatever it hands on to.
 * - `text()` is all that it has seen.
 * - `leadTo(url)` hands on to another server from now on, as when one has been started anew elsewhere.
 *
 * @param target - the URL of the server.
 */
export async function recordTraffic(target) {
  const pieces = [];
  const keep = (piece) => void pieces.push(piece.toString());
  const sockets = new Set();
  const server = createServer((incoming, outgoing) => {
    const { method, url } = incoming;
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
    keep(`${method} ${url} ${JSON.stringify(headers)}\n`);
    const onward = request(new URL(url, target), { method, headers });
    incoming.on('data', keep).pipe(onward);
    onward.on('response', (answer) => {
      keep(`\n${answer.statusCode} ${JSON.stringify(answer.headers)}\n`);
      if (answer.headers['content-encoding']) keep(problem(`${url} is compressed`));
      outgoing.writeHead(answer.statusCode, answer.headers);
      outgoing.flushHeaders();
      answer.on('data', keep).pipe(outgoing);
      answer.on('close', () => {
        if (!answer.complete) outgoing.destroy();
      });
    });
    // Nobody is there: so it looks to the browser.
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
  });
  // What development servers tell pages by.
  server.on('upgrade', (incoming, socket, head) => {
    const { hostname, port } = new URL(target);
    const onward = connect(port, hostname, () => {
      const { rawHeaders } = incoming;
      const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
      onward.write([`GET ${incoming.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
      onward.write(head);
      socket.on('data', keep).pipe(onward);
      onward.on('data', keep).pipe(socket);
    });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ]) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    text: () => {
      const text = pieces.join('');
      if (text.includes(problem(''))) throw new Error(`What was sent cannot be read: ${text.match(/!! .*/)[0]}`);
      return text;
    },
    leadTo: (url) => {
      target = url;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const problem = (text) => `\n!! traffic: ${text}`;
