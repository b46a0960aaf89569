import type { GeneratedToken } from '@openledger/engine'
import { UnavailableError, type OpenLedgerError } from '@openledger/protocol'
import { errorFields, type Log } from '../config/Log.ts'
import type { Clock } from '../config/Clock.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import type { NodeLink } from '../links/NodeLink.ts'
import type { Attempt, Router, Wish } from '../router/Router.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../worker/AnswerOrder.ts'
import type { Alarms } from './Alarms.ts'
import { faultOf, type Fault } from './faultOf.ts'
import { watchPace } from './watchPace.ts'
import { watchSilence } from './watchSilence.ts'

export type AnswerRunParts = {
  router: Router
  links: ReadonlyMap<string, NodeLink>
  clock: Clock
  alarms: Alarms
  log: Log
  /** Nodes that may be asked for one answer, one after the other. */
  mostNodes: number
  /** Told who was found to say what is not so. */
  onLiar: (node: string) => void
}

/** One attempt while it runs. When another one has the next token it is called off: it failed when it had begun and fell silent. */
type Leg = { attempt: Attempt; stop: AbortController; calledOff?: 'failed' | 'withdrawn' }

/** One answer on its way: from node to node until it is whole. What has streamed stays, and is gone on with. */
export class AnswerRun {
  readonly #parts: AnswerRunParts
  readonly #order: AnswerOrder
  readonly #options: OrderOptions
  readonly #streamed: number[] = []
  /** Which node gave each token. */
  readonly #authors: string[] = []
  readonly #not = new Set<string>()
  /** Nodes that would have begun the answer otherwise, and whose token each of them refused. */
  readonly #objections: { node: string; author: string }[] = []
  /** Nodes elsewhere that said that the order itself is wrong, and what is; open until it is known whether it is. */
  readonly #complaints: { attempt: Attempt; code: string }[] = []
  readonly #began: number
  /** The order itself is at fault. */
  #isRefused = false
  #origin: Pick<Attempt, 'profileHash' | 'exactReplay'> | undefined

  constructor(parts: AnswerRunParts, order: AnswerOrder, options: OrderOptions) {
    this.#parts = parts
    this.#order = order
    this.#options = options
    this.#began = parts.clock.now()
  }

