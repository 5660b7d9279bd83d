import type { Observable } from 'rxjs';
import { maskSdkKey } from '../index.js';
import { visibleJson, withoutBidi } from '../inspector/visible.js';

/** What the command line has of the world: handed in, so that specs can look at it. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Emits when the user wants the command to end. */
  readonly end$: Observable<unknown>;
  /** Where the files of the inspector's page are. */
  readonly pageFolder: string;
}

/** A stream to write to, as Node has them. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof codes;

/** Where a command writes. Whatever it writes, the SDK keys that it knows of are no part of it. */
export class Terminal {
  readonly #secrets = new Set<string>();
  readonly #world: World;
  readonly #isColoured: boolean;

  constructor(world: World) {
    this.#world = world;
    const { NO_COLOR, FORCE_COLOR } = world.env;
    const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0';
    this.#isColoured = !NO_COLOR && (isForced || world.stdout.isTTY === true);
    this.hide(this.sdkKey);
  }

  get isInteractive(): boolean {
    return this.#world.stdout.isTTY === true;
  }

  /** The SDK key that the environment names. */
  get sdkKey(): string | undefined {
    const { CONFIGCAT_SDK_KEY } = this.#world.env;
    return CONFIGCAT_SDK_KEY === '' ? undefined : CONFIGCAT_SDK_KEY;
  }

  get end$(): World['end$'] {
    return this.#world.end$;
  }

  get pageFolder(): string {
    return this.#world.pageFolder;
  }

  /** Keeps an SDK key out of everything that is written from now on. */
  hide(sdkKey: string | undefined): void {
    if (sdkKey) this.#secrets.add(sdkKey);
  }

  /** Writes lines of the answer. */
  print(...lines: readonly string[]): void {
    this.#world.stdout.write(this.masked(`${lines.join('\n')}\n`));
  }

  /** Writes text of the answer as it is, without the end of a line. */
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

  /** Text without the SDK keys that are hidden. */
  masked(text: string): string {
    let masked = text;
    for (const secret of this.#secrets) masked = masked.replaceAll(secret, maskSdkKey(secret));
    return masked;
  }
}

/** Text of somebody else on one line: without line breaks and whatever else terminals obey. */
export function oneLine(text: string): string {
  return withoutControls(text.replace(/\s+/g, ' ')).trim();
}

/** Text of somebody else for a terminal, with its line breaks: control characters, which terminals obey, are left out. */
export function withoutControls(text: string): string {
  return withoutBidi(text.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd'));
}

/** The key of a flag for a terminal: one that is empty can be seen, too. */
export function shownKey(key: string): string {
  return oneLine(key) || JSON.stringify(key);
}
