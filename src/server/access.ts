import { isIP } from 'node:net';

/** Who may read what a server answers. */
export interface Access {
  /** Whether a request names the server as it may be called: a page elsewhere can have its own name lead here. */
  readonly isKnownHost: (host: string | undefined) => boolean;
  /** The origin of a page that may read the answer, as browsers are told of it. */
  readonly admittedOrigin: (origin: string | undefined, host: string | undefined) => string | undefined;
}

/** Everybody who knows the SDK key, by whatever name. */
export const openAccess: Access = {
  isKnownHost: () => true,
  admittedOrigin: (origin) => origin ?? '*',
};

/**
 * Pages of this computer, of the host that the server is asked by, and of the origins that are named. A server without a
 * name is called by addresses, or by the name it listens on.
 */
export function limitedAccess(origins: readonly string[], listensOn: string): Access {
  const isWildcard = listensOn === '0.0.0.0' || listensOn === '::';
  const isKnownHost = (host = '') => {
    const name = nameOf(`http://${host}`);
    if (name === undefined) return false;
    // Addresses mean the same everywhere; whoever listens on all of them is called by names that cannot be known here.
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
