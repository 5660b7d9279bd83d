import { activityOf } from '../../src/inspector/page/activity';
import { configByUser, stage } from '../support/client';
import { record } from '../support/record';

it('counts evaluations of each second, and all exposures, as often as the page is drawn', async () => {
  const { client, clock } = stage(configByUser('kate'));
  await clock.advance(0);
  const activity = record(activityOf(client, clock.scheduler));
  const users = ['kate', 'jack', 'kate'].map((identifier) => ({ identifier }));
  for (const user of users) client.snapshot().value('plan', '', user);
  await clock.advance(1000);
  // Flags in bulk are evaluated, and shown to nobody; explanations are neither.
  client.snapshot().values({ identifier: 'leo' });
  await client.explain('plan', { identifier: 'leo' });
  await clock.advance(1000);
  client.snapshot().value('plan', '', users[0]);
  await clock.advance(2000);
  expect(activity.values).toEqual([
    { evaluationsPerSecond: 0, exposures: 0 },
    { evaluationsPerSecond: 3, exposures: 2 },
    { evaluationsPerSecond: 1, exposures: 2 },
    { evaluationsPerSecond: 1, exposures: 2 },
    { evaluationsPerSecond: 0, exposures: 2 },
  ]);
  activity.stop();
  client.dispose();
});
