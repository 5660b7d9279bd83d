import { runFleet } from '../../checks/fleet/fleet';
import { part } from '../support/part';
import { sideBySide } from '../support/side-by-side';

const fleet = {
  processes: 4,
  intervalSeconds: 1,
  changeEverySeconds: 2,
  leaseMs: 1000,
  engine: 'redis',
} as const;

part('redis-server')('a fleet of processes', () => {
  sideBySide({
    'fetches as often as one process, and shows every value in all of them': async () => {
      const report = await runFleet({ ...fleet, seconds: 10 });
      expect(report).toMatchObject({ lost: 0, skipped: 0, backwards: 0, maxLogged: 0 });
      expect(report.changes).toBeGreaterThan(0);
      // One a second; four processes for themselves would need four times as many.
      expect(report.requests).toBeLessThanOrEqual(10 + 3);
    },

    'loses nothing when the polling process is killed and when Redis is restarted': async () => {
      const report = await runFleet({ ...fleet, seconds: 14, killLeaderAtSeconds: 3, awaySeconds: [6, 8] });
      expect(report).toMatchObject({ lost: 0, skipped: 0, backwards: 0 });
      expect(report.takeoverMs).toBeDefined();
      expect(report.maxLogged).toBeLessThanOrEqual(1);
      expect(report.changes).toBeGreaterThan(2);
    },
  });
});
