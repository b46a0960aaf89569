import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePlace, decodeReceipts, encodePlace, encodeReceipts, type ReceiptRecord } from './records.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const receipt: fc.Arbitrary<ReceiptRecord> = fc.record({
  from: bytes(20),
  succeeded: fc.boolean(),
  gasUsed: fc.bigInt({ min: 0n, max: 1n << 64n }),
  cumulativeGasUsed: fc.bigInt({ min: 0n, max: 1n << 64n }),
  logs: fc.array(fc.record({ address: bytes(20), topics: fc.array(bytes(32), { maxLength: 4 }), data: fc.uint8Array({ maxLength: 100 }) }), { maxLength: 4 }),
})

it('reads the receipts that it wrote', () => {
  fc.assert(fc.property(fc.array(receipt, { maxLength: 5 }), (receipts) => void expect(decodeReceipts(encodeReceipts(receipts))).toEqual(receipts)))
})

it('reads the places that it wrote', () => {
  const number = fc.integer({ min: 0, max: 0xffffffff })
  fc.assert(fc.property(number, number, (blockNumber, index) => void expect(decodePlace(encodePlace({ blockNumber, index }))).toEqual({ blockNumber, index })))
})
