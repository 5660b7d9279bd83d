/** An error that ends a command: one line for people, and the exit code. */
export class Failure extends Error {
  override readonly name = 'Failure';

  /**
   * @param exitCode - 1: there is no answer, or it is no; 2: the input was wrong.
   */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** Creates a failure for wrong input: a wrong option, or a missing file. */
export function wrongInput(message: string): Failure {
  return new Failure(message, 2);
}

/** Gives the message of an error, with that of its cause where it adds something. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const addsDetail = cause instanceof Error && cause.message && !error.message.includes(cause.message);
  return addsDetail ? `${error.message} ${messageOf(cause)}` : error.message;
}
