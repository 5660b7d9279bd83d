import type { ChildProcess } from 'node:child_process';
import type { FleetRole } from 'configcat-rx/fleet';

/** What a fleet is made of, and what happens to it. */
export interface FleetOptions {
  readonly processes: number;
  /** How long it runs, counted from its first request. */
  readonly seconds: number;
  readonly intervalSeconds: number;
  readonly changeEverySeconds: number;
  readonly leaseMs: number;
  /** What the processes share through: a name in `engines`; without it, every process is for itself. */
  readonly engine: string | undefined;
  /** When the process that polls is killed. */
  readonly killLeaderAtSeconds?: number | undefined;
  /** How far clocks are wrong: by so much ahead, behind, or not at all, in turn. */
  readonly skewSeconds?: number | undefined;
  /** When the process that polls is stopped, with a request on its way, and for how long. */
  readonly stopLeaderSeconds?: readonly [at: number, length: number] | undefined;
  /** When the server is ended, and when it is there again. */
  readonly awaySeconds?: readonly [from: number, to: number] | undefined;
  /** When a third of the processes, the polling one if it is among them, cannot reach the server, and from when they can. */
  readonly partitionSeconds?: readonly [from: number, to: number] | undefined;
  /** When the server that has the entry is ended, so that another takes its place. */
  readonly failOverAtSeconds?: number | undefined;
}

/** What a process of the fleet is told. */
export interface MemberOptions {
  readonly sdkKey: string;
  readonly baseUrl: string;
  readonly engine: string | undefined;
  readonly ports: readonly number[];
  readonly clientPackage: string;
  readonly intervalSeconds: number;
  readonly leaseMs: number;
  readonly skewMs: number;
}

/** What a process of the fleet says. */
export type Report =
  | { readonly kind: 'value'; readonly version: number; readonly atMs: number }
  | { readonly kind: 'role'; readonly role: FleetRole; readonly atMs: number }
  | { readonly kind: 'log'; readonly eventId: number };

/** A process of the fleet, and what it has said. */
export interface Member {
  readonly child: ChildProcess;
  readonly clientPackage: string;
  readonly values: { readonly version: number; readonly atMs: number }[];
  readonly roles: { readonly role: FleetRole; readonly atMs: number }[];
  readonly logged: number[];
}

/** A value that the server had from a moment on. */
export interface Change {
  readonly version: number;
  readonly atMs: number;
}

/** A config request, as the server saw it. */
export interface Served {
  readonly atMs: number;
  /** What the server had at that time. */
  readonly version: number;
  answeredAtMs?: number;
  status?: number;
}
