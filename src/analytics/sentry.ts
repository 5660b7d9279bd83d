import type { SettingValue } from '../functions.js';
import type { Destination } from './destination.js';

/** What `featureFlagsIntegration()` of Sentry's SDKs gives. */
export interface SentryFlags {
  /** Notes the value of a flag, for errors from now on. */
  addFeatureFlag(name: string, value: SettingValue): void;
}

/**
 * Values of flags with the errors of Sentry, which keeps those of boolean flags, and leaves out others.
 * Source: https://docs.sentry.io/platforms/javascript/configuration/integrations/featureflags/
 *
 * @example
 * const flags = Sentry.featureFlagsIntegration();
 * Sentry.init({ dsn, integrations: [flags] });
 * sendExposures(client, toSentry(flags));
 */
export function toSentry(flags: SentryFlags): Destination {
  return {
    name: 'toSentry',
    keepsState: true,
    send: ({ key, variant }) => {
      flags.addFeatureFlag(key, variant);
    },
  };
}
