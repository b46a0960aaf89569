import { zeroHash, type Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import type { ChainAdapter, ChainDeployment } from '../chain/ChainView.ts'
import { checkSale, checkSales, type Sales } from './checkSale.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const answer = { adapterId: hash(1), deploymentId: hash(2), time: 10_000n }
const priced: ChainDeployment = { owner: `0x${'1'.repeat(40)}`, active: true, inputPrice: 0n, outputPrice: 3n }

function chainOf({ freezeAt = null, isPaidUseAllowed = true, deployment = priced }: { freezeAt?: bigint | null; isPaidUseAllowed?: boolean; deployment?: ChainDeployment } = {}): Sales & { asked: number } {
  const chain = { asked: 0, freezeAt: () => (chain.asked++, Promise.resolve(freezeAt)), adapter: () => Promise.resolve({ isPaidUseAllowed } as ChainAdapter), deployment: () => Promise.resolve(deployment) }
  return chain
}
const receipt = (n: number, changes: Partial<typeof answer> = {}) => ({ id: hash(100 + n), receipt: { statement: { ...answer, ...changes } } })

describe('checkSale', () => {
  it('holds for an answer from before the freeze, one that had begun by then, one that costs nothing, and the bare base', async () => {
    await expect(checkSale(answer, chainOf())).resolves.toContain('nothing freezes')
    await expect(checkSale(answer, chainOf({ freezeAt: 10_001n }))).resolves.toContain('1970-01-01T02:46:41')
    await expect(checkSale(answer, chainOf({ freezeAt: 9_401n }))).resolves.toContain('before')
    await expect(checkSale(answer, chainOf({ isPaidUseAllowed: false, deployment: { ...priced, outputPrice: 0n } }))).resolves.toBeTruthy()
    await expect(checkSale({ ...answer, adapterId: zeroHash }, chainOf({ freezeAt: 1n }))).resolves.toContain('bare base')
  })

  it('finds an answer of a frozen adapter, and one that was sold against its contributors’ terms', async () => {
    await expect(checkSale(answer, chainOf({ freezeAt: 9_400n }))).rejects.toMatchObject({ code: 'FALSE_CLAIM', message: expect.stringContaining(`adapter ${hash(1)}, which was frozen from`) as unknown })
    await expect(checkSale(answer, chainOf({ isPaidUseAllowed: false }))).rejects.toMatchObject({ code: 'FALSE_CLAIM', message: expect.stringContaining(`sold by deployment ${hash(2)}`) as unknown })
  })
})

describe('checkSales', () => {
  it('names the receipt that an epoch pays for against a freeze, and asks once for each deployment', async () => {
    const chain = chainOf({ freezeAt: 9_500n })
    await expect(checkSales([receipt(1), receipt(2), receipt(3, { deploymentId: hash(3) }), receipt(4, { adapterId: zeroHash })], chain)).resolves.toContain('2 deployments')
    expect(chain.asked).toBe(2)
    await expect(checkSales([receipt(1), receipt(2, { time: 10_100n })], chain)).rejects.toThrow(`receipt ${hash(102)} was given at`)
  })
})
