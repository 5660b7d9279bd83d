import type { RemoteCore } from 'configcat-rx/remote';
import { createRemote, renderedValues } from 'configcat-rx/remote';

/** The flags of the night train: with their names here, wrong keys and types do not compile. */
export interface Flags {
  darkMode: boolean;
  newCheckout: boolean;
  expressDelivery: boolean;
  greeting: string;
  discountRate: number;
}

/** What this page knows: the values of its user, first those in its HTML, then what the relay says. */
export function createFlags(): RemoteCore<Flags> {
  const rendered = renderedValues(document.getElementById('values')?.textContent.trim());
  return createRemote<Flags>({ url: '/flags', rendered });
}
