/** A flag as OpenFeature's tests describe it. */
export interface TestFlag {
  readonly variants: Readonly<Record<string, unknown>>;
  readonly defaultVariant?: string | null;
  readonly disabled?: boolean;
  /** `condition && condition ? 'variant' : ''`; an empty variant is the default one. */
  readonly contextEvaluator?: string;
}

const targeting = /^(?<conditions>.+) \? '(?<match>[^']*)' : '[^']*'$/;
const condition = /^(?:!(?<not>\w+)|(?<name>\w+) (?<operator>==|>) (?:'(?<text>.*)'|(?<number>[\d.]+)))$/;

/** Expresses flags as a config JSON: objects as JSON texts, conditions as targeting rules. Others are left out. */
export function configOfTestFlags(flags: Readonly<Record<string, TestFlag>>): object {
  const settings = Object.entries(flags).flatMap(([key, flag]) => {
    const { variants, defaultVariant, contextEvaluator } = flag;
    if (flag.disabled || !defaultVariant) return [];
    const serve = (variant: string) => ({ v: toValue(variants[variant]), i: variant });
    const { conditions, match } = targeting.exec(contextEvaluator ?? '')?.groups ?? {};
    const c = conditions?.split(' && ').map((text) => ({ u: toCondition(text) }));
    const r = c && match !== undefined ? [{ c, s: serve(match) }] : [];
    return [[key, { t: toType(variants[defaultVariant]), ...serve(defaultVariant), r }]];
  });
  return { f: Object.fromEntries(settings) as object };
}

function toType(value: unknown): number {
  return typeof value === 'boolean' ? 0 : typeof value === 'number' ? 3 : 1;
}

function toValue(value: unknown): object {
  if (typeof value === 'boolean') return { b: value };
  if (typeof value === 'number') return { d: value };
  return { s: typeof value === 'string' ? value : JSON.stringify(value) };
}

function toCondition(text: string): object {
  const { not, name = not, operator, text: equal, number } = condition.exec(text)?.groups ?? {};
  if (!name) throw new Error(`No condition: ${text}`);
  const a = name === 'email' ? 'Email' : name;
  if (number !== undefined) return { a, c: operator === '>' ? 14 : 10, d: Number(number) };
  return { a, c: 28, s: not ? 'false' : equal };
}
