import fc from 'fast-check'
import { concat, encodeAbiParameters, keccak256, pad, stringToHex, toHex as viemHex } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Hex } from '../encoding/bytes.ts'
import { hashJson } from '../encoding/canonicalJson.ts'
import { nodeCommitment, samplingSeed, tokenHash } from '../receipt/tokenHash.ts'
import type { Receipt } from '../statements/messages.ts'
import { committeeSeed, committeeTicket, isReceiptDrawn, verdictCommitment } from './drawing.ts'
import { executionOpening, hasRightSeed, readExecutionOpening } from './executionOpening.ts'

const id = (text: string): Hex => keccak256(stringToHex(text))
const [salt, clientNonce, nodeSecret] = [id('salt'), id('nonce'), id('secret')]
const promptTokens = [1, 0xffffffff, 7]
const requestHash = tokenHash(salt, promptTokens)
const sampling = { temperature: 0.7, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 4, stop: ['\u00e9'], seed: samplingSeed(clientNonce, nodeCommitment(nodeSecret), requestHash) }
const profile = { engine: 'x', isaVariant: 'haswell' }
const bundle = { request: { salt, messages: 'x', promptTokens, sampling, clientNonce, nodeSecret }, answer: { text: '', tokens: [3, 4], logitsHashes: [], finishReason: 'stop' as const }, profile }
const receipt = { requestHash, outputHash: tokenHash(salt, [3, 4]), samplingHash: hashJson(sampling), profileHash: hashJson(profile) } as unknown as Receipt

describe('executionOpening', () => {
  it('holds what the receipt binds, and is read back from it', () => {
    const opening = executionOpening(bundle)
    expect(opening.promptTokens).toBe('0x00000001ffffffff00000007')
    expect(keccak256(concat([opening.salt, opening.promptTokens]))).toBe(requestHash)
    expect(keccak256(opening.sampling)).toBe(receipt.samplingHash)
    expect(keccak256(opening.profile)).toBe(receipt.profileHash)
    const opened = readExecutionOpening(receipt, opening)
    expect(opened).toEqual({ promptTokens, answerTokens: [3, 4], sampling, profile })
    expect(hasRightSeed(receipt, opening, opened)).toBe(true)
    expect(hasRightSeed(receipt, { ...opening, clientNonce: id('another') }, opened)).toBe(false)
  })

  it.each([
    ['salt', id('another')],
    ['promptTokens', '0x00000001'],
    ['answerTokens', '0x'],
    ['profile', stringToHex('{}')],
    ['sampling', stringToHex(JSON.stringify({ ...sampling, temperature: 1 }))],
  ] as const)('is refused with another %s', (field, value) => {
    expect(() => readExecutionOpening(receipt, { ...executionOpening(bundle), [field]: value })).toThrow(expect.objectContaining({ code: 'WRONG_OPENING' }))
  })
})

describe('drawing', () => {
  it('draws a receipt when its hash modulo a million lies below the rate', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.integer({ min: 0, max: 1_000_000 }), (bytes, rate) => {
        const receiptId = viemHex(bytes)
        const rest = Number(BigInt(keccak256(concat([id('seed'), receiptId]))) % 1_000_000n)
        expect(isReceiptDrawn(id('seed'), rate, receiptId)).toBe(rest < rate)
      }),
    )
  })

  it('writes tickets, seeds and commitments as the contract does', () => {
    const auditor = `0x${'ab'.repeat(20)}` as const
    expect(committeeTicket(id('seed'), auditor)).toBe(BigInt(keccak256(concat([id('seed'), pad(auditor)]))))
    expect(committeeSeed(id('block'), id('receipt'), 2)).toBe(keccak256(concat([id('block'), keccak256(concat([id('receipt'), pad('0x02')]))])))
    const word = (n: number): Hex => encodeAbiParameters([{ type: 'uint256' }], [BigInt(n)])
    expect(verdictCommitment({ receiptId: id('receipt'), number: 9n, round: 1, auditor, verdict: 'wrong', salt })).toBe(keccak256(concat([id('receipt'), word(9), word(1), pad(auditor), word(2), salt])))
  })
})
