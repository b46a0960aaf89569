import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { fail, UnavailableError, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { silentLog } from '../config/Log.ts'
import type { NodeLink } from '../links/NodeLink.ts'
import { Router } from '../router/Router.ts'
import type { RouterSettings } from '../router/RouterSettings.ts'
import { JumpingClock } from '../test/JumpingClock.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import type { AnswerOrder, NodeAnswer } from '../worker/AnswerOrder.ts'
import { Dispatcher } from './Dispatcher.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const address = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`
const length = 12
/** What every honest node of the profile chooses. */
const truth = Array.from({ length }, (_, i) => 100 + ((i * 7) % 13))

/** What a node does, `at` the token of this number: `lies` chooses another token there, `slow` needs so many milliseconds for its first token. */
type Habit = { does: 'answers' | 'dies' | 'stalls' | 'lies' | 'slow' | 'refuses' | 'complains' | 'signs wrongly'; at?: number; profile?: number }

const order: AnswerOrder = {
  ...{ gateway: address(0xaa), baseId: hash(1), channelId: hash(2), deploymentId: hash(3), deploymentSignature: '0x', adapterId: null, manifest: null },
  deployment: { owner: address(0xbb), adapterId: hash(1), inputPrice: 0n, outputPrice: 0n, nodePpm: 0, ownerPpm: 1_000_000, stakersPpm: 0, contributorsPpm: 0, methodHash: hash(0), tableHash: hash(0), nonce: 1n },
  ...{ promptTokens: [1, 2, 3], salt: hash(4), requestHash: hash(5), answered: [], logprobs: false, topLogprobs: 0, scheduling: {}, platformFee: 0n, attributionSeconds: 60 },
  sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: length, stop: [], seed: hash(6) },
  ...{ samplingHash: hash(9), clientNonce: hash(7), nodeCommitment: hash(8) },
}

let clock: JumpingClock
const withdrawn: number[] = []
afterEach(() => withdrawn.splice(0))

function linkOf(index: number, { does, at = 0 }: Habit): NodeLink {
  const turn = (): Promise<void> => clock.sleep(1)
  return {
    node: address(index + 1),
    patience: { firstTokenMs: 3000, nextTokenMs: 1000 },
    async answer({ answered }, { onToken, signal }) {
      if (does === 'refuses') throw new UnavailableError('OVERLOADED', 'no room', { action: 'retry', status: 429, retryAfterMs: 50 })
      if (does === 'complains') fail('BAD_SAMPLING', 'I do not like it', { field: 'sampling' })
      if (does === 'slow') await clock.sleep(at, signal)
      const own = (i: number): number => (does === 'lies' && i === at ? 999 : truth[i]!)
      const wrong = answered.findIndex((token, i) => token !== own(i))
      if (wrong >= 0) fail('CONTINUATION_DIFFERS', 'not mine', { field: `answered.${wrong}`, action: 'stop', status: 409 })
      for (let i = answered.length; i < length; i++) {
        await turn()
        if (does === 'dies' && i >= at) throw new LinkFault('NODE_LOST', 'gone')
        if (does === 'stalls' && i >= at) await clock.sleep(1e9, signal)
        if (signal.aborted) {
          withdrawn.push(index)
          return fail('CANCELLED', 'called off', { action: 'stop', status: 499 })
        }
        onToken({ token: own(i), text: `${own(i)} `, logprob: 0, top: [] })
      }
      if (does === 'signs wrongly') throw new LinkFault('WRONG_RECEIPT', 'not what was ordered', { action: 'stop', status: 502 })
      return { result: { tokens: [...answered, ...truth.slice(answered.length)] }, receipt: { id: hash(index) }, close: () => undefined } as unknown as NodeAnswer
    },
  }
}

type Outcome = { streamed: number[]; answer?: NodeAnswer; code?: string; liars: string[]; standings: ReturnType<Router['standings']> }

type RunOptions = { seed?: number; settings?: Partial<RouterSettings>; warm?: number; leaveAfter?: number }

