import { isIP } from 'node:net';

/** Decides which hosts and pages a server answers. */
export interface Access {
  /** Tells whether a `Host` header may name this server: a foreign page can point its own name at it (DNS rebinding). */
  readonly isKnownHost: (host: string | undefined) => boolean;
  /** Gives the origin to allow by CORS, if the page may read the answer. */
  readonly admittedOrigin: (origin: string | undefined, host: string | undefined) => string | undefined;
}

/** Admits everybody who knows the SDK key, under any name of the server. */
export const openAccess: Access = {
  isKnownHost: () => true,
  admittedOrigin: (origin) => origin ?? '*',
};

/**
 * Admits pages of this computer, of the host by which the server is requested, and of the given origins. Requests may name
 * the server by its addresses, or by the name on which it listens.
 */
export function limitedAccess(origins: readonly string[], listensOn: string): Access {
  const isWildcard = listensOn === '0.0.0.0' || listensOn === '::';
  const isKnownHost = (host = '') => {
    const name = nameOf(`http://${host}`);
    if (name === undefined) return false;
    // An address cannot be pointed elsewhere, as a name can. The names of a server that listens on all addresses are unknown.
    return (
      isWildcard || isLoopback(name) || isIP(name.replace(/^\[|\]$/g, '')) > 0 || name === nameOf(`http://${listensOn}`)
    );
  };
  return {
    isKnownHost,
    admittedOrigin: (origin, host) => {
      if (origin === undefined || origins.includes(origin)) return origin;
      const name = nameOf(origin);
      const isAdmitted = name !== undefined && (isLoopback(name) || name === nameOf(`http://${host}`));
      return isAdmitted ? origin : undefined;
    },
  };
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function nameOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}
