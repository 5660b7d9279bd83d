import type { Observable } from 'rxjs';
import { maskSdkKey } from '../index.js';
import { visibleJson, withoutBidi } from '../inspector/visible.js';

/** The surroundings of the command line: a parameter, so that specs can replace them. */
export interface CliEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Emits when the user ends the command. */
  readonly end$: Observable<unknown>;
  /** The folder with the files of the inspector's page. */
  readonly pageFolder: string;
  /** Loads a module of the user by its address. */
  readonly importModule: (address: string) => Promise<object>;
}

/** A stream to write to, as Node has them. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof codes;

/** The output of a command, in which all SDK keys that it knows are masked. */
export class Terminal {
  readonly #secrets = new Set<string>();
  readonly #world: CliEnvironment;
  readonly #isColoured: boolean;

  constructor(world: CliEnvironment) {
    this.#world = world;
    const { NO_COLOR, FORCE_COLOR } = world.env;
    const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0';
    this.#isColoured = !NO_COLOR && (isForced || world.stdout.isTTY === true);
    this.hide(this.sdkKey);
  }

  get isInteractive(): boolean {
    return this.#world.stdout.isTTY === true;
  }

  /** The SDK key in the environment, if any. */
  get sdkKey(): string | undefined {
    const { CONFIGCAT_SDK_KEY } = this.#world.env;
    return CONFIGCAT_SDK_KEY === '' ? undefined : CONFIGCAT_SDK_KEY;
  }

  get end$(): CliEnvironment['end$'] {
    return this.#world.end$;
  }

  get pageFolder(): string {
    return this.#world.pageFolder;
  }

  get importModule(): CliEnvironment['importModule'] {
    return this.#world.importModule;
  }

  /** Masks an SDK key in everything that is written from now on. */
  hide(sdkKey: string | undefined): void {
    if (sdkKey) this.#secrets.add(sdkKey);
  }

  /** Writes lines of the answer. */
  print(...lines: readonly string[]): void {
    this.#world.stdout.write(this.masked(`${lines.join('\n')}\n`));
  }

  /** Writes text of the answer without adding a line break. */
  printRaw(text: string): void {
    this.#world.stdout.write(this.masked(text));
  }

  printJson(value: unknown, indent?: number): void {
    this.print(visibleJson(JSON.stringify(value, null, indent)));
  }

  /** Writes one line beside the answer. */
  warn(message: string): void {
    this.#world.stderr.write(this.masked(`${oneLine(message)}\n`));
  }

  styled(style: Style, text: string): string {
    const [on, off] = codes[style];
    return this.#isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }

  /** Masks the known SDK keys in a text. */
  masked(text: string): string {
    let masked = text;
    for (const secret of this.#secrets) masked = masked.replaceAll(secret, maskSdkKey(secret));
    return masked;
  }
}

/** Puts foreign text on one line, without line breaks and control characters. */
export function oneLine(text: string): string {
  return withoutControls(text.replace(/\s+/g, ' ')).trim();
}

/** Removes control characters, which terminals obey, from foreign text; its line breaks stay. */
export function withoutControls(text: string): string {
  return withoutBidi(text.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd'));
}

/** Formats the key of a flag for a terminal; an empty one as `""`. */
export function formatKey(key: string): string {
  return oneLine(key) || JSON.stringify(key);
}
