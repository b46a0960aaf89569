import type { Log } from '@ethereumjs/evm'
import { bytesToHex, type Address } from '@ethereumjs/util'
import { CheatFailed } from './CheatFailed.ts'

/** A log that a frame expects of its next call: the frame writes the pattern itself, then calls. */
type Expectation = { depth: number; topics: readonly boolean[]; data: boolean; emitter: Address | undefined; pattern?: Log; found: boolean }

const equal = (a: Uint8Array, b: Uint8Array): boolean => bytesToHex(a) === bytesToHex(b)

function matches({ topics, data, emitter, pattern }: Expectation, [address, found, bytes]: Log): boolean {
  const [, wanted, content] = pattern!
  if (emitter && !equal(emitter.bytes, address)) return false
  if (wanted.length !== found.length || (wanted.length > 0 && !equal(wanted[0]!, found[0]!))) return false
  if (wanted.slice(1).some((topic, i) => topics[i] && !equal(topic, found[i + 1]!))) return false
  return !data || equal(content, bytes)
}

/** The logs that are expected and not yet seen, in their order. */
export class LogExpectations {
  private list: Expectation[] = []

  expect(depth: number, topics: readonly boolean[], data: boolean, emitter: Address | undefined): void {
    this.list.push({ depth, topics, data, emitter, found: false })
  }

  /** A frame wrote a log: the pattern of the first expectation that has none, else perhaps the next one that is waited for. */
  seen(depth: number, log: Log): void {
    if (this.list.length === 0) return
    const open = this.list.find(({ pattern }) => pattern === undefined)
    if (open) {
      if (open.depth === depth) open.pattern = log
      return
    }
    const next = this.list.find(({ found }) => !found)
    if (next && matches(next, log)) next.found = true
  }

  /** After a call out of the frame that expects, and when that frame ends. @throws CheatFailed when a log is missing */
  ended(depth: number): void {
    if (this.list.length === 0 || depth > this.list[0]!.depth + 1) return
    const { list } = this
    this.list = []
    if (list.some(({ found }) => !found)) throw new CheatFailed('a log that was expected is missing')
  }
}
