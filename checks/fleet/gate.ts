import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A way to a server that can be blocked without anybody being told, as a broken network does. */
export interface Gate {
  readonly port: number;
  block(): void;
  open(): void;
  /** Leads to another port from now on; who went to the one before is cut off. */
  lead(port: number): void;
  close(): void;
}

/** Opens a way to a port of this computer. */
export async function openGate(port: number): Promise<Gate> {
  let target = port;
  const sockets = new Set<Socket>();
  let isBlocked = false;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        // Who is behind a blocked gate does not learn of it.
        if (!isBlocked) to.destroy();
      });
      if (isBlocked) from.pause();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    block: () => {
      isBlocked = true;
      for (const socket of sockets) socket.pause();
    },
    open: () => {
      isBlocked = false;
      for (const socket of sockets) socket.resume();
    },
    lead: (other) => {
      target = other;
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
