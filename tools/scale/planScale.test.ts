import { describe, expect, it } from 'vitest'
import { answerBytes, claimGas, planScale } from './planScale.ts'
import { measured, sizes } from './scaleInputs.ts'
import { scalePage } from './scalePage.ts'

describe('planScale', () => {
  it('gives back what was measured where it was measured', () => {
    expect(claimGas(16)).toBe(measured.gas['claim again, 16 payees'])
    expect(Math.round(claimGas(1024))).toBe(measured.gas['claim again, 1,024 payees'])
    expect(answerBytes.epochFile).toBe(measured.bytes.epochFileBytes)
  })

  it('ten times the answers leave ten times the bytes', () => {
    const [small, large] = [planScale({ nodes: 1, answers: 1e5, adapters: 10, records: 1e6 }), planScale({ nodes: 1, answers: 1e6, adapters: 100, records: 1e7 })]
    for (const part of ['journal', 'tables', 'epochFiles', 'queryVectors'] as const) expect(large[part] / small[part]).toBeCloseTo(10, 6)
    for (const part of ['indexDisk', 'adapters', 'influence'] as const) expect(large.standing[part] / small.standing[part]).toBeCloseTo(10, 6)
  })

  it('counts the epochs that an interval cannot hold', () => {
    const plan = planScale({ nodes: 1, answers: 1e6, adapters: 1, records: 1e3 })
    expect(plan.gateways).toBe(1)
    // 100 epochs of 10,000 answers, by hand, whatever the interval allows beyond that.
    expect(plan.post(86_400).posts).toBe(100)
    expect(plan.post(60).posts).toBe(1440)
    expect(plan.post(86_400).gas).toBeLessThan(plan.post(60).gas)
  })

  it('every gas figure of the page stands in the snapshot', () => {
    const page = scalePage()
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
    expect(page.split('\n').filter((line) => line.startsWith('| 10,000 |'))).toHaveLength(4)
    expect(sizes.at(-1)).toEqual({ nodes: 10_000, answers: 1e8, adapters: 1e6, records: 1e9 })
  })
})
