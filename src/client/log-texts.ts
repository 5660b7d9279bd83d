import type { LogTexts } from '../core/evaluate.js';
import { describeComparison } from '../evaluation/describe.js';
import { linkTo } from '../logging/event-text.js';
import { textOf } from '../logging/texts.js';

/** What texts have at run time. */
type Unmarked = Omit<LogTexts, symbol>;

/** ConfigCat's texts, which clients have without asking. */
export const logTexts = { textOf, condition: describeComparison } as Unmarked as LogTexts;

/** The texts of those who have not asked for others. */
export const links = { textOf: linkTo, condition: () => undefined } as Unmarked as LogTexts;
