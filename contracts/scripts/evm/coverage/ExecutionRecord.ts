import type { Artifact, CompiledCode } from '../artifacts/Artifact.ts'
import { CodeIndex } from '../artifacts/CodeIndex.ts'
import type { Recorder } from '../world/Recorder.ts'

/** What ran of a code, by the offset of the instruction: whether, and for a conditional jump which ways. */
export type CodeHits = { ran: Uint8Array; jumped: Uint8Array; passed: Uint8Array }

const noHits = (code: CompiledCode): CodeHits => ({ ran: new Uint8Array(code.bytes.length), jumped: new Uint8Array(code.bytes.length), passed: new Uint8Array(code.bytes.length) })

/**
 * Keeps which instructions of some contracts ran, wherever they were deployed. Code is known by its bytes: immutable values do not count,
 * nor do the arguments behind creation code. What runs of other contracts is not kept.
 */
export class ExecutionRecord implements Recorder {
  readonly hits = new Map<CompiledCode, CodeHits>()
  private readonly index: CodeIndex
  private readonly known = new WeakMap<Uint8Array, CodeHits | 'other'>()
  private last: { code: Uint8Array; hits: CodeHits | 'other' } = { code: new Uint8Array(0), hits: 'other' }

  /** @param artifacts the contracts to keep a record of */
  constructor(artifacts: readonly Artifact[]) {
    this.index = new CodeIndex(artifacts)
    for (const { creation, runtime } of artifacts) for (const code of [creation, runtime]) this.hits.set(code, noHits(code))
  }

  /** All that was kept, in the order of the contracts: for another record of the same code. */
  export(): Uint8Array[] {
    return [...this.hits.values()].flatMap(({ ran, jumped, passed }) => [ran, jumped, passed])
  }

  /** Adds what another record of the same code kept. */
  add(kept: readonly Uint8Array[]): void {
    const own = this.export()
    for (const [i, bytes] of kept.entries()) for (const [at, hit] of bytes.entries()) own[i]![at]! |= hit
  }

  ran(code: Uint8Array, counter: number, jumps: boolean | undefined): void {
    if (this.last.code !== code) this.last = { code, hits: this.hitsOf(code) }
    const { hits } = this.last
    if (hits === 'other') return
    hits.ran[counter] = 1
    if (jumps === undefined) return
    ;(jumps ? hits.jumped : hits.passed)[counter] = 1
  }

  private hitsOf(code: Uint8Array): CodeHits | 'other' {
    const known = this.known.get(code)
    if (known !== undefined) return known
    const found = this.index.ofRuntime(code)?.runtime ?? this.index.ofCreation(code)?.creation
    const hits = found === undefined ? 'other' : this.hits.get(found)!
    this.known.set(code, hits)
    return hits
  }
}
