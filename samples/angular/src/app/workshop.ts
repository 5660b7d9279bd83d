import { Component, inject } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import type { SettingValue } from 'configcat-rx';
import { combineLatest, map } from 'rxjs';
import { injectConfigCat } from './flags';
import { Live } from './live';
import { Session } from './session';

/** The page behind the guard: all flags as somebody gets them, and why. */
@Component({
  selector: 'app-workshop',
  imports: [Live],
  template: `
    <h1>Workshop</h1>
    <p class="quiet">
      Only staff come here. All flags of {{ session.person().name }}, and where their values are from.
    </p>
    <div class="cards">
      <section>
        <table>
          <thead>
            <tr>
              <th>Flag</th>
              <th>Value</th>
              <th>From</th>
            </tr>
          </thead>
          <tbody>
            @for (flag of flags(); track flag.key) {
              <tr>
                <td>
                  <code>{{ flag.key }}</code>
                </td>
                <td><app-live [value]="flag.value" /></td>
                <td class="quiet">{{ flag.reason }}</td>
              </tr>
            }
          </tbody>
        </table>
      </section>
    </div>
  `,
})
export class Workshop {
  private readonly client = injectConfigCat();
  protected readonly session = inject(Session);
  protected readonly flags = toSignal(
    combineLatest([this.client.snapshot$, toObservable(this.session.person)]).pipe(
      map(([snapshot, person]) =>
        snapshot.keys().map((key) => {
          const details = snapshot.details(key as 'greeting', null, person);
          const { matchedPercentageOption, matchedTargetingRule } = details;
          const value: SettingValue | null = details.value;
          const reason = matchedPercentageOption ? 'percentage' : matchedTargetingRule ? 'rule' : 'everyone';
          return { key, value: String(value), reason };
        }),
      ),
    ),
    { initialValue: [] },
  );
}
