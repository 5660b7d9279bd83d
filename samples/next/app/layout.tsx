import type { ReactNode } from 'react';
import { Suspense } from 'react';

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <title>Shop</title>
        <link rel="icon" href="data:," />
      </head>
      <body>
        <h1>The shop</h1>
        <Suspense fallback={<p>One moment …</p>}>{children}</Suspense>
      </body>
    </html>
  );
}
