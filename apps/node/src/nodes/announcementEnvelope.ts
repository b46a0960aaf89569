import { adaptersHash, announcementSchema, fail, hashJson, toJson, type Hex, type Json } from '@openledger/protocol'
import { z } from 'zod'
import type { AnnouncementEnvelope } from './AnnouncedNode.ts'

const hash = announcementSchema.shape.baseId

/** An announcement as it travels. */
export const announcementEnvelopeSchema = z.strictObject({
  statement: announcementSchema,
  signature: z.custom<Hex>((v) => typeof v === 'string' && /^0x[0-9a-f]{130}$/.test(v), 'expected a signature of 65 bytes'),
  profile: z.custom<Json>((v) => typeof v === 'object' && v !== null, 'expected a numerics profile'),
  adapters: z.array(hash).max(100_000),
})

/** Writes an announcement for its way to the gateway. */
export const writeAnnouncement = (envelope: AnnouncementEnvelope): Json => toJson(envelope)

/** Compares what came with an announcement with what its statement binds. @throws InputError ANNOUNCEMENT_DIFFERS */
export function checkBindings({ statement, profile, adapters }: AnnouncementEnvelope): void {
  const found = { profileHash: hashJson(profile), adaptersHash: adaptersHash(adapters) }
  for (const [field, value] of Object.entries(found)) {
    if (statement[field as keyof typeof found] !== value) fail('ANNOUNCEMENT_DIFFERS', `the announcement's ${field} is not that of what came with it`, { field, action: 'stop' })
  }
}