async function run(nodes: readonly (Habit | NodeLink)[], { seed = 0, settings = {}, warm = 0, leaveAfter = Infinity }: RunOptions = {}): Promise<Outcome> {
  clock = new JumpingClock()
  let state = seed + 1
  const router = new Router({ now: () => clock.now(), random: () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32, settings })
  const liars: string[] = []
  const dispatcher = new Dispatcher({ router, clock, log: silentLog, onLiar: (liar) => liars.push(liar) })
  nodes.forEach((node, index) => {
    const [link, profile] = 'does' in node ? [linkOf(index, node), node.profile ?? 7] : [node, 7]
    dispatcher.add(link, { baseId: hash(1), profileHash: hash(profile), exactReplay: true, slots: 4, positions: 64, stake: 1n, inputPrice: 0n, outputPrice: 0n, holds: () => false })
  })
  // First tokens that the gateway has seen before.
  for (let i = 0; i < warm; i++) {
    const attempt = router.assign({ baseId: hash(1), adapterId: null, positions: 4, inputPrice: 0n, outputPrice: 0n })
    clock.time += 20
    attempt.token()
    attempt.end('finished')
  }
  const streamed: number[] = []
  const leaving = new AbortController()
  let outcome: Pick<Outcome, 'answer' | 'code'> | undefined
  const onToken = ({ token }: { token: number }): void => {
    streamed.push(token)
    if (streamed.length >= leaveAfter) leaving.abort()
  }
  dispatcher.answer(order, { onToken, signal: leaving.signal }).then(
    (answer) => (outcome = { answer }),
    (error: { code: string }) => (outcome = { code: error.code }),
  )
  await clock.until(() => outcome !== undefined)
  return { streamed, ...outcome!, liars, standings: router.standings(hash(1)) }
}

