import type { ClientStatus } from 'configcat-rx/core';
import { allFlags$, status$ } from 'configcat-rx/core';
import { flagHooks, useSource } from 'configcat-rx/react/core';
import type { RemoteCore } from 'configcat-rx/remote';
import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { Observable } from 'rxjs';
import type { Flags } from '../flags.js';
import { firstName, logIn, names } from '../session.js';
import { euros, percent, wordsOf } from '../words.js';

const { useFlag, useFlags } = flagHooks<Flags>();

/** The whole page. Who is logged in is known by a cookie; nothing here names a user. */
export function Train() {
  const isDark = useFlag('darkMode', false);
  const greeting = useFlag('greeting', 'Hello');
  const [name, setName] = useState(firstName);
  return (
    <div className={isDark ? 'page dark' : 'page'}>
      <header>
        <strong>Night Train</strong>
        <nav aria-label="Pages">
          <a href="/react/" aria-current="page">
            React
          </a>
          <a href="/angular/">Angular</a>
        </nav>
        <People chosen={name} onChoose={setName} />
      </header>
      <main>
        <h1>
          <Live value={greeting} />, {name || 'traveller'}
        </h1>
        <p className="quiet">
          This page has no rules and no SDK key. A relay tells it the values of its user, and each change at once.
        </p>
        <div className="cards">
          <Ticket />
          <Known />
        </div>
      </main>
      <Connection />
    </div>
  );
}

interface PeopleProps {
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}

function People({ chosen, onChoose }: PeopleProps) {
  const remote = useSource() as RemoteCore;
  const choose = async (name: string) => {
    await logIn(remote, name);
    onChoose(name);
  };
  return (
    <div className="people" role="group" aria-label="Who is logged in">
      {['', ...names].map((name) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => void choose(name)}>
          {name || 'Nobody'}
        </button>
      ))}
    </div>
  );
}

/** Three flags of one config and one user: never the new booking with the old discount. */
function Ticket() {
  const { newCheckout, expressDelivery, discountRate } = useFlags({
    newCheckout: false,
    expressDelivery: false,
    discountRate: 0,
  });
  const fare = 89;
  return (
    <section>
      <h2>Paris to Vienna</h2>
      <dl>
        <dt>Berth in a cabin for two</dt>
        <dd>{euros(fare)}</dd>
        <dt>
          Discount <Live value={percent(discountRate)} />
        </dt>
        <dd>−{euros(fare * discountRate)}</dd>
        <dt>Luggage</dt>
        <dd>
          <Live value={expressDelivery ? 'goes ahead' : 'in the cabin'} />
        </dd>
        <dt className="total">Total</dt>
        <dd className="total">
          <Live value={euros(fare * (1 - discountRate))} />
        </dd>
      </dl>
      <button className="primary" type="button">
        <Live value={newCheckout ? 'Book with one click' : 'Choose your berth'} />
      </button>
    </section>
  );
}

/** All that the page knows. */
function Known() {
  const flags = useStream(allFlags$) ?? {};
  return (
    <section>
      <h2>What this page knows</h2>
      <table>
        <tbody>
          {Object.entries(flags).map(([key, value]) => (
            <tr key={key}>
              <th scope="row">
                <code>{key}</code>
              </th>
              <td>
                <Live value={String(value)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Connection() {
  const status: ClientStatus | undefined = useStream(status$);
  return (
    <footer data-state={status?.lastError ? 'failing' : status?.cacheState} aria-live="polite">
      <span className="dot" />
      <span>{status && wordsOf(status)}</span>
    </footer>
  );
}

/** What a function of `configcat-rx/core` that no hook stands for has emitted last. */
function useStream<T>(question: (source: RemoteCore) => Observable<T>): T | undefined {
  const source = useSource() as RemoteCore;
  const [value, setValue] = useState<T>();
  useEffect(() => {
    const subscription = question(source).subscribe(setValue);
    return () => subscription.unsubscribe();
  }, [question, source]);
  return value;
}

/** A text that lights up when it becomes another one. */
function Live({ value }: { readonly value: string }): ReactNode {
  const [shown, setShown] = useState({ value, changes: 0 });
  if (shown.value !== value) setShown({ value, changes: shown.changes + 1 });
  return (
    <span key={shown.changes} className={shown.changes > 0 ? 'changed' : undefined}>
      {value}
    </span>
  );
}
