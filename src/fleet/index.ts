export type { Engine, LeaseReply, LeaseRequest, Order, Stored } from './engine.js';
export { isLater } from './engine.js';
export type { FleetRole } from './lease.js';
export type { FleetMember, FleetOptions } from './share.js';
export { joinFleet } from './share.js';
