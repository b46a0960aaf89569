import { deploymentSchema, fail, hashJson, orderSchema, readArtefact, samplingSchema, samplingSeed, signed, toJson, tokenHash, type Hex, type Json, type Order } from '@openledger/protocol'
import { z } from 'zod'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'

const hash = orderSchema.shape.requestHash
const tokens = z.array(z.int().min(0).max(0xffffffff)).max(131_072)

/** An order as it travels: the gateway's statement, and beside it what the statement binds by hashes. */
export const orderEnvelopeSchema = z.strictObject({
  order: signed(orderSchema),
  deployment: signed(deploymentSchema),
  adapterId: hash.nullable(),
  manifest: z.string().max(120).nullable(),
  promptTokens: tokens,
  salt: hash,
  sampling: samplingSchema,
  clientNonce: hash,
  nodeCommitment: hash,
  answered: tokens,
  logprobs: z.boolean(),
  topLogprobs: z.int().min(0).max(20),
  scheduling: z.strictObject({ priority: z.enum(['high', 'normal', 'low']).optional(), deadlineMs: z.number().positive().optional(), firstTokenMs: z.number().positive().optional() }),
})

export type OrderEnvelope = z.output<typeof orderEnvelopeSchema>

/** Writes an order for its way to a node. @param signature the gateway's, over the statement */
export function writeOrder(statement: Order, signature: Hex, order: AnswerOrder): Json {
  const { deployment, deploymentSignature, adapterId, manifest, promptTokens, salt, sampling, clientNonce, nodeCommitment, answered, logprobs, topLogprobs, scheduling } = order
  return toJson({ order: { statement, signature }, deployment: { statement: deployment, signature: deploymentSignature }, adapterId, manifest, promptTokens, salt, sampling, clientNonce, nodeCommitment, answered, logprobs, topLogprobs, scheduling })
}

/** Reads an order as it came. @throws InputError BAD_ARTEFACT */
export function readOrder(line: string): OrderEnvelope {
  return readArtefact(orderEnvelopeSchema, line)
}

/** What an order's statement says of what travels beside it. */
function orderHashes({ salt, promptTokens, sampling, answered }: Pick<OrderEnvelope, 'salt' | 'promptTokens' | 'sampling' | 'answered'>): Pick<Order, 'requestHash' | 'samplingHash' | 'answeredHash'> {
  return { requestHash: tokenHash(salt, promptTokens), samplingHash: hashJson(sampling), answeredHash: tokenHash(salt, answered) }
}

/** An order as the worker takes it. @throws InputError ORDER_DIFFERS when something beside the statement is not what it binds, or the seed is not that of the request: a court would find the answer wrong */
export function orderOf(envelope: OrderEnvelope, baseId: Hex): AnswerOrder {
  const { order, deployment, ...beside } = envelope
  const { statement } = order
  const found = orderHashes(beside)
  for (const [field, value] of Object.entries(found)) {
    if (statement[field as keyof typeof found] !== value) fail('ORDER_DIFFERS', `the order's ${field} is not that of what came with it`, { field, action: 'stop' })
  }
  if (beside.sampling.seed !== samplingSeed(beside.clientNonce, beside.nodeCommitment, statement.requestHash)) {
    fail('ORDER_DIFFERS', 'the seed is not that of the nonce, the commitment and the request', { field: 'sampling.seed', action: 'stop' })
  }
  const { gateway, channelId, deploymentId, requestHash, samplingHash, platformFee, attributionSeconds } = statement
  return { gateway, baseId, channelId, deploymentId, requestHash, samplingHash, platformFee, attributionSeconds, ...beside, deployment: deployment.statement, deploymentSignature: deployment.signature }
}
