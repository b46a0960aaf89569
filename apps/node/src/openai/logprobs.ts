import type { GeneratedToken, ServingEngine } from '@openledger/engine'

type TokenLogprob = { token: string; bytes: number[]; logprob: number }
export type ChatLogprobs = { content: (TokenLogprob & { top_logprobs: TokenLogprob[] })[]; refusal: null }
export type CompletionLogprobs = { tokens: string[]; token_logprobs: number[]; top_logprobs: { [token: string]: number }[]; text_offset: number[] }

type Probabilities = Pick<GeneratedToken, 'token' | 'logprob' | 'top'>[]

async function described(engine: Pick<ServingEngine, 'pieces'>, tokens: Probabilities): Promise<(TokenLogprob & { top: TokenLogprob[] })[]> {
  const ids = tokens.flatMap((t) => [t.token, ...t.top.map((o) => o.token)])
  const pieces = await engine.pieces(ids)
  const decoder = new TextDecoder()
  let at = 0
  const next = (logprob: number): TokenLogprob => {
    const bytes = pieces[at++]!
    return { token: decoder.decode(bytes), bytes: [...bytes], logprob }
  }
  return tokens.map((t) => ({ ...next(t.logprob), top: t.top.map((o) => next(o.logprob)) }))
}

/** Log probabilities as chat completions carry them. */
export async function chatLogprobs(engine: Pick<ServingEngine, 'pieces'>, tokens: Probabilities): Promise<ChatLogprobs> {
  const rows = await described(engine, tokens)
  return { content: rows.map(({ top, ...row }) => ({ ...row, top_logprobs: top })), refusal: null }
}

/** Log probabilities as text completions carry them. @param offset where the first of these tokens begins in the text */
export async function completionLogprobs(engine: Pick<ServingEngine, 'pieces'>, tokens: Probabilities, offset = 0): Promise<CompletionLogprobs> {
  const rows = await described(engine, tokens)
  let at = offset
  return {
    tokens: rows.map((row) => row.token),
    token_logprobs: rows.map((row) => row.logprob),
    top_logprobs: rows.map((row) => Object.fromEntries(row.top.map((o) => [o.token, o.logprob]))),
    text_offset: rows.map((row) => (at += row.token.length) - row.token.length),
  }
}
