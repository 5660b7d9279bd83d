import { fileURLToPath } from 'node:url';
import type { ConfigCatClient } from 'configcat-rx';
import { createClientWithAutoPoll } from 'configcat-rx';
import { redisShared } from 'configcat-rx/redis';
import { startConfigServer } from 'configcat-rx/server';
import type { Webhook } from 'configcat-rx/webhook';
import { createWebhook } from 'configcat-rx/webhook';
import { Redis } from 'ioredis';
import type { Flags } from './flags.js';

const {
  CONFIGCAT_SDK_KEY: realKey,
  CONFIGCAT_WEBHOOK_SIGNING_KEY: signingKey,
  CONFIG_FILE: file = fileURLToPath(new URL('../../config.json', import.meta.url)),
  REDIS_URL: redisUrl,
} = process.env;

/** The one client of this process, and what belongs to it. */
export interface Connection {
  readonly client: ConfigCatClient<Flags>;
  readonly webhook: Webhook | undefined;
  /** Where the flags are from, for people. */
  readonly place: string;
  readonly close: () => Promise<void>;
}

/** ConfigCat itself, or a config server on this computer that follows a file. */
export async function connect(): Promise<Connection> {
  const sdkKey = realKey || 'configcat-sdk-1/sample-environment-key/sample-environment-key';
  const local = realKey ? undefined : await startConfigServer({ configs: { [sdkKey]: file } });
  const webhook = signingKey ? createWebhook({ signingKeys: [signingKey] }) : undefined;
  const redis = redisUrl ? new Redis(redisUrl) : undefined;
  // The client's log says when Redis is away, and it polls by itself then.
  redis?.on('error', () => undefined);
  const shared = redis && redisShared(redis);

  const client = createClientWithAutoPoll<Flags>(sdkKey, {
    // Whoever is called when something changes has to look only now and then.
    pollIntervalSeconds: webhook ? 600 : local ? 1 : 10,
    ...(local && { baseUrl: local.url }),
    ...(webhook && { refreshOn$: webhook.refresh$ }),
    ...shared,
  });
  const roles = shared?.role$.subscribe((role) => console.log(`Among the processes of this Redis: ${role}`));
  return {
    client,
    webhook,
    place: local ? `Edit ${file} and watch it change.` : 'It has the flags of your environment.',
    close: async () => {
      client.dispose();
      roles?.unsubscribe();
      redis?.disconnect();
      await local?.close();
    },
  };
}
