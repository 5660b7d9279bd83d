import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { User, UserAttributeValue } from '../../src/model/user';

/** One suite of the conformance data, as its index lists them. Paths are relative to the folder of the data. */
export interface Suite {
  readonly name: string;
  readonly kind: 'matrix' | 'log' | 'json';
  readonly config: string;
  readonly cases: string;
  readonly texts?: string;
  readonly format?: 'v5';
  /** Number of checks in the suite. */
  readonly count: number;
}

/** The conformance data, where it is there. */
export interface ConformanceData {
  readonly suites: readonly Suite[];
  readonly read: (relativePath: string) => string;
}

/** Attributes by name, as the cases of the data write them. */
export type AttributesJson = Readonly<Record<string, UserAttributeValue>>;

/** The folder of the data beside the repository; `undefined` where nobody has put it there. */
export const conformanceFolder = findFolder();

function findFolder(): string | undefined {
  const folder = path.resolve(__dirname, '../../../shared/conformance');
  return existsSync(path.join(folder, 'index.json')) ? folder : undefined;
}

/** Describes what holds for the conformance data; skipped where it is not there. */
export function describeConformance(title: string, specify: (data: ConformanceData) => void): void {
  const folder = conformanceFolder;
  if (folder === undefined) {
    describe.skip(`${title} (the conformance data is not there)`, () => {
      it('agrees with all suites', () => undefined);
    });
    return;
  }
  const read = (relativePath: string) => readFileSync(path.join(folder, relativePath), 'utf8');
  describe(title, () => {
    specify({ suites: JSON.parse(read('index.json')) as Suite[], read });
  });
}

/** Reads a user whose predefined attributes stand beside the custom ones. */
export function toUser(attributes: AttributesJson | undefined): User | undefined {
  if (!attributes) return undefined;
  const { Identifier, Email, Country, ...custom } = attributes;
  // The data may give any type to any attribute.
  return {
    ...(Identifier !== undefined && { identifier: Identifier }),
    ...(Email !== undefined && { email: Email }),
    ...(Country !== undefined && { country: Country }),
    custom,
  } as User;
}
