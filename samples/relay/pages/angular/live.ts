import { Component, input, linkedSignal } from '@angular/core';

/** A text that lights up when it becomes another one. */
@Component({
  selector: 'app-live',
  template: `@for (shown of [state()]; track shown.count) {
    <span [class.changed]="shown.count > 0">{{ shown.value }}</span>
  }`,
})
export class Live {
  readonly value = input.required<string>();
  protected readonly state = linkedSignal<string, { readonly value: string; readonly count: number }>({
    source: this.value,
    computation: (value, before) => ({ value, count: before ? before.value.count + 1 : 0 }),
  });
}
