import { Component } from '@angular/core';
import { CcFlag, FlagPipe } from 'configcat-rx/angular';

/** Templates for Angular's compiler: lines that say `wrong` must not compile, and no others. */
@Component({
  selector: 'spec-page',
  imports: [CcFlag, FlagPipe],
  template: `
    <b *ccFlag="'on'">on</b>
    <b *ccFlag="'on'; else off; pending: soon; user: { identifier: 'kate' }">on</b>
    <b *ccFlag="'greeting'; default: 'Hello'; let text">{{ text.toUpperCase() }}</b>
    <b *ccFlag="'limit' as limit; default: 50">{{ limit.toFixed() }}</b>
    <b *ccFlag="'theme'; is: 'dark'; let theme">{{ theme }}</b>
    <b *ccFlag="'greeting'; default: 'Hello'; let text">{{ text.toFixed() }} wrong: a text</b>
    <b *ccFlag="'on' as on; default: false">{{ on.length }} wrong: a boolean</b>
    <b *ccFlag="5">wrong: no key</b>
    <b *ccFlag="'on'; default: { a: 1 }">wrong: no value of a flag</b>
    <b *ccFlag="'on'; user: 'kate'">wrong: no user</b>
    <p>
      {{ ('greeting' | flag: 'Hello').toUpperCase() }} {{ ('limit' | flag: 50 : { identifier: 'kate' }).toFixed() }}
    </p>
    <p>{{ ('limit' | flag: 50).length }} wrong: a number</p>
    <p>{{ 'on' | flag: { a: 1 } }} wrong: no value of a flag</p>
    <p>{{ 'on' | flag: false : 'kate' }} wrong: no user</p>
    <ng-template #off let-value>{{ value }}</ng-template>
    <ng-template #soon>…</ng-template>
  `,
})
export class Page {}
