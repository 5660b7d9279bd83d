import { ConfigCatProvider } from 'configcat-rx/react';
import type { CSSProperties, ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { Flags } from './flags.js';
import { useFlag, useFlagDetails, useFlags } from './flags.js';
import { Status } from './status.js';
import type { Visitor } from './users.js';
import { findUser, visitors } from './users.js';

/** The whole page. The provider says for whom all flags below it are. */
export function Shop({ userId }: { readonly userId: string }) {
  const [visitor, setVisitor] = useState(() => findUser(userId));
  useEffect(() => history.replaceState(null, '', `?user=${visitor.identifier}`), [visitor]);
  return (
    <ConfigCatProvider user={visitor}>
      <Page>
        <header>
          <strong>Corner Shop</strong>
          <a href={`/receipt?user=${visitor.identifier}`}>Your last receipt</a>
          <Visitors chosen={visitor} onChoose={setVisitor} />
        </header>
        <main>
          <Greeting name={visitor.name} />
          <div className="cards">
            <Basket />
            <Uploads />
            <Debugging />
          </div>
        </main>
        <Status />
      </Page>
    </ConfigCatProvider>
  );
}

function Page({ children }: { readonly children: ReactNode }) {
  const isDark = useFlag('darkMode', false);
  return <div className={isDark ? 'page dark' : 'page'}>{children}</div>;
}

interface VisitorsProps {
  readonly chosen: Visitor;
  readonly onChoose: (visitor: Visitor) => void;
}

function Visitors({ chosen, onChoose }: VisitorsProps) {
  return (
    <nav aria-label="Who is visiting">
      {visitors.map((visitor) => (
        <button key={visitor.identifier} aria-pressed={visitor === chosen} onClick={() => onChoose(visitor)}>
          {visitor.name}
        </button>
      ))}
    </nav>
  );
}

function Greeting({ name }: { readonly name: string }) {
  const greeting = useFlag('greeting', 'Hello');
  return (
    <section className="greeting">
      <h1>
        <Live value={greeting} />, {name}
      </h1>
      <p>What you see depends on who you are. Edit the config file, and the page follows.</p>
    </section>
  );
}

/** Three flags of one config: never the new checkout with the old discount. */
function Basket() {
  const { newCheckout, expressDelivery, discountRate } = useFlags({
    newCheckout: false,
    expressDelivery: false,
    discountRate: 0,
  });
  const price = 249;
  const discount = price * discountRate;
  return (
    <Card title="Your basket" flags={['newCheckout', 'expressDelivery', 'discountRate']}>
      <dl>
        <dt>Espresso machine</dt>
        <dd>{euros(price)}</dd>
        <dt>
          Discount <Live value={`${Math.round(discountRate * 100)} %`} />
        </dt>
        <dd>−{euros(discount)}</dd>
        <dt>Delivery</dt>
        <dd>
          <Live value={expressDelivery ? 'tomorrow' : 'in 5 days'} />
        </dd>
        <dt className="total">Total</dt>
        <dd className="total">
          <Live value={euros(price - discount)} />
        </dd>
      </dl>
      <button className="primary">
        <Live value={newCheckout ? 'Buy now with one click' : 'Continue to address'} />
      </button>
    </Card>
  );
}

function Uploads() {
  const limit = useFlag('uploadLimitMb', 50);
  const used = 36;
  const share: CSSProperties = { inlineSize: `${Math.min(100, (100 * used) / limit)}%` };
  return (
    <Card title="Your photos" flags={['uploadLimitMb']}>
      <p>
        {used} of <Live value={`${limit} MB`} /> used
      </p>
      <div className="bar">
        <div style={share} className={used > limit * 0.7 ? 'almost-full' : ''} />
      </div>
    </Card>
  );
}

function Debugging() {
  const isShown = useFlag('debugMenu', false);
  return (
    <Card title="Behind the scenes" flags={['debugMenu']}>
      {isShown ? (
        <table>
          <tbody>
            <Reason flag="darkMode" fallback={false} />
            <Reason flag="newCheckout" fallback={false} />
            <Reason flag="expressDelivery" fallback={false} />
            <Reason flag="greeting" fallback="" />
            <Reason flag="uploadLimitMb" fallback={0} />
          </tbody>
        </table>
      ) : (
        <p className="quiet">Only staff may look here.</p>
      )}
    </Card>
  );
}

function Reason({ flag, fallback }: { readonly flag: keyof Flags; readonly fallback: boolean | string | number }) {
  const { value, variationId, matchedTargetingRule, matchedPercentageOption } = useFlagDetails(flag, fallback);
  const reason = matchedPercentageOption ? 'percentage' : matchedTargetingRule ? 'rule' : 'everyone';
  return (
    <tr>
      <th scope="row">{flag}</th>
      <td>
        <Live value={String(value)} />
      </td>
      <td title={variationId}>{reason}</td>
    </tr>
  );
}

interface CardProps {
  readonly title: string;
  readonly flags: readonly string[];
  readonly children: ReactNode;
}

function Card({ title, flags, children }: CardProps) {
  return (
    <section className="card">
      <h2>{title}</h2>
      {children}
      <footer>
        {flags.map((flag) => (
          <code key={flag}>{flag}</code>
        ))}
      </footer>
    </section>
  );
}

/** A text that lights up when it becomes another one. */
function Live({ value }: { readonly value: string }) {
  const [shown, setShown] = useState({ value, changes: 0 });
  if (shown.value !== value) setShown({ value, changes: shown.changes + 1 });
  return (
    // An element of its own for each value begins the animation anew.
    <span key={shown.changes} className={shown.changes > 0 ? 'changed' : undefined}>
      {value}
    </span>
  );
}

function euros(amount: number): string {
  return `€${amount.toFixed(2)}`;
}
