import type { NextRequest } from 'next/server';
import { connection } from 'next/server';
import { serverClient } from '../../../src/server-client';
import { findUser } from '../../../src/settings';

/** All values for one visitor. */
export async function GET(request: NextRequest): Promise<Response> {
  await connection();
  return Response.json(await serverClient().getAllValues(findUser(request.cookies.get('user')?.value)));
}
