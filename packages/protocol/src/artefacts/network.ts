import { z } from 'zod'
import { address, amount } from './fields.ts'

/** Where the ledger lives: what a client, a node or an auditor must know to speak of the same contracts. */
export const networkSchema = z.strictObject({
  kind: z.literal('openledger/network/1'),
  chainId: z.int().min(1),
  rpcUrl: z.string().max(2000),
  deployBlock: amount,
  treasury: address,
  contracts: z.strictObject({
    wopen: address,
    parameters: address,
    datanets: address,
    models: address,
    channels: address,
    epochs: address,
    stakes: address,
    epochCourt: address,
    inclusionCourt: address,
    estates: address,
    attributionCourt: address,
    identityRegistry: address,
    guarantees: address,
    reputationRegistry: address,
    validationRegistry: address,
    guaranteeValidator: address,
    hashVerifier: address,
    receiptVerifier: address,
    clientVerifier: address,
    committeeVerifier: address,
    samplingBeacon: address,
    executionCourt: address,
  }),
})

export type Network = z.infer<typeof networkSchema>
