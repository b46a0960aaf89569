import { hashJson, toJson, type Deployment, type Hex } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import { ServedModels, type ServedModelParts } from './ServedModels.ts'

const id = (text: string): Hex => hashJson(text)
const owner = `0x${'0e'.repeat(20)}` as const
const deployment: Deployment = {
  ...{ owner, adapterId: id('base'), inputPrice: 1n, outputPrice: 2n },
  ...{ nodePpm: 500_000, ownerPpm: 400_000, stakersPpm: 100_000, contributorsPpm: 0 },
  ...{ methodHash: id('m'), tableHash: id('t'), nonce: 1n },
}
const row = { id: id('deployment'), model: 'tiny:plants', adapter_id: id('base'), statement: toJson(deployment), signature: '0x', registered_at: '5' }
const silent = { warn: () => undefined } as unknown as ServedModelParts['log']

function servedAt(seconds: number, state: { active: boolean; freezeAt: number }): ServedModels {
  const chain = { deployment: async () => ({ owner, active: state.active }), freezeAt: async () => state.freezeAt } as unknown as ChainAccess
  const query = (async () => [row]) as unknown as ServedModelParts['query']
  return new ServedModels({ query, content: {} as never, chain, baseId: id('base'), log: silent, now: () => seconds * 1000 })
}

describe('a served model', () => {
  it('is found while nothing freezes it, and until the moment of the freeze', async () => {
    expect((await servedAt(1_000, { active: true, freezeAt: 0 }).find('tiny:plants')).deploymentId).toBe(row.id)
    expect((await servedAt(999, { active: true, freezeAt: 1_000 }).find('tiny:plants')).deploymentId).toBe(row.id)
  })

  it('is refused from then on, with what to do', async () => {
    for (const time of [1_000, 5_000]) {
      await expect(servedAt(time, { active: true, freezeAt: 1_000 }).find('tiny:plants')).rejects.toMatchObject({ code: 'ADAPTER_FROZEN', status: 451, fix: expect.stringContaining('train again') as unknown })
    }
  })

  it('is still told to those who hold receipts of it', async () => {
    expect((await servedAt(5_000, { active: true, freezeAt: 1_000 }).byDeployment(row.id)).name).toBe('tiny:plants')
  })

  it('is refused when its owner switched it off', async () => {
    await expect(servedAt(1, { active: false, freezeAt: 0 }).find('tiny:plants')).rejects.toMatchObject({ code: 'DEPLOYMENT_INACTIVE' })
  })
})
