import type { Exposure, SettingValue } from '../functions.js';

/** Where exposures go: what `toAmplitude()` and the others give. One of your own is an object like this. */
export interface Destination {
  /** What failures are logged under. */
  readonly name: string;
  /**
   * It keeps what each flag is at present, as what reports errors does: so it is told at once, and again when a value comes back.
   * Default: it is told in batches, and of each variation once.
   */
  readonly keepsState?: boolean;
  /** Hands an exposure over. What it throws, or its promise is rejected with, is logged once (event 1003). */
  send(exposure: SentExposure): unknown;
  /** Called when a batch has been handed over. */
  flush?(isLeaving: boolean): unknown;
}

/** An exposure on its way to a destination. */
export interface SentExposure extends Pick<Exposure, 'key' | 'variationId' | 'user' | 'time'> {
  /** What stands for the variation in reports. */
  readonly variant: SettingValue;
  /** The page is being left: what waits for a request of its own would be lost. */
  readonly isLeaving: boolean;
}

/** Options of destinations whose clients run on servers as well. */
export interface DestinationOptions {
  /**
   * The client is that of a server, which knows no visitor: each exposure names the user by the identifier, and those without
   * a user are left out.
   *
   * @defaultValue `false`
   */
  readonly isServer?: boolean;
}

/** The identifier of the user of an exposure; users come from anywhere. */
export function userIdOf({ user }: SentExposure): string | undefined {
  return user === undefined ? undefined : toText(user.identifier);
}

function toText(identifier: unknown): string | undefined {
  return typeof identifier === 'string' || typeof identifier === 'number' ? String(identifier) : undefined;
}
