import { APICallError } from '@ai-sdk/provider'
import type { OpenLedgerError } from '@openledger/protocol'
import { responseError } from '@openledger/sdk'

export type NodeCall = { url: string; body: object; headers: Record<string, string>; fetch: typeof fetch; signal?: AbortSignal }

const isAbort = (error: unknown): boolean => error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')

/** Nobody was there, so nothing was asked: the only broken call that can be sent again without paying twice. */
const wasRefused = (error: unknown): boolean => {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if ((cause as { code?: unknown }).code === 'ECONNREFUSED') return true
  return false
}

/** A node's error as the AI SDK knows it. `data` keeps the node's code and its advice. */
export function apiError(error: OpenLedgerError, { url, body }: Pick<NodeCall, 'url' | 'body'>, response?: { status: number; headers: Headers; text: string }): APICallError {
  const { code, fix, field, action } = error
  return new APICallError({
    message: fix === undefined ? error.message : `${error.message} (${fix})`,
    url,
    requestBodyValues: body,
    statusCode: response?.status,
    responseHeaders: response && Object.fromEntries(response.headers),
    responseBody: response?.text,
    cause: error,
    isRetryable: action === 'retry',
    data: { code, fix: fix ?? null, param: field ?? null },
  })
}

/**
 * Sends one request to the node.
 * @throws APICallError with the node's status, code and advice; retryable when the node says so, or when nobody listened. A call that broke
 * in between is not: its answer may be there and paid for. An abort passes through.
 */
export async function callNode({ url, body, headers, fetch: send, signal }: NodeCall): Promise<Response> {
  let response: Response
  try {
    response = await send(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers }, signal })
  } catch (cause) {
    if (isAbort(cause)) throw cause
    throw new APICallError({ message: `no node answers at ${url}`, url, requestBodyValues: body, cause, isRetryable: wasRefused(cause), data: { code: 'NODE_AWAY' } })
  }
  if (response.ok) return response
  const text = await response.text().catch(() => '')
  throw apiError(responseError(response.status, text), { url, body }, { status: response.status, headers: response.headers, text })
}
