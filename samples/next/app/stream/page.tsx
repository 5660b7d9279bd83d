import { dehydrate } from 'configcat-rx/react';
import { connection } from 'next/server';
import { Suspense } from 'react';
import { FlagProvider } from '../../src/flag-provider';
import { serverClient } from '../../src/server-client';
import { Shop } from '../../src/shop';

/** A page whose parts come one after the other; each is taken over by the browser when it is there. */
export default async function Page() {
  await connection();
  await serverClient().waitForReady();
  return (
    <FlagProvider state={dehydrate(serverClient())}>
      <Shop where="First" />
      <Suspense fallback={<p>The rest is on its way …</p>}>
        <Late />
      </Suspense>
    </FlagProvider>
  );
}

async function Late() {
  await new Promise((resolve) => setTimeout(resolve, 500));
  return <Shop where="Late" />;
}
