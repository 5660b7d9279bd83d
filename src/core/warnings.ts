import type { Report } from '../evaluation/ruleset.js';
import * as events from '../logging/events.js';
import type { Log } from '../logging/logger.js';
import type { LogTexts } from './log-texts.js';

/** Turns what evaluation reports into log entries. Source: protocol section 12.1, events 3001 to 3005. */
export function reportTo(log: Log, texts: LogTexts): Report {
  return (kind, key, subject = '', detail = '') => {
    if (!log.isEnabled('warn')) return;
    const isCondition = typeof subject === 'object';
    const attribute = isCondition ? subject.attribute : subject;
    const told = { key, attribute, condition: isCondition ? texts.condition(subject) : undefined };
    if (kind === 'userMissing') log(events.userMissing, { key });
    else if (kind === 'attributeInvalid') log(events.attributeInvalid, { ...told, reason: detail });
    else if (kind === 'attributeConverted') log(events.attributeConverted, { ...told, text: detail });
    else log(events.attributeMissing, told);
  };
}
