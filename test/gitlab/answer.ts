/**
 * What the stand-in answers: a text as it is, anything else as JSON.
 */
export interface Answer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

/**
 * Ends a request with an answer, as `render_api_error!` does.
 */
export class Rejection extends Error {
  /** `{"message": …}`, what `render_api_error!` renders (lib/api/helpers.rb). */
  public static message(status: number, message: unknown): Rejection {
    return new Rejection({ status, body: { message } });
  }

  /** `{"error": …}`, what Grape renders of parameters that it does not accept, and of routes that there are not. */
  public static error(status: number, error: string): Rejection {
    return new Rejection({ status, body: { error } });
  }

  constructor(public readonly answer: Answer) {
    super(`answered ${answer.status}`);
  }
}
