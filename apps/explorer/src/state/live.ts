import { signal } from '@preact/signals'
import type { LedgerEvent } from '@openledger/sdk'

const feedLength = 30
const quietMs = 400

/** Rises whenever something changed on the ledger. */
export const version = signal(0)

/** The latest events, newest first. */
export const feed = signal<LedgerEvent[]>([])

/** Whether the event stream is open. */
export const connected = signal(false)

let timer: ReturnType<typeof setTimeout> | undefined

/** Listens to the node's events for as long as the page is open; the browser reconnects by itself. */
export function listen(): void {
  const source = new EventSource('/api/events')
  source.onopen = () => {
    connected.value = true
    version.value++
  }
  source.onerror = () => {
    connected.value = false
  }
  source.onmessage = (message: MessageEvent<string>) => {
    feed.value = [JSON.parse(message.data) as LedgerEvent, ...feed.value].slice(0, feedLength)
    clearTimeout(timer)
    timer = setTimeout(() => version.value++, quietMs)
  }
}
