import type { Address } from 'viem'
import type { MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

type Book = MoneyPlace & { thawPeriod: number; prepaid: boolean; closed: boolean }

function explain(book: Book, now: number): MoneyPlace {
  const { thawPeriod, prepaid, closed, ...place } = book
  const free = !closed && place.until !== null && place.until <= now ? place.held : 0n
  const why = closed
    ? 'closed'
    : prepaid
      ? free > 0n
        ? 'its gateway has collected nothing in time: anyone can send it back'
        : 'paid ahead for one request; what the answer does not cost comes back with its settlement, all of it after this time'
      : place.until === null
        ? `ready to be spent on answers; to take it out, start the thaw and wait ${thawPeriod} s`
        : free > 0n
          ? 'the thaw is over: withdraw it'
          : 'thawing: its gateway can still collect what was signed'
  return { ...place, free, until: closed || place.held === 0n ? null : place.until, why }
}

/** The channels that an account pays from. */
export function channelPlaces(account: Address, events: readonly MoneyEvent[], now: number): MoneyPlace[] {
  const books = new Map<string, Book>()
  for (const { name, args, time, transaction } of events) {
    const id = args.channelId as string
    if (name === 'Channels.ChannelOpened' && args.payer === account) {
      books.set(id, { kind: 'channel', id, paidIn: 0n, earned: 0n, spent: 0n, paidOut: 0n, held: 0n, free: 0n, until: null, why: '', moves: [], thawPeriod: Number(args.thawPeriod), prepaid: false, closed: false })
    }
    const book = name.startsWith('Channels.') ? books.get(id) : undefined
    if (!book) continue
    const move = (what: string, amount: bigint): void => {
      book.held += amount
      if (amount !== 0n) book.moves.push({ time, transaction, what, amount })
    }
    if (name === 'Channels.Prepaid') book.prepaid = true
    else if (name === 'Channels.ThawStarted') book.until = Number(args.thawEndsAt)
    else if (name === 'Channels.ThawCancelled') book.until = null
    else if (name === 'Channels.Deposited') {
      book.paidIn += BigInt(args.amount as string)
      move('deposited', BigInt(args.amount as string))
    } else if (name === 'Channels.Collected') {
      book.spent += BigInt(args.amount as string)
      move('spent on answers', -BigInt(args.amount as string))
    } else if (name === 'Channels.ChannelClosed') {
      book.paidOut += BigInt(args.returned as string)
      book.closed = true
      move('paid back', -BigInt(args.returned as string))
    }
  }
  return [...books.values()].map((book) => explain(book, now))
}
