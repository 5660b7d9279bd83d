import type { FlagMetadata } from '@openfeature/core';
import type { EvaluationDetails, FlagSource, User } from '../functions.js';
import { configVersion, flagSetId } from '../functions.js';

/** Gives what OpenFeature's telemetry is told of an evaluation beside its outcome. */
export type MetadataReader = (details: EvaluationDetails) => FlagMetadata;

/**
 * Creates the reader of a client: for whom a flag was evaluated, by which config, and by which version of it, each where it is
 * known. Source: OpenFeature specification, appendix D.
 */
export function metadataReader(client: object): MetadataReader {
  const source = client as FlagSource;
  const setId = orUndefined(() => flagSetId(source));
  return (details) => ({
    ...given('contextId', contextIdOf(details.user)),
    ...given('flagSetId', setId),
    ...given(
      'version',
      orUndefined(() => configVersion(source, details)),
    ),
  });
}

/** Users come from anywhere: the getter of an identifier may throw. */
function contextIdOf(user: User | undefined): string | undefined {
  const identifier: unknown = orUndefined(() => user?.identifier);
  return typeof identifier === 'string' && identifier !== '' ? identifier : undefined;
}

function given(name: string, text: string | undefined): FlagMetadata {
  return text === undefined ? {} : { [name]: text };
}

/** An object that only looks like a client evaluates all the same, and tells nothing of its config. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
