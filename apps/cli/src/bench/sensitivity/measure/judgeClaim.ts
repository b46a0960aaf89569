import { compareFingerprint } from '@openledger/audit'
import type { Claim } from './makeClaim.ts'
import { statesOf } from './makeClaim.ts'
import type { Measured } from './Measured.ts'
import type { OpenEngine } from './NodeEngines.ts'

/** After how many tokens a claim is seen to be false by executing it again under its own profile; null where it is right. */
export async function exactTest({ host, idOf }: OpenEngine, { promptTokens, sampling, tokens, logitsHashes }: Claim): Promise<number | null> {
  const again = await host.generate({ adapterId: idOf('right'), promptTokens, sampling, logprobs: false, logitsHashes: true })
  const most = Math.max(tokens.length, again.tokens.length)
  for (let i = 0; i < most; i++) if (tokens[i] !== again.tokens[i] || logitsHashes[i] !== again.logitsHashes[i]) return i + 1
  return null
}

/** What a claim looks like from another CPU build: the margins of its tokens, and how far its fingerprints lie from what is computed there. */
export async function tolerantTests(engine: OpenEngine, { promptTokens, sampling, tokens, fingerprints }: Claim): Promise<Measured['others'][string]> {
  const adapterId = engine.idOf('right')
  const again = await engine.host.generate({ adapterId, promptTokens, sampling: { ...sampling, maxTokens: Math.min(sampling.maxTokens, tokens.length + 1) }, logprobs: false, answered: tokens, compare: true })
  const margins = again.margins ?? []
  const states = fingerprints.length > 0 ? await statesOf(engine, adapterId, promptTokens, tokens) : []
  const round = (value: number, digits: number): number => Number(value.toFixed(digits))
  return {
    margins: margins.flatMap((margin, i): [number, number][] => (margin > 0 ? [[i, round(margin, 5)]] : [])),
    count: margins.length,
    fingerprint: fingerprints.map((bytes, i) => {
      const { exponents, meanMantissa, medianMantissa } = compareFingerprint(bytes, states[i]!)
      return [exponents, round(meanMantissa, 3), medianMantissa]
    }),
  }
}
