import { OpenLedgerError } from '@openledger/protocol'

const tokenKey = 'openledger-token'

/** Takes the operator token from the address (`#token=…`), keeps it for this tab, and removes it from the address. */
export function adoptToken(): void {
  const match = /[#&]token=([\w-]+)/.exec(location.hash)
  if (!match?.[1]) return
  sessionStorage.setItem(tokenKey, match[1])
  history.replaceState(null, '', location.pathname + '#/')
}

/** The operator token of this tab, or null: without it the page shows what is public. */
export function operatorToken(): string | null {
  return sessionStorage.getItem(tokenKey)
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const token = operatorToken()
  const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...init.headers }
  const response = await fetch(path, { ...init, headers })
  const body = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string; fix?: string } } | null
  if (response.ok && body !== null) return body as T
  const error = body?.error
  throw new OpenLedgerError(error?.code ?? 'HTTP_ERROR', error?.message ?? `the node answered ${response.status}`, {
    status: response.status,
    fix: error?.fix,
  })
}

/** Reads JSON from the node that serves this page; throws OpenLedgerError with the node's own words. */
export const getJson = <T>(path: string): Promise<T> => request<T>(path, {})

/** Sends JSON to the node that serves this page. */
export const postJson = <T>(path: string, body: unknown): Promise<T> =>
  request<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
