import type { LogTexts } from '../core/options.js';
import { describeUserCondition } from '../evaluation/describe.js';
import { linkTo } from '../logging/event-text.js';
import { textOf } from '../logging/texts.js';

/** ConfigCat's texts, which clients have without asking. */
export const logTexts: LogTexts = { textOf, condition: describeUserCondition };

/** The texts of those who have not asked for others. */
export const links: LogTexts = { textOf: linkTo, condition: () => undefined };
