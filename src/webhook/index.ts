export type { NodeRequest, NodeResponse } from './node.js';
export type { RejectionReason, WebhookRejection } from './rejection.js';
export type { Webhook, WebhookEvent, WebhookOptions } from './webhook.js';
export { createWebhook } from './webhook.js';
