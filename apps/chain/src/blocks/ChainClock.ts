/** The time that blocks and calls see, in whole seconds since 1970. */
export class ChainClock {
  private readonly wallMs: () => number
  private readonly step: bigint
  private offset = 0n
  private forced: bigint | undefined

  /**
   * @param wallMs milliseconds since 1970, `Date.now` outside tests
   * @param sharedSeconds true lets blocks of one second share its timestamp; false makes each block's later than the one before
   */
  constructor(wallMs: () => number, sharedSeconds: boolean) {
    this.wallMs = wallMs
    this.step = sharedSeconds ? 0n : 1n
  }

  /** The wall clock, moved by what {@link advance} added. */
  now(): bigint {
    return BigInt(Math.floor(this.wallMs() / 1000)) + this.offset
  }

  /** The time of the block after one with this timestamp: now, but later than that (or not earlier). Takes a forced time when there is one. */
  next(parent: bigint): bigint {
    const wanted = this.forced ?? this.now()
    return wanted > parent ? wanted : parent + this.step
  }

  /** The time that a call on top of a block sees: it passes although no empty block is made. */
  seenFrom(head: bigint): bigint {
    const now = this.now()
    return now > head ? now : head
  }

  /** Seconds by which the head is ahead of the clock: blocks faster than one a second run ahead when each needs a later time. */
  ahead(head: bigint): bigint {
    const now = this.now()
    return head > now ? head - now : 0n
  }

  /** Moves time on, for tests of waiting periods. */
  advance(seconds: bigint): void {
    this.offset += seconds
  }

  /** Sets the next block's time, for tests; the clock goes on from there. */
  force(timestamp: bigint): void {
    this.forced = timestamp
  }

  /** To be called when a block is committed. */
  settled(timestamp: bigint): void {
    if (this.forced === undefined) return
    this.forced = undefined
    this.offset += timestamp - this.now()
  }
}
