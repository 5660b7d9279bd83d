import { KeyValuePipe } from '@angular/common';
import { Component, computed, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { flagInjectors, injectAsk } from 'configcat-rx/angular/core';
import { allFlags$, status$ } from 'configcat-rx/core';
import type { RemoteCore } from 'configcat-rx/remote';
import type { Flags } from '../flags';
import { firstName, logIn, names } from '../session';
import { euros, percent, wordsOf } from '../words';
import { Live } from './live';

const { injectFlag } = flagInjectors<Flags>();

/** The whole page. Who is logged in is known by a cookie; nothing here names a user. */
@Component({
  selector: 'app-root',
  imports: [KeyValuePipe, Live],
  template: `
    <div class="page" [class.dark]="isDark()">
      <header>
        <strong>Night Train</strong>
        <nav aria-label="Pages">
          <a href="/react/">React</a>
          <a href="/angular/" aria-current="page">Angular</a>
        </nav>
        <div class="people" role="group" aria-label="Who is logged in">
          @for (one of people; track one) {
            <button type="button" [attr.aria-pressed]="one === name()" (click)="choose(one)">
              {{ one || 'Nobody' }}
            </button>
          }
        </div>
      </header>
      <main>
        <h1><app-live [value]="greeting()" />, {{ name() || 'traveller' }}</h1>
        <p class="quiet">
          This page has no rules and no SDK key. A relay tells it the values of its user, and each change at once.
        </p>
        <div class="cards">
          <section>
            <h2>Paris to Vienna</h2>
            <dl>
              <dt>Berth in a cabin for two</dt>
              <dd>{{ euros(fare) }}</dd>
              <dt>Discount <app-live [value]="percent(discountRate())" /></dt>
              <dd>−{{ euros(fare * discountRate()) }}</dd>
              <dt>Luggage</dt>
              <dd><app-live [value]="isExpress() ? 'goes ahead' : 'in the cabin'" /></dd>
              <dt class="total">Total</dt>
              <dd class="total"><app-live [value]="total()" /></dd>
            </dl>
            <button class="primary" type="button">
              <app-live [value]="isNew() ? 'Book with one click' : 'Choose your berth'" />
            </button>
          </section>
          <section>
            <h2>What this page knows</h2>
            <table>
              <tbody>
                @for (flag of flags() | keyvalue: inOrder; track flag.key) {
                  <tr>
                    <th scope="row">
                      <code>{{ flag.key }}</code>
                    </th>
                    <td><app-live [value]="'' + flag.value" /></td>
                  </tr>
                }
              </tbody>
            </table>
          </section>
        </div>
      </main>
      @if (status(); as now) {
        <footer [attr.data-state]="now.lastError ? 'failing' : now.cacheState" aria-live="polite">
          <span class="dot"></span>
          <span>{{ wordsOf(now) }}</span>
        </footer>
      }
    </div>
  `,
})
export class Train {
  private readonly ask = injectAsk<RemoteCore>();
  protected readonly people = ['', ...names];
  protected readonly name = signal(firstName());
  protected readonly isDark = injectFlag('darkMode', false);
  protected readonly greeting = injectFlag('greeting', 'Hello');
  protected readonly isNew = injectFlag('newCheckout', false);
  protected readonly isExpress = injectFlag('expressDelivery', false);
  protected readonly discountRate = injectFlag('discountRate', 0);
  protected readonly fare = 89;
  protected readonly total = computed(() => euros(this.fare * (1 - this.discountRate())));
  /** All that the page knows. */
  protected readonly flags = toSignal(this.ask((remote) => allFlags$(remote)));
  protected readonly status = toSignal(this.ask((remote) => status$(remote)));
  protected readonly euros = euros;
  protected readonly percent = percent;
  protected readonly wordsOf = wordsOf;
  protected readonly inOrder = () => 0;

  protected async choose(name: string): Promise<void> {
    await this.ask((remote) => logIn(remote, name));
    this.name.set(name);
  }
}
