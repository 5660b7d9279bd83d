/** The flags of the site: with their names here, wrong keys and types do not compile. */
export interface Flags {
  darkMode: boolean;
  newCheckout: boolean;
  expressDelivery: boolean;
  greeting: string;
  uploadLimitMb: number;
  discountRate: number;
}

/** What visitors get while nothing is known. */
export const defaults: Flags = {
  darkMode: false,
  newCheckout: false,
  expressDelivery: false,
  greeting: 'Hello',
  uploadLimitMb: 50,
  discountRate: 0,
};
