import { describe, expect, it } from 'vitest'
import { findingsOf, unexplained } from './findings.ts'

const source = 'contract Å {\n  uint8 x = uint8(\n    y\n  );\n}\n'
const start = Buffer.byteLength(source.slice(0, source.indexOf('uint8(')))
const diagnostic = { $message_type: 'diagnostic', message: 'may truncate', code: { code: 'unsafe-typecast' }, spans: [{ file_name: 'contracts/src/A.sol', byte_start: start, byte_end: start + 'uint8(\n    y\n  )'.length, line_start: 2, is_primary: true }] }
const output = `npm warn\n${JSON.stringify(diagnostic)}\n{"$message_type":"artifact"}\n`
const finding = { rule: 'unsafe-typecast', file: 'A.sol', line: 2, code: 'uint8( y )', message: 'may truncate' }

describe('findings of the static analysis', () => {
  it('are read with the code they point at, counted in bytes', () => expect(findingsOf(output, () => Buffer.from(source))).toEqual([finding]))

  it('are explained by rule or by place, and every explanation has its finding', () => {
    const place = { rule: 'unsafe-typecast', file: 'A.sol', code: 'uint8( y )', reason: '' }
    expect(unexplained([finding], { rules: {}, places: [place] })).toEqual({ open: [], stale: [] })
    expect(unexplained([finding], { rules: { 'unsafe-typecast': '' }, places: [] })).toEqual({ open: [], stale: [] })
    expect(unexplained([finding], { rules: {}, places: [] }).open).toEqual([finding])
    for (const other of [{ ...place, file: 'B.sol' }, { ...place, code: 'uint8(z)' }, { ...place, rule: 'shift' }]) {
      const { open, stale } = unexplained([finding], { rules: {}, places: [other] })
      expect([open, stale.length]).toEqual([[finding], 1])
    }
    expect(unexplained([], { rules: { shift: '' }, places: [] }).stale).toEqual(['shift'])
  })
})
