import type { Message } from '@ethereumjs/evm'
import type { Address } from '@ethereumjs/util'
import { CheatFailed } from './CheatFailed.ts'

type Prank = { caller: Address; sender: Address; once: boolean; used: boolean }

/** Who is to be the sender of the calls that a frame makes, by the frame's depth. */
export class Pranks {
  private readonly byDepth: Map<number, Prank>

  constructor(byDepth = new Map<number, Prank>()) {
    this.byDepth = byDepth
  }

  copy(): Pranks {
    return new Pranks(new Map([...this.byDepth].map(([depth, prank]) => [depth, { ...prank }])))
  }

  /**
   * @param depth that of the frame that asks
   * @param caller its contract: no other one's calls are changed
   * @param once for the next call alone
   */
  begin(depth: number, caller: Address, sender: Address, once: boolean): void {
    const running = this.byDepth.get(depth)
    if (running && !running.used) throw new CheatFailed('a prank is replaced before a call used it')
    if (running && running.once !== once) throw new CheatFailed('a prank for one call inside a lasting one')
    this.byDepth.set(depth, { caller, sender, once, used: false })
  }

  stop(depth: number): void {
    this.byDepth.delete(depth)
  }

  /** Whether the next call of a contract's frame is changed. */
  changes(depth: number, contract: Address): boolean {
    return this.byDepth.get(depth)?.caller.equals(contract) ?? false
  }

  /** Changes a message's sender where a prank says so. @returns who it was before, or undefined */
  apply(message: Message): Address | undefined {
    const prank = this.byDepth.get(message.depth - 1)
    if (!prank || message.delegatecall || !this.changes(message.depth - 1, message.caller)) return undefined
    prank.used = true
    message.caller = prank.sender
    return prank.caller
  }

  /** After a call: a prank for one call is over, and so are those of frames that are no more. */
  ended(depth: number): void {
    if (this.byDepth.size === 0) return
    if (this.byDepth.get(depth - 1)?.once) this.byDepth.delete(depth - 1)
  }
}
