/** Something that keeps a command from its answer: one line for people, and the exit code. */
export class Failure extends Error {
  override readonly name = 'Failure';

  /**
   * @param exitCode - 1: there is no answer, or it is no; 2: the question was wrong.
   */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** A question that makes no sense: a wrong option, a file that is not there. */
export function wrongInput(message: string): Failure {
  return new Failure(message, 2);
}

/** What went wrong, with its cause where that says more. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const isNews = cause instanceof Error && cause.message && !error.message.includes(cause.message);
  return isNews ? `${error.message} ${messageOf(cause)}` : error.message;
}
