/** Why a request was not accepted. */
export type RejectionReason =
  | 'malformed-headers'
  | 'outside-window'
  | 'wrong-signature'
  | 'replayed'
  | 'body-too-large'
  | 'body-already-read'
  | 'failed';

/** A request that was not accepted. */
export interface WebhookRejection {
  readonly reason: RejectionReason;
  /** The status that the sender was answered; the reason itself stays here. */
  readonly status: number;
  /** One sentence for a log. Holds nothing that came with the request. */
  readonly message: string;
}

const rejections: Readonly<Record<RejectionReason, readonly [status: number, message: string]>> = {
  'malformed-headers': [400, 'A header of ConfigCat webhooks is missing or malformed.'],
  'outside-window': [401, 'The timestamp is too old, or too far in the future.'],
  'wrong-signature': [401, 'No signature was made with one of the signing keys over this request.'],
  replayed: [409, 'The request was accepted before.'],
  'body-too-large': [413, 'The body is larger than `maxBodyBytes`.'],
  'body-already-read': [
    500,
    'The raw body is not available, because a body parser ran before the webhook. Mount the webhook before it, or let ' +
      '`express.raw()` parse this route.',
  ],
  failed: [500, 'The request could not be read or verified.'],
};

/** Gives the rejection for a reason, with its status and message. */
export function rejectionFor(reason: RejectionReason): WebhookRejection {
  const [status, message] = rejections[reason];
  return { reason, status, message };
}
