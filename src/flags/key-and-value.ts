import { requireString } from '../arguments.js';
import type { InternalSnapshot } from '../core/snapshot.js';
import type { KeyAndValue } from '../evaluation/variations.js';
import { findVariation } from '../evaluation/variations.js';
import * as events from '../logging/events.js';
import { requireRuleset } from './all-values.js';

/** The flag and the value that a variation ID stands for; `null` when there is none, which is logged. */
export function keyAndValue(snapshot: InternalSnapshot, variationId: string, method: string): KeyAndValue | null {
  const { log } = snapshot.context;
  requireString('variationId', variationId);
  try {
    const searched = requireRuleset(snapshot, 'null');
    const found = searched && findVariation(searched, variationId);
    if (searched && !found) log(events.variationMissing, { variationId });
    return found ?? null;
  } catch (error) {
    log(events.evaluationFailed, { method, returned: 'null' }, error);
    return null;
  }
}
