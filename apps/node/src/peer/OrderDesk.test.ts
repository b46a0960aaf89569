import { describe, expect, it, vi } from 'vitest'
import { fail } from '@openledger/protocol'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../worker/AnswerOrder.ts'
import { OrderDesk } from './OrderDesk.ts'

type Work = (order: AnswerOrder, options: OrderOptions) => Promise<NodeAnswer>

const token = (id: number): Parameters<OrderOptions['onToken']>[0] => ({ token: id, text: '', logprob: -1, top: [] })
const line = (id: number): string => `{"token":${id},"logprob":-1}`
/** An order is its own salt here. */
const admitAll = (order: string): Promise<AnswerOrder> => Promise.resolve({ salt: order } as unknown as AnswerOrder)
/** Fails with what the order says after its tokens. */
const failing: Work = ({ salt }, { onToken }) => {
  onToken(token(1))
  return Promise.reject(new TypeError(salt))
}

/** A desk and the two ends of its wires. */
function desk(answer: Work, admit = admitAll) {
  let orders!: ReadableStreamDefaultController<Uint8Array>
  let isLeft = false
  const stream = new ReadableStream<Uint8Array>({ start: (own) => void (orders = own), cancel: () => void (isLeft = true) })
  const reader = new OrderDesk(stream, { admit, worker: { answer }, clock: systemClock, log: silentLog }).lines.getReader()
  const decoder = new TextDecoder()
  return {
    give: (text: string) => orders.enqueue(new TextEncoder().encode(text)),
    close: () => orders.close(),
    break: () => orders.error(new TypeError('cut')),
    leave: () => reader.cancel(),
    isLeft: () => isLeft,
    /** Pieces of orders that were not taken yet. */
    backlog: () => 1 - orders.desiredSize!,
    /** All pieces that are said until this one matches, or until the end. */
    said: async (until = /$^/): Promise<string> => {
      let text = ''
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return text
        text += decoder.decode(value)
        if (until.test(text)) return text
      }
    },
  }
}

/** Orders that go on until they are called off. */
function endless(): { work: Work; begun: string[]; stopped: string[] } {
  const [begun, stopped]: [string[], string[]] = [[], []]
  const work: Work = ({ salt }, { signal, onToken }) =>
    new Promise((_, reject) => {
      begun.push(salt)
      onToken(token(7))
      signal.addEventListener('abort', () => {
        stopped.push(salt)
        onToken(token(8))
        reject(new TypeError('stopped'))
      })
    })
  return { work, begun, stopped }
}

describe('a desk for orders', () => {
  it('says to each order what becomes of it, and ends when all that came are answered', async () => {
    const { give, close, said } = desk(failing)
    give('1 a\n3 ')
    give('b\n4 c\n')
    close()
    const lines = (await said()).split('\n')
    for (const id of [1, 3, 4]) {
      const own = lines.filter((each) => each.startsWith(`${id} `))
      expect(own[0]).toBe(`${id} ${line(1)}`)
      expect(own[1]).toContain('"error":{"code":"INTERNAL"')
      expect(own).toHaveLength(2)
    }
    expect(lines).toHaveLength(7)
  })

  it('refuses an order in words of its own line, and computes nothing', async () => {
    const work = vi.fn(failing)
    const { give, close, said } = desk(work, () => fail('WRONG_ADDRESSEE', 'not for this node', { status: 403 }))
    give('1 a\n')
    close()
    expect(await said()).toMatch(/^1 {"refused":{"code":"WRONG_ADDRESSEE","message":"not for this node".*"status":403.*\n$/)
    expect(work).not.toHaveBeenCalled()
  })

  it('calls one off when it is told to, says no more of it, and goes on with the others', async () => {
    const { work, begun, stopped } = endless()
    const { give, said } = desk(work)
    give('1 a\n2 b\n')
    await said(/2 {/)
    give('1\n1\n9\n')
    give('3 c\n')
    expect(await said(/3 {/)).toBe(`3 ${line(7)}\n`)
    expect([begun, stopped]).toEqual([['a', 'b', 'c'], ['a']])
  })

  it('begins nothing that was called off while it was looked at', async () => {
    let pass!: () => void
    const work = vi.fn(failing)
    const { give, close, said } = desk(work, (order) => new Promise((resolve) => (pass = () => resolve({ salt: order } as unknown as AnswerOrder))))
    give('1 a\n1\n')
    await vi.waitFor(() => pass())
    close()
    expect(await said()).toBe('')
    expect(work).not.toHaveBeenCalled()
  })

  it('calls all off when nobody reads on, or the way of orders breaks', async () => {
    const one = endless()
    const left = desk(one.work)
    left.give('1 a\n2 b\n')
    await left.said(/2 {/)
    await left.leave()
    expect([one.stopped, left.isLeft()]).toEqual([['a', 'b'], true])
    const two = endless()
    const broken = desk(two.work)
    broken.give('1 a\n2 b\n')
    await broken.said(/2 {/)
    broken.break()
    expect(await broken.said()).toBe('')
    expect(two.stopped).toEqual(['a', 'b'])
  })

  it.each([
    ['a line of no order', 'hello\n'],
    ['a number twice', '2 b\n2 b\n'],
    ['a number below another', '2 b\n1 a\n'],
    ['a line that does not end', `2 ${'x'.repeat(4 * 1024 * 1024 + 20)}`],
  ])('ends, and calls all off, at %s', async (_, text) => {
    const { work, begun, stopped } = endless()
    const { give, said, isLeft } = desk(work)
    give('1 first\n')
    await said(/1 {/)
    give(text)
    expect(await said()).not.toContain('first')
    expect(stopped).toEqual(begun)
    expect(isLeft()).toBe(true)
  })

  it('takes no more orders from who does not read what is said', async () => {
    const { give, close, said, backlog } = desk(failing, () => fail('WRONG_ADDRESSEE', 'x'.repeat(1000)))
    let id = 0
    for (let round = 0; round < 50; round++) {
      give(Array.from({ length: 200 }, () => `${++id} a\n`).join(''))
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(backlog()).toBeGreaterThan(30)
    close()
    expect((await said()).split('\n')).toHaveLength(id + 1)
  })

  it('says that an answer is too long for a line, and goes on with the others', async () => {
    const top = Array.from({ length: 20 }, (_, i) => ({ token: i, text: '', logprob: -1 }))
    const long = { result: { tokens: [], logprobs: [], top: Array.from({ length: 30_000 }, () => top), logitsHashes: [], finishReason: 'length' }, receipt: { statement: {}, signature: '0x' }, deadline: null, close: () => undefined } as unknown as NodeAnswer
    const { give, close, said } = desk((order, options) => (order.salt === ('long' as string) ? Promise.resolve(long) : failing(order, options)))
    give('1 long\n')
    expect(await said(/\n/)).toMatch(/^1 {"error":{"code":"ANSWER_TOO_LONG".*\n$/)
    give('2 a\n')
    close()
    expect(await said()).toContain(`2 ${line(1)}`)
  })

  it('has no more than 256 under way on one stream', async () => {
    const { work, begun, stopped } = endless()
    const { give, said } = desk(work)
    give(Array.from({ length: 257 }, (_, i) => `${i + 1} order\n`).join(''))
    expect(await said(/257 {/)).toMatch(/257 {"error":{"code":"OVERLOADED".*"status":429/)
    expect(begun).toHaveLength(256)
    give('5\n')
    await vi.waitFor(() => expect(stopped).toHaveLength(1))
    await new Promise((resolve) => setImmediate(resolve))
    give('300 order\n')
    expect(await said(/300 {/)).toBe(`300 ${line(7)}\n`)
  })
})
