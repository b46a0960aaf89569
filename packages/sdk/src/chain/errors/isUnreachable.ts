import { BaseError, HttpRequestError, SocketClosedError, TimeoutError, WebSocketRequestError } from 'viem'

/** Whether an error means that the chain could not be reached, rather than that it refused. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  const found = error.walk(
    (e) => e instanceof HttpRequestError || e instanceof TimeoutError || e instanceof WebSocketRequestError || e instanceof SocketClosedError,
  )
  // A server that answers with 4xx was reached; 429 and 5xx pass.
  if (found instanceof HttpRequestError && found.status !== undefined) return found.status === 429 || found.status >= 500
  return found !== null && found !== undefined
}
