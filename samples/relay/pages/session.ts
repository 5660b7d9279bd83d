import type { RemoteCore } from 'configcat-rx/remote';

/** Who can log in. What flags know of them is known to the server alone. */
export const names = ['Kate', 'Ben', 'Linnea'] as const;

/** Who was logged in when the server sent the page; nobody is ''. */
export function firstName(): string {
  return document.body.dataset.name ?? '';
}

/** Gets a cookie for somebody, or for nobody, and has the relay look at it. */
export async function logIn(remote: Pick<RemoteCore, 'setUser'>, name: string): Promise<void> {
  await fetch('/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  remote.setUser(undefined);
}
