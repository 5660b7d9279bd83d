import type { NextRequest } from 'next/server';
import { NextResponse } from 'next/server';
import { serverClient } from './src/server-client';
import { findUser } from './src/settings';

/** Decides by a flag which page a visitor gets, before anything is rendered. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const user = findUser(request.cookies.get('user')?.value);
  const isNew = await serverClient().getValue('newCheckout', false, user);
  return isNew ? NextResponse.redirect(new URL('/stream', request.url)) : NextResponse.next();
}

export const config = { matcher: '/checkout' };
