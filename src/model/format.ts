import type { Setting } from './config.js';
import type { Description } from './description.js';

/** Tells the compiler `configV5` from what merely looks like it; nothing has it at run time. */
export declare const isConfigFormat: unique symbol;

/** Reads documents of another format than the current one: `configV5` those of the previous one. */
export interface ConfigFormat {
  /** Only `configV5` counts as having it. */
  readonly [isConfigFormat]: true;
  /**
   * Tells its documents from all that JSON can be.
   *
   * @internal
   */
  readonly recognises: (document: unknown) => boolean;
  /**
   * What they must be like.
   *
   * @internal
   */
  readonly root: Description<unknown>;
  /**
   * Translates a setting of a document that is like that.
   *
   * @internal
   */
  readonly toSetting: (key: string, json: never) => Setting;
}
