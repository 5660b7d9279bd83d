import { findProgram } from '../../checks/fleet/programs';

/**
 * `describe` for specs that start programs of the system, `tinyproxy` for instance. Where one is not installed the
 * specs are skipped, and say so; with `CI=true` they fail, because there everything has to run.
 *
 * @example
 * part('tinyproxy')('a proxy', () => { … });
 */
export function part(...programs: readonly string[]): (name: string, specs: () => void) => void {
  const missing = programs.filter((program) => !isInstalled(program));
  return partUnless(
    missing.length === 0 ? undefined : `needs ${missing.join(' and ')}, which this machine does not have`,
  );
}

/**
 * `describe` for specs that need what may be missing: where there is a reason, which is an end of a sentence about them, they
 * are skipped, and say so; with `CI=true` they fail.
 */
export function partUnless(reason: string | undefined): (name: string, specs: () => void) => void {
  if (reason === undefined) return describe;
  if (process.env.CI !== 'true') {
    return (name, specs) => {
      console.warn(`Skipped: ${name}. It ${reason}.`);
      describe.skip(`${name} (skipped: ${reason})`, specs);
    };
  }
  return (name) => {
    it(name, () => {
      throw new Error(`This spec ${reason}.`);
    });
  };
}

/** Whether a program is in the path, or where Debian puts it. */
export function isInstalled(program: string): boolean {
  return findProgram(program) !== undefined;
}
