import { dehydrate } from 'configcat-rx/react';
import { cookies } from 'next/headers';
import { connection } from 'next/server';
import { FlagProvider } from '../src/flag-provider';
import { serverClient } from '../src/server-client';
import { findUser } from '../src/settings';
import { Shop } from '../src/shop';

/** A page for one visitor: the server renders it by the flags of that moment, and the browser goes on from there. */
export default async function Page() {
  await connection();
  const client = serverClient();
  await client.waitForReady();
  const userName = (await cookies()).get('user')?.value;
  const greeting = client.snapshot().value('greeting', '…', findUser(userName));
  return (
    <>
      <p id="server">Server: {greeting}!</p>
      <FlagProvider state={dehydrate(client)} {...(userName && { userName })}>
        <Shop where="Browser" />
      </FlagProvider>
    </>
  );
}
