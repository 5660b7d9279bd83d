import { DatePipe } from '@angular/common';
import { Component } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { injectConfigCat } from './flags';

/** What the client is doing. */
@Component({
  selector: 'app-status',
  imports: [DatePipe],
  template: `
    @if (status(); as now) {
      <footer [attr.data-state]="now.lastError ? 'failing' : now.cacheState" aria-live="polite">
        <span class="dot"></span>
        <span>{{ now.lastError?.errorMessage ?? words[now.cacheState] }}</span>
        @if (now.fetchedAt) {
          <span class="quiet">asked {{ now.fetchedAt | date: 'mediumTime' }}</span>
        }
        <button type="button" (click)="refresh()">Ask now</button>
      </footer>
    }
  `,
})
export class Status {
  private readonly client = injectConfigCat();
  protected readonly status = toSignal(this.client.status$);
  protected readonly words = {
    'up-to-date': 'Flags are up to date',
    cached: 'Flags are from the cache',
    'no-flag-data': 'No flags yet',
    'local-only': 'Flags are overridden',
  } as const;

  protected refresh(): void {
    void this.client.forceRefresh();
  }
}
