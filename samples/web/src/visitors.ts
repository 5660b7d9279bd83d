import { randomUUID } from 'node:crypto';
import type { User } from 'configcat-rx';
import type { CookieOptions, Request, Response } from 'express';

const plans = ['free', 'pro'] as const;
const kept: CookieOptions = { httpOnly: true, sameSite: 'lax', maxAge: 365 * 86_400_000 };

/** The visitor as flags know them, by cookies and by the languages they read. Whoever has no id gets one. */
export function userOf(request: Request, response: Response): User {
  const known = cookie(request, 'visitor');
  const identifier = known && /^[\w-]{1,64}$/.test(known) ? known : becomeSomebodyElse(response);
  const country = countryOf(request.get('Accept-Language'));
  return { identifier, ...(country && { country }), custom: { plan: planOf(request) } };
}

export function becomeSomebodyElse(response: Response): string {
  const identifier = randomUUID();
  response.cookie('visitor', identifier, kept);
  return identifier;
}

/** Goes to the next plan. */
export function changePlan(request: Request, response: Response): void {
  response.cookie('plan', planOf(request) === 'free' ? 'pro' : 'free', kept);
}

function planOf(request: Request): string {
  return plans.find((plan) => plan === cookie(request, 'plan')) ?? 'free';
}

function cookie(request: Request, name: string): string | undefined {
  const value: unknown = (request.cookies as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

/** The country of the first language that names one: `DE` of `de-DE,en;q=0.5`. */
function countryOf(languages = ''): string | undefined {
  return /-([A-Z]{2})\b/.exec(languages)?.[1];
}
