/**
 * Hides all but the last six characters of an SDK key, as logs do; slashes stay, so that its form can be told.
 * Source: protocol section 1.
 *
 * @example
 * console.log(`The flags of ${maskSdkKey(sdkKey)}`); // all stars, but for the last six characters
 */
export function maskSdkKey(sdkKey: string): string {
  return sdkKey.slice(0, -6).replace(/[^/]/g, '*') + sdkKey.slice(-6);
}
