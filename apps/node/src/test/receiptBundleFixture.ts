import { zeroHash, type Network, type ReceiptBundle } from '@openledger/protocol'
import { testAccount } from './deployTestLedger.ts'

/** A well-formed receipt bundle of the bare base; nothing in it is true. */
export function receiptBundleFixture(network: Network): ReceiptBundle {
  const { address } = testAccount(0)
  const deployment = {
    ...{ owner: address, adapterId: zeroHash, inputPrice: 1n, outputPrice: 1n, nodePpm: 1_000_000, ownerPpm: 0, stakersPpm: 0, contributorsPpm: 0 },
    ...{ methodHash: zeroHash, tableHash: zeroHash, nonce: 1n },
  }
  const statement = {
    ...{ baseId: zeroHash, adapterId: zeroHash, snapshotsHash: zeroHash, deploymentId: zeroHash, node: address, gateway: address, channelId: zeroHash },
    ...{ requestHash: zeroHash, outputHash: zeroHash, samplingHash: zeroHash, inputTokens: 1, outputTokens: 1, fee: 1n, profileHash: zeroHash },
    ...{ fingerprintRoot: zeroHash, attributionRoot: zeroHash, shareRoot: zeroHash, time: 1n, nonce: 1n },
  }
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 1, stop: [], seed: zeroHash }
  return {
    kind: 'openledger/receipt/1',
    domain: { chainId: network.chainId, verifyingContract: network.contracts.epochs },
    receipt: { statement, signature: '0x00' },
    deployment: { statement: deployment, signature: '0x00' },
    run: null,
    request: { salt: zeroHash, messages: [], promptTokens: [1], sampling, clientNonce: zeroHash, nodeSecret: zeroHash },
    answer: { text: '', tokens: [1], logitsHashes: [zeroHash], finishReason: 'stop' },
    profile: {},
    attribution: null,
    queryVector: null,
    platformFee: 0n,
    treasury: network.treasury,
    stakers: network.contracts.stakes,
    contributors: [],
    shares: [],
  }
}
