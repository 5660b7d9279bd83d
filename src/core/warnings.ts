import { describeUserCondition } from '../evaluation/describe.js';
import type { Report, WarningKind } from '../evaluation/ruleset.js';
import type { Log } from '../logging/logger.js';
import { messages } from '../logging/messages.js';

const eventIds: Readonly<Record<WarningKind, number>> = {
  userMissing: 3001,
  percentageAttributeMissing: 3003,
  attributeMissing: 3003,
  attributeInvalid: 3004,
  attributeConverted: 3005,
};

/** Turns what evaluation reports into log entries. Source: protocol section 12.1, events 3001 to 3005. */
export function reportTo(log: Log): Report {
  return (kind, settingKey, subject = '', detail = '') => {
    log.warn(eventIds[kind], () =>
      typeof subject === 'string'
        ? messages[kind](settingKey, subject, '', detail)
        : messages[kind](settingKey, subject.attribute, describeUserCondition(subject), detail),
    );
  };
}
