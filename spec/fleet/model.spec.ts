import { checkModel } from '../support/fleet-model/model';

describe('a fleet that lives through faults', () => {
  it('goes back nowhere, and has the newest config everywhere in the end', async () => {
    expect(await checkModel(150, 20_261_129)).toEqual({ sequences: 150, violation: undefined });
  });

  it.each([
    ['orders by time', { ordersByTime: true }],
    ['drops the fence', { acceptsEveryWrite: true }],
    ['believes a lease that has ended', { believesEndedLeases: true }],
  ])('is noticed when it %s', async (_, defects) => {
    const { violation } = await checkModel(1000, 1, defects);
    expect(violation).toBeDefined();
  });
});
