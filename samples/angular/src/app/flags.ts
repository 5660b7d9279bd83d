import { flagInjectors } from 'configcat-rx/angular';

/** The flags of the application: with their names here, wrong keys and types do not compile. */
export interface Flags {
  darkMode: boolean;
  debugMenu: boolean;
  newCheckout: boolean;
  expressDelivery: boolean;
  greeting: string;
  uploadLimitMb: number;
  discountRate: number;
}

export const { injectConfigCat, injectFlag, injectFlag$ } = flagInjectors<Flags>();
