import { describeUserCondition } from '../evaluation/describe.js';
import type { Texts } from '../logging/event-text.js';
import { linkTo } from '../logging/event-text.js';
import { textOf } from '../logging/texts.js';
import type { UserCondition } from '../model/config.js';

/** What log entries and error messages say. */
export interface LogTexts extends Texts {
  /** Puts the condition into words that a warning is about. */
  readonly condition: (condition: UserCondition) => string | undefined;
}

/** ConfigCat's texts, which clients have without asking. */
export const logTexts: LogTexts = { textOf, condition: describeUserCondition };

/** The texts of those who have not asked for others. */
export const links: LogTexts = { textOf: linkTo, condition: () => undefined };
