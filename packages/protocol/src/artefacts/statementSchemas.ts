import { z } from 'zod'
import { isConsent } from '../statements/consentTerms.ts'
import type { ConsentTerms } from '../statements/messages.ts'
import { address, amount, count, hash32, hexBytes } from './fields.ts'

/** JSON forms of the statements: amounts are decimal strings; reading gives the statement's message type. */
export const contributionSchema = z.strictObject({
  datanetId: amount,
  contributor: address,
  recordsRoot: hash32,
  count,
  licence: z.string().min(1).max(64),
  consent: z.custom<ConsentTerms>((v) => typeof v === 'number' && isConsent(v), 'is no consent'),
  nonce: amount,
})

export const snapshotSchema = z.strictObject({
  datanetId: amount,
  parent: hash32,
  root: hash32,
  recordCount: count,
  contributorCount: count,
  contentHash: hash32,
})

export const trainingRunSchema = z.strictObject({
  trainer: address,
  baseId: hash32,
  snapshotIds: z.array(hash32).min(1).max(64),
  recipeHash: hash32,
  profileHash: hash32,
  seed: hash32,
  adapterId: hash32,
  metricsHash: hash32,
  licence: z.string().min(1).max(64),
})

export const deploymentSchema = z.strictObject({
  owner: address,
  adapterId: hash32,
  inputPrice: amount,
  outputPrice: amount,
  nodePpm: count,
  ownerPpm: count,
  stakersPpm: count,
  contributorsPpm: count,
  methodHash: hash32,
  tableHash: hash32,
  nonce: amount,
})

export const voucherSchema = z.strictObject({ channelId: hash32, cumulative: amount })

export const receiptSchema = z.strictObject({
  baseId: hash32,
  adapterId: hash32,
  snapshotsHash: hash32,
  deploymentId: hash32,
  node: address,
  gateway: address,
  channelId: hash32,
  requestHash: hash32,
  outputHash: hash32,
  samplingHash: hash32,
  inputTokens: count,
  outputTokens: count,
  fee: amount,
  profileHash: hash32,
  fingerprintRoot: hash32,
  attributionRoot: hash32,
  shareRoot: hash32,
  time: amount,
  nonce: amount,
})

export const attributionStatementSchema = z.strictObject({ receiptId: hash32, attributionRoot: hash32, queryHash: hash32, shareRoot: hash32, time: amount })

export const inclusionPromiseSchema = z.strictObject({ gateway: address, receiptId: hash32, fee: amount, includeBy: amount })

export const guaranteeSchema = z.strictObject({
  agentId: amount,
  agent: address,
  client: address,
  taskHash: hash32,
  reward: amount,
  penalty: amount,
  acceptBy: amount,
  deadline: amount,
  verifier: address,
  criterion: hash32,
  nonce: amount,
})

export const announcementSchema = z.strictObject({
  node: address,
  gateway: address,
  url: z.url({ protocol: /^https?$/ }).max(300),
  certificate: hash32,
  baseId: hash32,
  profileHash: hash32,
  adaptersHash: hash32,
  slots: count.min(1).max(100_000),
  positions: count.min(1),
  inputPrice: amount,
  outputPrice: amount,
  session: hash32,
  sequence: amount,
  time: amount,
})

export const challengeSchema = z.strictObject({ gateway: address, node: address, challenge: hash32, time: amount })

export const possessionSchema = z.strictObject({ node: address, gateway: address, baseId: hash32, challenge: hash32, proof: hash32 })

export const orderSchema = z.strictObject({
  gateway: address,
  node: address,
  session: hash32,
  channelId: hash32,
  deploymentId: hash32,
  requestHash: hash32,
  samplingHash: hash32,
  answeredHash: hash32,
  platformFee: amount,
  attributionSeconds: count.min(1),
  expiresAt: amount,
  nonce: amount,
})

/** A statement with its signature. */
export const signed = <T extends z.ZodType>(statement: T) => z.strictObject({ statement, signature: hexBytes })
