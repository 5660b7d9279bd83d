import { describeUserCondition } from '../evaluation/describe.js';
import type { Report } from '../evaluation/ruleset.js';
import type { Log } from './logger.js';
import { messages } from './messages.js';

/** Turns what evaluation reports into log entries. Source: protocol section 12.1, events 3001 to 3005. */
export function reportTo(log: Log): Report {
  return (warning) => {
    const { settingKey: key } = warning;
    switch (warning.kind) {
      case 'user-missing':
        log.warn(3001, () => messages.userMissing(key));
        break;
      case 'percentage-attribute-missing':
        log.warn(3003, () => messages.percentageAttributeMissing(key, warning.attribute));
        break;
      case 'attribute-missing': {
        const { condition } = warning;
        log.warn(3003, () => messages.attributeMissing(describeUserCondition(condition), key, condition.attribute));
        break;
      }
      case 'attribute-invalid': {
        const { condition, reason } = warning;
        log.warn(3004, () =>
          messages.attributeInvalid(describeUserCondition(condition), key, condition.attribute, reason),
        );
        break;
      }
      case 'attribute-converted': {
        const { condition, text } = warning;
        log.warn(3005, () =>
          messages.attributeConverted(describeUserCondition(condition), key, condition.attribute, text),
        );
        break;
      }
    }
  };
}
