import { CurrencyPipe, PercentPipe } from '@angular/common';
import { Component, computed, inject } from '@angular/core';
import { CcFlag } from 'configcat-rx/angular';
import { injectFlag } from './flags';
import { Live } from './live';
import { Session } from './session';

/** The page for everyone: a parcel to send. */
@Component({
  selector: 'app-send',
  imports: [CcFlag, CurrencyPipe, Live, PercentPipe],
  template: `
    <h1><app-live [value]="greeting()" />, {{ session.person().name }}</h1>
    <p class="quiet">What you see depends on who you are. Edit the config file, and the page follows.</p>
    <div class="cards">
      <section>
        <h2>Your parcel to Lisbon</h2>
        <ng-container *ccFlag="'newCheckout'; else steps">
          <p class="route"><b>Door to door</b> We come and get it.</p>
        </ng-container>
        <ng-template #steps>
          <ol>
            <li class="now">Weight</li>
            <li>Address</li>
            <li>Label</li>
          </ol>
        </ng-template>
        <dl>
          <dt>Postage, 5 kg</dt>
          <dd>{{ postage | currency: 'EUR' }}</dd>
          <dt>Discount <app-live [value]="(discountRate() | percent) ?? ''" /></dt>
          <dd>{{ -discount() | currency: 'EUR' }}</dd>
          <dt>Arrives</dt>
          <dd>
            <app-live [value]="isExpress() ? 'tomorrow' : 'in 5 days'" />
          </dd>
          <dt class="total">Total</dt>
          <dd class="total"><app-live [value]="(postage - discount() | currency: 'EUR') ?? ''" /></dd>
        </dl>
        <button type="button" class="primary">
          <app-live [value]="isNew() ? 'Send it with one click' : 'Continue to address'" />
        </button>
        <footer><code>newCheckout</code><code>expressDelivery</code><code>discountRate</code></footer>
      </section>
      <section>
        <h2>Photos for customs</h2>
        <p *ccFlag="'uploadLimitMb' as limit; default: 50; pending: soon">
          36 of <app-live [value]="limit + ' MB'" /> used
        </p>
        <ng-template #soon><p class="quiet">…</p></ng-template>
        <meter min="0" [max]="limit()" [high]="limit() * 0.7" value="36" aria-label="Used"></meter>
        <p class="quiet">The plan of {{ session.person().name }} is “{{ session.person().custom?.['plan'] }}”.</p>
        <footer><code>uploadLimitMb</code></footer>
      </section>
    </div>
  `,
})
export class Send {
  protected readonly session = inject(Session);
  protected readonly greeting = injectFlag('greeting', 'Hello');
  protected readonly isNew = injectFlag('newCheckout', false);
  protected readonly isExpress = injectFlag('expressDelivery', false);
  protected readonly discountRate = injectFlag('discountRate', 0);
  protected readonly limit = injectFlag('uploadLimitMb', 50);
  protected readonly postage = 24;
  protected readonly discount = computed(() => this.postage * this.discountRate());
}
