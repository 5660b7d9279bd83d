import { Component, effect, inject, untracked } from '@angular/core';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { CcFlag } from 'configcat-rx/angular';
import { injectFlag } from './flags';
import { Session, people } from './session';
import { Status } from './status';

/** The frame of all pages. */
@Component({
  selector: 'app-root',
  imports: [CcFlag, RouterLink, RouterLinkActive, RouterOutlet, Status],
  template: `
    <div class="frame" [class.dark]="isDark()">
      <header>
        <strong>Parcels</strong>
        <nav aria-label="Pages">
          <a routerLink="/" routerLinkActive="here" [routerLinkActiveOptions]="{ exact: true }">Send</a>
          <a [href]="'/label?user=' + session.person().identifier">Your last label</a>
          <a *ccFlag="'debugMenu'" routerLink="/workshop" routerLinkActive="here">Workshop</a>
        </nav>
        <div class="people" role="group" aria-label="Who is signed in">
          @for (person of people; track person.identifier) {
            <button type="button" [attr.aria-pressed]="person === session.person()" (click)="session.signIn(person)">
              {{ person.name }}
            </button>
          }
        </div>
      </header>
      <main><router-outlet /></main>
      <app-status />
    </div>
  `,
})
export class App {
  protected readonly session = inject(Session);
  protected readonly people = people;
  protected readonly isDark = injectFlag('darkMode', false);

  constructor() {
    const router = inject(Router);
    // Somebody else may not be allowed where the last one was: the guards are asked again.
    effect(() => {
      this.session.person();
      untracked(() => {
        if (router.navigated) void router.navigateByUrl(router.url, { onSameUrlNavigation: 'reload' });
      });
    });
  }
}
