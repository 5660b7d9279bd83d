import { CurrencyPipe, PercentPipe } from '@angular/common';
import { Component, TransferState, computed, inject, signal } from '@angular/core';
import { CcFlag, flagInjectors } from 'configcat-rx/angular/core';
import type { Flags } from '../app/flags';
import { nameKey } from './config';

const { injectFlag } = flagInjectors<Flags>();

/** A page that a server renders by the values of one person, and that the browser takes over as it is. */
@Component({
  selector: 'app-root',
  imports: [CcFlag, CurrencyPipe, PercentPipe],
  template: `
    <div class="frame" [class.dark]="isDark()">
      <header>
        <strong>Parcels</strong>
        <nav aria-label="Pages"><a href="/">Send another one</a></nav>
      </header>
      <main>
        <h1>{{ greeting() }}, {{ name }}</h1>
        <p class="quiet">Your label is ready. This page was given the values of your flags, and nothing else.</p>
        <div class="cards label">
          <section>
            <h2>To Lisbon, 5 kg</h2>
            <p *ccFlag="'newCheckout'; else bring" class="route"><b>Door to door</b> We come and get it.</p>
            <ng-template #bring><p class="quiet">Bring it to a shop of ours within a week.</p></ng-template>
            <dl>
              <dt>Postage</dt>
              <dd>{{ postage | currency: 'EUR' }}</dd>
              <dt>Discount {{ discountRate() | percent }}</dt>
              <dd>{{ -discount() | currency: 'EUR' }}</dd>
              <dt class="total">Paid</dt>
              <dd class="total">{{ postage - discount() | currency: 'EUR' }}</dd>
            </dl>
            <button type="button" class="primary" (click)="isStuck.set(true)">
              {{ isStuck() ? 'Well stuck' : 'It is on the parcel' }}
            </button>
          </section>
        </div>
      </main>
    </div>
  `,
})
export class Label {
  protected readonly name = inject(TransferState).get(nameKey, '');
  protected readonly isDark = injectFlag('darkMode', false);
  protected readonly greeting = injectFlag('greeting', 'Hello');
  protected readonly discountRate = injectFlag('discountRate', 0);
  protected readonly isStuck = signal(false);
  protected readonly postage = 24;
  protected readonly discount = computed(() => this.postage * this.discountRate());
}
