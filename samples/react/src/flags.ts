import { flagHooks } from 'configcat-rx/react';

/** The flags of the shop: with their names here, wrong keys and types do not compile. */
export interface Flags {
  darkMode: boolean;
  debugMenu: boolean;
  newCheckout: boolean;
  expressDelivery: boolean;
  greeting: string;
  uploadLimitMb: number;
  discountRate: number;
}

export const { useClient, useFlag, useFlagDetails, useFlags } = flagHooks<Flags>();
