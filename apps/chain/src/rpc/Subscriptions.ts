import { randomBytes } from 'node:crypto'
import type { Block } from '@ethereumjs/block'
import type { WebSocket } from 'ws'
import type { ReceiptRecord } from '../storage/records.ts'
import { formatHeader } from './format/formatBlock.ts'
import { LogFilter } from './LogFilter.ts'
import { badParams, overLimit } from './RpcError.ts'
import type { RpcLimits } from './rpcLimits.ts'

/** What one subscription sends for a block: a list, because a block can hold many logs. */
type Selector = (block: Block, receipts: () => ReceiptRecord[]) => Record<string, unknown>[]

/** The subscriptions of one WebSocket: `newHeads` and `logs`. */
export class Subscriptions {
  private readonly socket: WebSocket
  private readonly limits: RpcLimits
  private readonly selectors = new Map<string, Selector>()

  constructor(socket: WebSocket, limits: RpcLimits) {
    this.socket = socket
    this.limits = limits
  }

  /** The methods that only a WebSocket has. */
  readonly methods: ReadonlyMap<string, (params: readonly unknown[]) => unknown> = new Map<string, (params: readonly unknown[]) => unknown>([
    ['eth_subscribe', (params) => this.subscribe(params)],
    ['eth_unsubscribe', ([id]) => this.selectors.delete(String(id))],
  ])

  /** Sends what the subscriptions want of a new block. A reader that is too slow is cut off. */
  publish(block: Block, receipts: () => ReceiptRecord[]): void {
    for (const [subscription, select] of this.selectors) {
      for (const result of select(block, receipts)) {
        if (this.socket.bufferedAmount > this.limits.backlogBytes) return this.socket.terminate()
        this.socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription, result } }))
      }
    }
  }

  private subscribe([kind, options]: readonly unknown[]): string {
    const { subscriptionsPerSocket } = this.limits
    if (this.selectors.size >= subscriptionsPerSocket) throw overLimit(`more than ${subscriptionsPerSocket} subscriptions`, 'end some, or open another connection')
    const id = `0x${randomBytes(16).toString('hex')}`
    this.selectors.set(id, selectorFor(kind, options))
    return id
  }
}

function selectorFor(kind: unknown, options: unknown): Selector {
  if (kind === 'newHeads') return (block) => [formatHeader(block)]
  if (kind !== 'logs') throw badParams('only newHeads and logs can be subscribed to')
  const filter = LogFilter.read(options ?? {})
  return (block, receipts) => (filter.mayMatch(block.header.logsBloom, block.common) ? filter.select(block, receipts()) : [])
}
