import type { GeneratedToken } from '@openledger/engine'
import { fail } from '@openledger/protocol'
import { expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Answer } from '../inference/AnswerPipeline.ts'
import { JumpingClock } from '../test/JumpingClock.ts'
import { chatFormat, completionFormat, type ChunkHead } from './answerFormats.ts'
import { answerStreams } from './answerStreams.ts'
import { streamChunks, type AnswerShape } from './streamChunks.ts'

const head: ChunkHead = { id: 'chatcmpl-1', created: 1, model: 'say "text" é', system_fingerprint: 'fp', choices: 2 }
const token = (text: string): GeneratedToken => ({ token: 1, text, logprob: 0, top: [] })
const answerOf = (text: string): Answer => ({ result: { text, tokens: [1, 2], finishReason: 'stop' }, promptTokens: 3, view: { receiptId: '0x1' } }) as unknown as Answer

type Run = { give: ((token: GeneratedToken) => void)[]; end: ((answer: Answer | Error) => void)[]; read: () => Promise<string[]>; clock: JumpingClock }

function run<L>(shape: AnswerShape<L>, count = 2): Run {
  const end: Run['end'] = []
  let give: Run['give'] = []
  const running = answerStreams(count, (onTokens) => {
    give = [...onTokens]
    return onTokens.map(() => new Promise((resolve, reject) => end.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)))))
  })
  const clock = new JumpingClock()
  const chunks = streamChunks(head, running, shape, { clock, log: silentLog })
  const read = async (): Promise<string[]> => {
    let piece: IteratorResult<string> | undefined
    void chunks.next().then((next) => (piece = next))
    await clock.until(() => piece !== undefined)
    return ((piece!.value as string | undefined) ?? '').split('\n\n').filter(Boolean)
  }
  return { give, end, read, clock }
}
const chat: AnswerShape<never> = { prefix: 'chatcmpl-', format: chatFormat, includeUsage: true }
const event = (value: object): string => `data: ${JSON.stringify(value)}`
const delta = (index: number, text: string): string => event(chatFormat.delta(head, index, text, null))

it('writes each token as an event of its own, as the format has it, whatever is in its text', async () => {
  const { give, read } = run(chat)
  const odd = 'a"b\\c\n\n\u2028 text $& chatcmpl-1'
  for (const text of [odd, '', 'next']) give[1]!(token(text))
  expect(await read()).toEqual([event(chatFormat.opening(head, 0)!), event(chatFormat.opening(head, 1)!), delta(1, odd), delta(1, 'next')])
})

it('writes at once what comes after a pause, and together what comes in a rush', async () => {
  const { give, read, clock } = run(chat)
  give[0]!(token('a'))
  await read()
  const [first, rush] = [clock.time, read()]
  for (const text of ['b', 'c']) give[0]!(token(text))
  give[1]!(token('d'))
  expect(await rush).toEqual([delta(0, 'b'), delta(0, 'c'), delta(1, 'd')])
  expect(clock.time - first).toBe(4)
  clock.time += 100
  const [after, late] = [clock.time, read()]
  give[0]!(token('e'))
  expect([await late, clock.time]).toEqual([[delta(0, 'e')], after])
})

it('ends with what was held back, the usage of all answers and the end, in one piece', async () => {
  const { give, end, read } = run(chat)
  give[0]!(token('a'))
  await read()
  end[1]!(answerOf('whole'))
  expect(await read()).toEqual([delta(1, 'whole'), event(chatFormat.closing(head, 1, answerOf('whole')))])
  end[0]!(answerOf('ab'))
  const usage = chatFormat.usage(head, { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 })
  expect(await read()).toEqual([delta(0, 'b'), event(chatFormat.closing(head, 0, answerOf('ab'))), event(usage), 'data: [DONE]'])
  expect(await read()).toEqual([])
})

it('gives the tokens that came before an answer failed, then the error, and nothing more of the others', async () => {
  const { give, end, read } = run(chat)
  give[0]!(token('a'))
  await read()
  give[0]!(token('b'))
  const failure = (() => {
    try {
      return fail('GONE', 'it is gone')
    } catch (error) {
      return error as Error
    }
  })()
  end[1]!(failure)
  give[0]!(token('c'))
  const [b, c, error] = await read()
  expect([b, c]).toEqual([delta(0, 'b'), delta(0, 'c')])
  expect(error).toContain('"code":"GONE"')
  expect(await read()).toEqual([])
})

it('tells the log probabilities of each token, of those without text too, and where each begins', async () => {
  const offsets: number[] = []
  const shape: AnswerShape<{ tokens: string[]; token_logprobs: number[]; top_logprobs: object[]; text_offset: number[] }> = {
    ...{ prefix: 'cmpl-', format: completionFormat as never, includeUsage: false },
    logprobs: async ([of], offset) => (offsets.push(offset), Promise.resolve({ tokens: [String(of!.token)], token_logprobs: [], top_logprobs: [], text_offset: [] })),
  }
  const { give, read } = run(shape, 1)
  for (const [id, text] of ['ab', '', 'c'].entries()) give[0]!({ ...token(text), token: id })
  const seen = await read()
  expect(seen.map((line) => (JSON.parse(line.slice(6)) as { choices: { logprobs: { tokens: string[] } }[] }).choices[0]!.logprobs.tokens)).toEqual([['0'], ['1'], ['2']])
  expect(offsets).toEqual([0, 2, 2])
})