describe('an answer that goes from node to node', () => {
  it('is whole and streams each token once, whatever happens to the nodes, as long as one of them answers', async () => {
    const habit = fc.record({ does: fc.constantFrom('dies' as const, 'stalls' as const, 'refuses' as const, 'signs wrongly' as const, 'complains' as const), at: fc.nat({ max: length }) })
    await fc.assert(
      fc.asyncProperty(fc.array(habit, { maxLength: 4 }), fc.nat({ max: 4 }), fc.nat({ max: 1000 }), async (bad, place, seed) => {
        fc.pre(bad.filter(({ does }) => does === 'complains').length < 2)
        const habits: Habit[] = [...bad]
        habits.splice(Math.min(place, bad.length), 0, { does: 'answers' })
        const { streamed, answer, liars, standings } = await run(habits, { seed })
        expect(streamed).toEqual(truth)
        expect(answer!.result.tokens).toEqual(truth)
        expect(liars).toEqual([])
        expect(standings.map(({ inFlight }) => inFlight)).toEqual(habits.map(() => 0))
      }),
      { numRuns: 60 },
    )
  })

  it('ends with the last node’s error when nobody is left, and streams nothing twice until then', async () => {
    const { streamed, code } = await run([{ does: 'dies', at: 3 }, { does: 'dies', at: 5 }])
    expect(code).toBe('NODE_LOST')
    expect([truth.slice(0, 3), truth.slice(0, 5)]).toContainEqual(streamed)
  })

  it('asks no more nodes than five', async () => {
    const { code, standings } = await run(Array.from({ length: 8 }, (): Habit => ({ does: 'dies' })))
    expect([code, standings.filter(({ failures }) => failures === 1).length]).toEqual(['NODE_LOST', 5])
  })

  it('does not go on under another numerics profile', async () => {
    for (let seed = 0; seed < 6; seed++) {
      const { streamed, code } = await run([{ does: 'dies', at: 4, profile: 7 }, { does: 'answers', profile: 8 }], { seed })
      expect(streamed.length === length ? code : [code, streamed]).toEqual(streamed.length === length ? undefined : ['NODE_LOST', truth.slice(0, 4)])
    }
  })

  it('says that nobody agrees when a lie has streamed already; the liar is named by two', async () => {
    let disputes = 0
    for (let seed = 0; seed < 8; seed++) {
      // It tells the client a false token, and is lost before its receipt: the client has seen it, so the answer cannot be finished.
      const liar = linkOf(0, { does: 'lies', at: 2 })
      const { streamed, code, liars } = await run([{ ...liar, answer: (...args) => liar.answer(...args).then(() => Promise.reject(new LinkFault('NODE_LOST', 'gone'))) }, { does: 'answers' }, { does: 'answers' }], { seed, settings: { randomShare: 1 } })
      if (streamed.includes(999)) {
        disputes += 1
        expect(code).toBe('ANSWER_DISPUTED')
        expect(liars).toEqual([address(1)])
      } else expect(streamed).toEqual(truth)
    }
    expect(disputes).toBeGreaterThan(0)
  })

  it('finds the one that refuses what two others would have chosen', async () => {
    let found = 0
    for (let seed = 0; seed < 12; seed++) {
      // The first dies in the middle; a liar says that it would have begun otherwise; the third goes on.
      const { streamed, liars } = await run([{ does: 'dies', at: 6 }, { does: 'lies', at: 1 }, { does: 'answers' }], { seed, settings: { randomShare: 1 } })
      if (!streamed.includes(999)) expect(streamed).toEqual(truth)
      if (liars.length > 0 && !streamed.includes(999)) {
        found += 1
        expect(liars).toEqual([address(2)])
      }
    }
    expect(found).toBeGreaterThan(0)
  })

  it('believes a complaint about the order only when two nodes make it', async () => {
    for (let seed = 0; seed < 4; seed++) {
      const alone = await run([{ does: 'complains' }, { does: 'answers' }], { seed })
      expect(alone.streamed).toEqual(truth)
      // Whoever complained alone was wrong, and that counts.
      const complainer = alone.standings.find(({ id }) => id === address(1))!
      expect(complainer.measurements === 0 || complainer.failures === 1).toBe(true)
    }
    const both = await run([{ does: 'complains' }, { does: 'complains' }, { does: 'complains' }])
    expect(both.code).toBe('BAD_SAMPLING')
    expect(both.standings.filter(({ measurements }) => measurements > 0)).toEqual([])
  })

  it('goes to a second node when its first token is late, and the first token decides', async () => {
    const settings = { randomShare: 0, hedge: { deviations: 3, shortestMs: 50, share: 1, measurements: 10 } }
    let hedged = 0
    for (let seed = 0; seed < 6; seed++) {
      const { streamed, standings } = await run([{ does: 'slow', at: 2500 }, { does: 'answers' }], { seed, settings, warm: 30 })
      expect(streamed).toEqual(truth)
      if (withdrawn.splice(0).includes(0)) hedged += 1
      expect(clock.now()).toBeLessThan(30 * 20 + 1000)
      expect(standings.every(({ failures, inFlight }) => failures === 0 && inFlight === 0)).toBe(true)
    }
    expect(hedged).toBeGreaterThan(0)
  })

  it('goes on at a second node when the first falls silent in the middle, long before that one is given up', async () => {
    const settings = { randomShare: 0, hedge: { deviations: 3, shortestMs: 50, share: 1, measurements: 10 } }
    let silent = 0
    for (let seed = 0; seed < 6; seed++) {
      const { streamed, answer, standings } = await run([{ does: 'stalls', at: 5 }, { does: 'answers' }], { seed, settings, warm: 30 })
      expect([streamed, answer!.result.tokens]).toEqual([truth, truth])
      expect(clock.now()).toBeLessThan(30 * 20 + 500)
      const [first] = standings.filter(({ id }) => id === address(1))
      // Whoever was overtaken has failed.
      if (first!.measurements > 15.5) silent += 1
      expect(standings.every(({ inFlight }) => inFlight === 0)).toBe(true)
      expect(standings.every(({ id, failures }) => failures === 0 || id === address(1))).toBe(true)
    }
    expect(silent).toBeGreaterThan(0)
  })

  it('leaves an answer with a node that was silent for a while, when that one has the next token', async () => {
    const settings = { randomShare: 0, hedge: { deviations: 3, shortestMs: 50, share: 1, measurements: 10 } }
    let hedged = 0
    for (let seed = 0; seed < 6; seed++) {
      const pausing = linkOf(0, { does: 'answers' })
      let tokens = 0
      // It rests for sixty milliseconds after its sixth token; another node needs eighty to begin.
      const onToken = (told: Parameters<NodeLink['answer']>[1]['onToken']): typeof told => (token) => {
        told(token)
        if (++tokens === 6) clock.time += 60
      }
      const rests: NodeLink = { ...pausing, answer: (given, options) => pausing.answer(given, { ...options, onToken: onToken(options.onToken) }) }
      const { streamed, standings } = await run([rests, { does: 'slow', at: 80 }], { settings, warm: 30, seed })
      expect(streamed).toEqual(truth)
      if (tokens > 0 && withdrawn.splice(0).includes(1)) hedged += 1
      expect(standings.every(({ failures, inFlight }) => failures === 0 && inFlight === 0)).toBe(true)
    }
    expect(hedged).toBeGreaterThan(0)
  })

  it('is called off when the client leaves, and that is nobody’s failure', async () => {
    const { streamed, code, standings } = await run([{ does: 'answers' }], { leaveAfter: 4 })
    expect({ streamed, code }).toEqual({ streamed: truth.slice(0, 4), code: 'CANCELLED' })
    expect(withdrawn).toEqual([0])
    expect(standings[0]).toMatchObject({ failures: 0, inFlight: 0, state: 'closed' })
  })

  it('does not believe a node that says that it was called off, or that the time is over', async () => {
    for (const code of ['CANCELLED', 'DEADLINE_EXCEEDED']) {
      let asked = 0
      const says = (): never => ((asked += 1), fail(code, 'so I say', { action: 'stop', status: 499 }))
      for (let seed = 0; asked === 0; seed++) {
        const { streamed, standings } = await run([{ ...linkOf(0, { does: 'answers' }), answer: () => Promise.resolve().then(says) }, { does: 'answers' }], { seed, settings: { randomShare: 1 } })
        expect(streamed).toEqual(truth)
        expect(standings.map(({ failures }) => failures).sort()).toEqual([0, asked])
      }
    }
  })
})
