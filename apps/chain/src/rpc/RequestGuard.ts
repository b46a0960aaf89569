import type { IncomingMessage } from 'node:http'
import { OpenLedgerError } from '@openledger/protocol/errors'

export type GuardOptions = {
  /** Host names, besides the machine's own, under which the node may be reached. */
  allowedHosts: readonly string[]
  /** Origins of pages that may call the node, as browsers send them; none by default. */
  corsOrigins: readonly string[]
}

const localHosts = ['localhost', '127.0.0.1', '[::1]']

/**
 * Keeps pages in a browser out. The Host header must name this machine, or a page under an attacker's name that was pointed at
 * 127.0.0.1 could call it; the Origin header, which browsers always send, must be one that was allowed.
 */
export class RequestGuard {
  private readonly hosts: ReadonlySet<string>
  private readonly origins: ReadonlySet<string>

  constructor(options: GuardOptions) {
    this.hosts = new Set([...localHosts, ...options.allowedHosts].map((host) => host.toLowerCase()))
    this.origins = new Set(options.corsOrigins)
  }

  /** @throws OpenLedgerError with status 403 */
  check(request: IncomingMessage): void {
    const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '')
    if (!this.hosts.has(host)) {
      throw new OpenLedgerError('CHAIN_HOST_REFUSED', `host "${host}" is not served here`, { status: 403, fix: 'use 127.0.0.1 or localhost, or start with --allow-host' })
    }
    const { origin } = request.headers
    if (origin !== undefined && !this.origins.has(origin)) {
      throw new OpenLedgerError('CHAIN_ORIGIN_REFUSED', `pages of ${origin} may not call this node`, { status: 403, fix: 'start with --cors and this origin' })
    }
  }

  /** The headers that let an allowed page read the answer. */
  corsHeaders(request: IncomingMessage): Record<string, string> {
    const { origin } = request.headers
    if (origin === undefined || !this.origins.has(origin)) return {}
    return { 'access-control-allow-origin': origin, 'access-control-allow-headers': 'content-type', 'access-control-allow-methods': 'POST', vary: 'origin' }
  }
}
