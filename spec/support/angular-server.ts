import '@angular/compiler';
import type { ApplicationConfig, ApplicationRef, Type } from '@angular/core';
import { destroyPlatform, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication, provideClientHydration } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';

type Providers = ApplicationConfig['providers'];

const template = '<!doctype html><html><head></head><body><spec-page></spec-page></body></html>';
// Asks on which side it is.
const common = (): Providers => [provideZonelessChangeDetection(), provideClientHydration()];

/** The page of `<spec-page>` as a server writes it. */
export function render(page: Type<unknown>, ...providers: Providers): Promise<string> {
  isOnServer(true);
  const config = { providers: [...common(), provideServerRendering(), ...providers] };
  return renderApplication((context) => bootstrapApplication(page, config, context), { document: template });
}

/** Shows what a server has written, and lets the browser take it over. */
export async function takeOver(page: Type<unknown>, html: string, ...providers: Providers): Promise<ApplicationRef> {
  isOnServer(false);
  destroyPlatform();
  document.documentElement.innerHTML = html;
  return bootstrapApplication(page, { providers: [...common(), ...providers] });
}

/** What bundlers put in for one side and the other. */
function isOnServer(value: boolean): void {
  (globalThis as { ngServerMode?: boolean }).ngServerMode = value;
}
