import type { EmbeddedViewRef, OnChanges } from '@angular/core';
import { Directive, Input, TemplateRef, ViewContainerRef, effect, inject, signal, untracked } from '@angular/core';
import type { HoldOption, SettingValue, User, Widen } from '../functions.js';
import type { FlagReading } from './flag-reading.js';
import { injectReading, valueAspect } from './flag-reading.js';
import { injectProvided } from './provided.js';

/** What templates of `*ccFlag` get: the value, as `let value` or with `as value`. */
export interface CcFlagContext<T> {
  $implicit: T;
  ccFlag: T;
}

/**
 * Shows a template while a flag is on: while its value is true or not empty, or the one that is asked for; and another
 * template while it is not. Shows neither of them before the first config is known.
 *
 * @example
 * <app-basket *ccFlag="'newCheckout'; else old" />
 * <ng-template #old><app-old-basket /></ng-template>
 *
 * <p *ccFlag="'greeting'; default: 'Hello'; let text">{{ text }}</p>
 * <p *ccFlag="'theme'; is: 'dark'; user: visitor()">It is dark.</p>
 */
@Directive({ selector: '[ccFlag]' })
export class CcFlag<D extends SettingValue> implements OnChanges {
  /** The key of the flag. */
  @Input({ required: true }) ccFlag!: string;
  /** The value when the flag cannot be evaluated; says of which type it is. Default: `null`, which is off. */
  @Input() ccFlagDefault: D | undefined;
  /** The value that counts as on. Default: any but `false`, 0, empty text and `null`. */
  @Input() ccFlagIs: SettingValue | undefined;
  /** Whom to evaluate for. Default: the user of `provideConfigCat()`. */
  @Input() ccFlagUser: User | undefined;
  /** In what session the first real value is held. Default: as the client does. */
  @Input() ccFlagHold: HoldOption | undefined;
  /** What is shown while the flag is off; it gets the value, too. */
  @Input() ccFlagElse: TemplateRef<CcFlagContext<Widen<D>>> | null | undefined;
  /** What is shown until the flag is known. Default: nothing. */
  @Input() ccFlagPending: TemplateRef<unknown> | null | undefined;

  private readonly container = inject(ViewContainerRef);
  private readonly template = inject<TemplateRef<CcFlagContext<Widen<D>>>>(TemplateRef);
  /** The directive itself, anew with each change of its inputs. */
  private readonly inputs = signal<{ readonly by: CcFlag<D> } | undefined>(undefined);
  private shown: Shown | undefined;

  constructor() {
    const { user: common } = injectProvided();
    const reading = injectReading(() => {
      const by = this.inputs()?.by;
      const known = by?.ccFlagUser ? { user: by.ccFlagUser } : common();
      return (
        by && known && { key: by.ccFlag, defaultValue: by.ccFlagDefault ?? null, user: known.user, hold: by.ccFlagHold }
      );
    }, valueAspect);
    effect(() => {
      if (!this.inputs()) return;
      const known = reading();
      untracked(() => this.show(known));
    });
  }

  /** Tells templates of which type the value is. */
  static ngTemplateContextGuard<D extends SettingValue>(
    directive: CcFlag<D>,
    context: unknown,
  ): context is CcFlagContext<Widen<D>> {
    return directive instanceof CcFlag && typeof context === 'object';
  }

  ngOnChanges(): void {
    this.inputs.set({ by: this });
  }

  private show(reading: FlagReading<unknown> | undefined): void {
    const value = reading?.value;
    const template = this.templateFor(reading) ?? null;
    const context = { $implicit: value, ccFlag: value };
    if (this.shown?.template !== template) {
      this.container.clear();
      const view = template && this.container.createEmbeddedView<unknown>(template, context);
      this.shown = { template, view, context };
    } else if (this.shown.context.ccFlag !== value) {
      Object.assign(this.shown.context, context);
      this.shown.view?.markForCheck();
    }
  }

  private templateFor(reading: FlagReading<unknown> | undefined): TemplateRef<unknown> | null | undefined {
    if (!reading) return this.ccFlagPending;
    const isOn = this.ccFlagIs === undefined ? Boolean(reading.value) : reading.value === this.ccFlagIs;
    return isOn ? this.template : this.ccFlagElse;
  }
}

interface Shown {
  readonly template: TemplateRef<unknown> | null;
  readonly view: EmbeddedViewRef<unknown> | null;
  readonly context: CcFlagContext<unknown>;
}
