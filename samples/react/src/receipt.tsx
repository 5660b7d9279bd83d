import { flagHooks } from 'configcat-rx/react/core';
import { useState } from 'react';
import type { Flags } from './flags.js';

const { useFlag, useFlags } = flagHooks<Flags>();

/** The flags of the receipt. The page gets their values for one visitor, and knows of no others. */
export const receiptFlags = ['darkMode', 'greeting', 'expressDelivery', 'discountRate'] as const;

/** A page that is rendered by the values of one visitor: it has neither rules nor the SDK key. */
export function Receipt({ name }: { readonly name: string }) {
  const isDark = useFlag('darkMode', false);
  const greeting = useFlag('greeting', 'Hello');
  const { expressDelivery, discountRate } = useFlags({ expressDelivery: false, discountRate: 0 });
  const [isThanked, setThanked] = useState(false);
  const price = 249;
  return (
    <div className={isDark ? 'page dark' : 'page'}>
      <header>
        <strong>Corner Shop</strong>
        <a href="/">Back to the shop</a>
      </header>
      <main>
        <section className="greeting">
          <h1>
            {greeting}, {name}
          </h1>
          <p>Thank you for your order. This page was given the values of your flags, and nothing else.</p>
        </section>
        <section className="card receipt">
          <h2>Receipt</h2>
          <dl>
            <dt>Espresso machine</dt>
            <dd>{euros(price)}</dd>
            <dt>Discount {`${Math.round(discountRate * 100)} %`}</dt>
            <dd>−{euros(price * discountRate)}</dd>
            <dt>Delivery</dt>
            <dd>{expressDelivery ? 'tomorrow' : 'in 5 days'}</dd>
            <dt className="total">Paid</dt>
            <dd className="total">{euros(price * (1 - discountRate))}</dd>
          </dl>
          <button className="primary" onClick={() => setThanked(true)}>
            {isThanked ? 'You are welcome' : 'Say thanks'}
          </button>
        </section>
      </main>
    </div>
  );
}

function euros(amount: number): string {
  return `€${amount.toFixed(2)}`;
}
