import { adaptersHash, signStatement, statementDomain, type Announcement, type Hex, type Json, type Network } from '@openledger/protocol'
import type { OpenLedgerClient } from '@openledger/sdk'
import type { LocalAccount } from 'viem'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import { Repeated } from '../config/Repeated.ts'
import { writeAnnouncement } from '../nodes/announcementEnvelope.ts'

export type AnnouncerParts = {
  network: Network
  /** The node's key. */
  account: LocalAccount
  client: Pick<OpenLedgerClient, 'announce'>
  /** What stays the same in this session. */
  fixed: Omit<Announcement, 'adaptersHash' | 'sequence' | 'time'>
  profile: Json
  /** The adapters that the node holds now. */
  adapters: () => readonly Hex[]
  clock: Clock
  log: Log
  /** Pause between announcements, milliseconds. */
  everyMs: number
}

/** Announces a node to its gateway again and again, sooner after a failure. */
export class Announcer {
  readonly #parts: AnnouncerParts
  readonly #turns: Repeated
  #sequence = 0n

  constructor(parts: AnnouncerParts) {
    this.#parts = parts
    const { clock, log, everyMs } = parts
    this.#turns = new Repeated({ turn: () => this.announce(), event: 'announcement.failed', everyMs, clock, log })
  }

  /** Says once what the node is. @throws what the gateway answers */
  async announce(): Promise<void> {
    const { network, account, client, fixed, profile, adapters, clock } = this.#parts
    const held = adapters()
    this.#sequence += 1n
    const statement: Announcement = { ...fixed, adaptersHash: adaptersHash(held), sequence: this.#sequence, time: BigInt(clock.now()) }
    const signature = await signStatement(account, statementDomain(network.chainId, network.contracts.stakes), 'Announcement', statement)
    await client.announce(writeAnnouncement({ statement, signature, profile, adapters: held }) as unknown as Parameters<OpenLedgerClient['announce']>[0])
  }

  /** Begins to announce. */
  start(): void {
    this.#turns.start()
  }

  close(): Promise<void> {
    return this.#turns.close()
  }
}
