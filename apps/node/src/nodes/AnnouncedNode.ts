import type { Announcement, Hex, Json } from '@openledger/protocol'
import type { RemoteLink } from '../links/RemoteLink.ts'

/** What travels with an announcement: the statement binds it by hashes. */
export type AnnouncementEnvelope = { statement: Announcement; signature: Hex; profile: Json; adapters: readonly Hex[] }

/** A node elsewhere as its gateway knows it. */
export type AnnouncedNode = {
  statement: Announcement
  adapters: ReadonlySet<Hex>
  link: RemoteLink
  /** Bonded, smallest unit. */
  stake: bigint
  /** When it was last heard of, Unix milliseconds. */
  heardAt: number
  /** When it last showed that it has the base's file, Unix milliseconds; null before the first time. */
  provenAt: number | null
}