  /** Has the answer computed. Call it once. Errors as Dispatcher.answer. */
  async complete(): Promise<NodeAnswer> {
    try {
      return await this.#complete()
    } finally {
      for (const { attempt } of this.#complaints) attempt.end('withdrawn')
    }
  }

  async #complete(): Promise<NodeAnswer> {
    const { router, mostNodes, log } = this.#parts
    let failure: unknown
    for (let tries = 0; tries < mostNodes; tries++) {
      let attempt: Attempt
      try {
        attempt = router.assign(this.#wish())
      } catch (error) {
        throw this.#final(failure ?? error)
      }
      try {
        const answer = await this.#race(attempt)
        this.#settle()
        return answer
      } catch (error) {
        failure = error
        if (this.#options.signal.aborted || this.#isRefused) throw error
        if (this.#streamed.length > 0 && this.#origin?.exactReplay !== true) throw error
        log.warn('answer.moves', { node: attempt.node, tokens: this.#streamed.length, ...errorFields(error) })
        if (this.#isAuthorWrong()) break
      }
    }
    throw this.#final(failure)
  }

  #wish(): Wish {
    const { baseId, adapterId, promptTokens, sampling, deployment } = this.#order
    const { inputPrice, outputPrice } = deployment
    return { baseId, adapterId, positions: promptTokens.length + sampling.maxTokens, inputPrice, outputPrice, not: this.#not, ...(this.#streamed.length > 0 ? { profileHash: this.#origin!.profileHash } : {}) }
  }

  /** Runs one attempt, and a second beside it when it is silent for too long: whoever has the next token goes on. */
  #race(first: Attempt): Promise<NodeAnswer> {
    const { router, clock, alarms } = this.#parts
    return new Promise((resolve, reject) => {
      const running = new Set<Leg>()
      let leader: Leg | undefined
      const callOff = (leg: Leg, how: 'failed' | 'withdrawn'): void => {
        leg.calledOff = how
        leg.stop.abort()
      }
      const finish = (settle: () => void): void => {
        pace.end()
        for (const leg of running) callOff(leg, 'withdrawn')
        settle()
      }
      /** @returns false for one that was called off: what it brings is not wanted any more */
      const lead = (leg: Leg): boolean => {
        if (leg.calledOff) return false
        for (const other of running) if (other !== leg && !other.calledOff) callOff(other, other === leader ? 'failed' : 'withdrawn')
        leader = leg
        return true
      }
      const begin = (attempt: Attempt): void => {
        const leg: Leg = { attempt, stop: new AbortController() }
        running.add(leg)
        const onToken = (token: GeneratedToken): void => {
          if (!lead(leg)) return
          attempt.token()
          pace.token()
          this.#emit(token, attempt)
        }
        this.#carry(leg, onToken).then(
          (answer) => {
            running.delete(leg)
            const wanted = lead(leg)
            attempt.end(wanted ? 'finished' : 'withdrawn')
            if (wanted) finish(() => resolve(answer))
            else answer.close(false)
          },
          (error: unknown) => {
            running.delete(leg)
            this.#end(leg, error)
            if (leader === leg) leader = undefined
            if (running.size === 0 || this.#isRefused) finish(() => reject(error as Error))
          },
        )
      }
      const pace = watchPace(first.lateAfterMs, clock, alarms, () => {
        if (running.size !== 1 || (this.#streamed.length > 0 && this.#origin?.exactReplay !== true)) return
        const [slow] = running
        const second = router.hedge({ ...this.#wish(), not: new Set([...this.#not, slow!.attempt.node]) })
        if (second) begin(second)
      })
      begin(first)
    })
  }

  async #carry({ attempt, stop }: Leg, onToken: (token: GeneratedToken) => void): Promise<NodeAnswer> {
    const { links, clock, alarms } = this.#parts
    const { signal } = this.#options
    const link = links.get(attempt.node)
    if (!link) throw new LinkFault('NODE_GONE', `node ${attempt.node} is not there any more`)
    const leave = (): void => stop.abort()
    signal.addEventListener('abort', leave)
    if (signal.aborted) leave()
    let fault: LinkFault | undefined
    const watch = watchSilence(link.patience, clock, alarms, (stalled) => {
      fault = stalled
      stop.abort()
    })
    try {
      const answered = this.#streamed.length === 0 ? this.#order.answered : [...this.#order.answered, ...this.#streamed]
      return await link.answer(
        { ...this.#order, answered },
        {
          signal: stop.signal,
          onToken: (token) => {
            watch.token()
            onToken(token)
          },
        },
      )
    } catch (error) {
      throw fault ?? error
    } finally {
      watch.end()
      signal.removeEventListener('abort', leave)
    }
  }

  #emit(token: GeneratedToken, attempt: Attempt): void {
    this.#origin ??= attempt
    this.#streamed.push(token.token)
    this.#authors.push(attempt.node)
    this.#options.onToken(token)
  }

  #end({ attempt, calledOff }: Leg, error: unknown): void {
    if (calledOff === 'withdrawn' || this.#options.signal.aborted) return attempt.end('withdrawn')
    this.#not.add(attempt.node)
    if (calledOff) return attempt.end('failed')
    const isHere = this.#parts.links.get(attempt.node)?.patience === null
    const fault = this.#faultOf(error, isHere)
    if (fault === 'caller') return this.#hear(attempt, (error as OpenLedgerError).code, isHere)
    if (fault === 'full') {
      // What was too late for this order's own bound may be soon enough for others.
      const own = this.#order.scheduling.firstTokenMs !== undefined
      return attempt.end(own ? 'withdrawn' : 'refused', (error as OpenLedgerError).retryAfterMs)
    }
    if (fault === 'node') return attempt.end('failed')
    // Who is wrong is not known yet.
    attempt.end('withdrawn')
    const index = Number(/^answered\.(\d+)$/.exec((error as OpenLedgerError).field ?? '')?.[1] ?? 0) - this.#order.answered.length
    this.#objections.push({ node: attempt.node, author: this.#authors[Math.max(0, index)] ?? '' })
  }

  /** Whose matter an error is; what this process can see for itself no node elsewhere is believed. */
  #faultOf(error: unknown, isHere: boolean): Fault {
    const fault = faultOf(error)
    if (fault !== 'caller' || isHere) return fault
    const { code } = error as OpenLedgerError
    const { deadlineMs = Infinity } = this.#order.scheduling
    if (code === 'DEADLINE_EXCEEDED') return this.#parts.clock.now() - this.#began >= deadlineMs ? 'caller' : 'node'
    return code === 'CANCELLED' ? 'node' : 'caller'
  }

  /** The order is at fault when a node of this process says so, or two nodes elsewhere do. */
  #hear(attempt: Attempt, code: string, isHere: boolean): void {
    this.#isRefused ||= isHere || code === 'DEADLINE_EXCEEDED' || this.#complaints.some((other) => other.code === code)
    if (isHere) attempt.end('withdrawn')
    else this.#complaints.push({ attempt, code })
  }

  /** The answer is whole: those who would have begun it otherwise stand alone against two, and those who said that it cannot be given were wrong. */
  #settle(): void {
    for (const { node } of this.#objections) this.#blame(node)
    for (const { attempt } of this.#complaints) attempt.end('failed')
  }

  /** Whether two nodes refuse what was given; the author of what both refuse is at fault. */
  #isAuthorWrong(): boolean {
    const [first, second] = this.#objections
    if (!first || !second) return false
    if (first.author === second.author && first.author !== '') this.#blame(first.author)
    return true
  }

  #blame(node: string): void {
    this.#parts.router.blame(node)
    this.#parts.onLiar(node)
  }

  #final(failure: unknown): unknown {
    if (this.#objections.length === 0) return failure
    return new UnavailableError('ANSWER_DISPUTED', 'nodes do not agree on how this answer begins, so it cannot be finished', { cause: failure, status: 502, action: 'retry', fix: 'ask again: nothing is owed for this answer' })
  }
}
