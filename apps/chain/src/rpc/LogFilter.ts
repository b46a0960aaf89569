import type { Block } from '@ethereumjs/block'
import { equalsBytes } from '@ethereumjs/util'
import { Bloom } from '@ethereumjs/vm'
import type { LogRecord, ReceiptRecord } from '../storage/records.ts'
import { formatLog } from './format/formatReceipt.ts'
import { isObject, readBytes } from './readParams.ts'
import { badParams } from './RpcError.ts'

const maxAlternatives = 1_000

function readAlternatives(value: unknown, what: string, length: number): Uint8Array[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  if (list.length > maxAlternatives) throw badParams(`${what} has more than ${maxAlternatives} alternatives`)
  return list.map((entry) => readBytes(entry, what, length))
}

/** Which logs a client wants: any of some emitters, and at each place any of some topics; an empty list means all. */
export class LogFilter {
  private readonly addresses: Uint8Array[]
  private readonly topics: Uint8Array[][]

  private constructor(addresses: Uint8Array[], topics: Uint8Array[][]) {
    this.addresses = addresses
    this.topics = topics
  }

  /** Reads `address` and `topics` of a filter object. */
  static read(value: unknown): LogFilter {
    if (!isObject(value)) throw badParams('the filter must be an object')
    const topics: unknown = value.topics ?? []
    if (!Array.isArray(topics) || topics.length > 4) throw badParams('topics must be a list of at most 4')
    return new LogFilter(readAlternatives(value.address, 'address', 20), topics.map((topic) => readAlternatives(topic, 'topic', 32)))
  }

  /** False when no log of a block with this bloom filter can match. */
  mayMatch(bloomBytes: Uint8Array, keccakOf: Block['common']): boolean {
    const bloom = new Bloom(bloomBytes, keccakOf)
    return [this.addresses, ...this.topics].every((wanted) => wanted.length === 0 || wanted.some((part) => bloom.check(part)))
  }

  matches(log: LogRecord): boolean {
    if (this.addresses.length > 0 && !this.addresses.some((address) => equalsBytes(address, log.address))) return false
    return this.topics.every((wanted, place) => {
      const topic = log.topics[place]
      return topic !== undefined && (wanted.length === 0 || wanted.some((part) => equalsBytes(part, topic)))
    })
  }

  /** The matching logs of a block, as clients read them. */
  select(block: Block, receipts: readonly ReceiptRecord[]): Record<string, unknown>[] {
    const found: Record<string, unknown>[] = []
    let logIndex = 0
    for (const [transactionIndex, { logs }] of receipts.entries()) {
      for (const log of logs) {
        if (this.matches(log)) found.push(formatLog(log, block, transactionIndex, logIndex))
        logIndex++
      }
    }
    return found
  }
}
