import { describe, expect, it } from 'vitest'
import { auditFile, kindOfFile } from './auditFile.ts'
import { auditSubject } from './auditSubject.ts'

const id = `0x${'ab'.repeat(32)}`
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

describe('auditSubject', () => {
  it.each([
    [['12'], { type: 'epoch', index: 12 }],
    [['epoch', '0'], { type: 'epoch', index: 0 }],
    [['0xABCD'], { type: 'id', prefix: '0xabcd' }],
    [[id], { type: 'id', prefix: id }],
    [['receipt', '0xabcd'], { type: 'id', prefix: '0xabcd', only: 'receipt' }],
    [['adapter', id], { type: 'id', prefix: id, only: 'adapter' }],
    [['plants'], { type: 'name', text: 'plants' }],
    [['./receipt.json'], { type: 'name', text: './receipt.json' }],
    [['epoch', 'epoch-0.json'], { type: 'name', text: 'epoch-0.json', only: 'epoch' }],
    [['adapter', '7'], { type: 'name', text: '7', only: 'adapter' }],
    [['receipt'], { type: 'name', text: 'receipt' }],
    [['0xab'], { type: 'name', text: '0xab' }],
  ])('reads %j', (words, expected) => expect(auditSubject(words)).toEqual(expected))

  it.each([[[]], [['']], [['a', 'b']], [['epoch', '1', '2']]])('refuses %j', (words) => {
    expect(() => auditSubject(words)).toThrow(expect.objectContaining({ code: 'BAD_SUBJECT' }))
  })
})

describe('auditFile', () => {
  it('knows the kinds that can be audited by what the file says', () => {
    expect(['receipt', 'epoch', 'run'].map((kind) => kindOfFile(bytes({ kind: `openledger/${kind}/1` })))).toEqual(['receipt', 'epoch', 'adapter'])
    expect(auditFile(bytes({ kind: 'openledger/epoch/1' }), 'x').kind).toBe('epoch')
  })

  it.each([['another kind', { kind: 'openledger/network/1' }], ['no kind', {}], ['null', null], ['no JSON', '{"kind":"openledger/rec'], ['a later version', { kind: 'openledger/receipt/2' }]])('refuses %s', (_, value) => {
    expect(() => auditFile(bytes(value), 'x')).toThrow(expect.objectContaining({ code: 'NOT_AUDITABLE' }))
  })
})
