import type { InternalSnapshot, SnapshotParts } from '../core/snapshot.js';
import type { DefaultValue } from '../evaluation/evaluate.js';
import { evaluate } from '../evaluation/evaluate.js';
import type { Explanation } from '../evaluation/explanation.js';
import * as events from '../logging/events.js';
import type { User } from '../model/user.js';
import { takeCopy } from '../model/user-copy.js';
import { toDetails } from './details.js';
import type * as explain from './explain.js';

/** What explains evaluations. Browsers load it when it is first needed, because most pages never do. */
export type Explainer = Pick<typeof explain, 'explainFlag' | 'evaluateWithLog' | 'traceLog'>;

/** Gives what explains evaluations: at once, where it is there already. */
export type LoadExplainer = () => Explainer | Promise<Explainer>;

/** The evaluation of a flag as a tree and as text. Where what explains it cannot be loaded, there is neither. */
export async function explainWhenLoaded(
  load: LoadExplainer,
  snapshot: InternalSnapshot,
  key: string,
  user: User | undefined,
): Promise<Explanation> {
  try {
    const loaded = load();
    if (!('then' in loaded)) return loaded.explainFlag(snapshot, key, user);
    // Meanwhile somebody may change the object.
    const copy = user && takeCopy(user);
    return (await loaded).explainFlag(snapshot, key, copy);
  } catch (error) {
    const evaluation = evaluate(snapshot.ruleset, key, undefined, user, () => undefined);
    const { value, variationId } = toDetails(snapshot, key, undefined, user, evaluation);
    const notLoaded = snapshot.context.log.textOf(events.explainerMissing, {});
    return {
      ...{ key, user, value: value ?? undefined, variationId, setting: undefined, text: notLoaded },
      ...{ matchedTargetingRule: undefined, matchedPercentageOption: undefined },
      ...{ errorCode: -1, errorMessage: `${notLoaded} ${String(error)}` },
    };
  }
}

/** More evaluations than that do not wait to be written down. */
const mostWaiting = 1000;

/** An evaluation that is to be written down, with the user as he was. */
interface Waiting {
  readonly snapshot: InternalSnapshot;
  readonly key: string;
  readonly defaultValue: DefaultValue;
  readonly user: User | undefined;
  readonly shown: DefaultValue;
}

/**
 * Evaluates flags, and logs how at level `info`. Until what writes it down has been loaded, evaluations wait for it in
 * their order; where it cannot be, that is said once, and then each is logged in a plain line.
 */
export function createEvaluationLog(load: LoadExplainer): NonNullable<SnapshotParts['evaluateWithLog']> {
  let explainer: Explainer | undefined;
  let waiting: Waiting[] | undefined;
  let leftOut = 0;
  let isMissing = false;

  const writeAll = (write: (entry: Waiting) => void, { context: { log } }: InternalSnapshot) => {
    const written = waiting ?? [];
    waiting = undefined;
    for (const entry of written) write(entry);
    if (leftOut > 0) log(events.flagEvaluated, { leftOut });
    leftOut = 0;
  };
  const waitFor = async (loading: Promise<Explainer>, snapshot: InternalSnapshot) => {
    waiting = [];
    try {
      const loaded = await loading;
      writeAll((entry) => loaded.evaluateWithLog(...argumentsOf(entry)), snapshot);
      explainer = loaded;
    } catch (error) {
      isMissing = true;
      snapshot.context.log(events.explainerMissing, {}, error);
      writeAll(writePlainly, snapshot);
    }
  };

  return (snapshot, key, defaultValue, user, shown) => {
    if (!explainer && !waiting && !isMissing) {
      const loaded = load();
      if ('then' in loaded) void waitFor(loaded, snapshot);
      else explainer = loaded;
    }
    if (explainer) return explainer.evaluateWithLog(snapshot, key, defaultValue, user, { shown });
    const evaluation = evaluate(snapshot.ruleset, key, defaultValue, user, snapshot.context.report);
    if (evaluation.errorCode >= 1000) return evaluation;
    const entry = { snapshot, key, defaultValue, user: user && takeCopy(user), shown };
    if (!waiting) writePlainly(entry);
    else if (waiting.length < mostWaiting) waiting.push(entry);
    else leftOut++;
    return evaluation;
  };
}

/** What was warned of has been said when the flag was evaluated. */
function argumentsOf({ snapshot, key, defaultValue, user, shown }: Waiting): Parameters<Explainer['evaluateWithLog']> {
  return [snapshot, key, defaultValue, user, { shown, report: () => undefined }];
}

function writePlainly({ snapshot: { ruleset, context }, key, defaultValue, user, shown }: Waiting): void {
  const evaluation = evaluate(ruleset, key, defaultValue, user, () => undefined);
  context.log(events.flagEvaluated, { key, value: evaluation.errorCode === 0 ? evaluation.value : shown });
}
