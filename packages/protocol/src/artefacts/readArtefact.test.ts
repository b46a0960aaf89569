import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../encoding/canonicalJson.ts'
import { readArtefact, toJson, writeArtefact } from './readArtefact.ts'
import { deploymentSchema, receiptSchema, signed, voucherSchema } from './statementSchemas.ts'

const hash = `0x${'ab'.repeat(32)}`
const voucher = { statement: { channelId: hash, cumulative: '5' }, signature: '0x12' }
const schema = signed(voucherSchema)

describe('readArtefact', () => {
  it('reads text, bytes and values, with amounts as bigint, and writes them back', () => {
    const text = canonicalJson(voucher)
    for (const source of [text, new TextEncoder().encode(text), voucher]) {
      const read = readArtefact(schema, source)
      expect(read).toEqual({ statement: { channelId: hash, cumulative: 5n }, signature: '0x12' })
      expect(new TextDecoder().decode(writeArtefact(read))).toBe(text)
    }
  })

  it('keeps any amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), (cumulative) => {
        const bytes = writeArtefact({ ...voucher, statement: { channelId: hash, cumulative } })
        expect(readArtefact(schema, bytes).statement.cumulative).toBe(cumulative)
      }),
    )
    expect(toJson({ a: [1n, undefined, { b: undefined, c: 2n }] })).toEqual({ a: ['1', undefined, { c: '2' }] })
  })

  it.each([
    ['the file', '{'],
    ['the file', '5'],
    ['signature', { ...voucher, signature: '12' }],
    ['signature', { statement: voucher.statement }],
    ['statement.cumulative', { ...voucher, statement: { ...voucher.statement, cumulative: 5 } }],
    ['statement.cumulative', { ...voucher, statement: { ...voucher.statement, cumulative: '-5' } }],
    ['statement.cumulative', { ...voucher, statement: { ...voucher.statement, cumulative: '05' } }],
    ['statement.channelId', { ...voucher, statement: { ...voucher.statement, channelId: hash.slice(0, -2) } }],
    ['statement', { ...voucher, statement: { ...voucher.statement, extra: 1 } }],
  ])('names %s when it is wrong', (field, source) => {
    expect(() => readArtefact(schema, source)).toThrow(expect.objectContaining({ code: 'BAD_ARTEFACT', message: expect.stringContaining(field) }))
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => readArtefact(schema, Uint8Array.of(0x22, 0xe9, 0x22))).toThrow(expect.objectContaining({ code: 'BAD_ARTEFACT' }))
  })

  it('has a field for each member of a statement', () => {
    expect(Object.keys(receiptSchema.shape)).toHaveLength(19)
    expect(Object.keys(deploymentSchema.shape)).toHaveLength(11)
  })
})
