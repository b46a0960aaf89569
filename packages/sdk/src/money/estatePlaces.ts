import type { Address } from 'viem'
import type { MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

type Claim = { round: number; fee: bigint; deposit: bigint; claimant: string; share: bigint }
type Book = {
  place: MoneyPlace
  claims: Map<string, Claim>
  /** Deposits whose claims lapsed when the gateway came back, by receipt and round. */
  lapsed: Map<string, bigint>
  coins: bigint
  filingEndsAt: number
  settlesAt: number
  /** Collected from all channels, and from those of the account that got nothing back yet. */
  weight: bigint
  own: Map<string, bigint>
  concerns: boolean
}

const number = (value: unknown): bigint => BigInt((value ?? 0) as string)

/** What the account put down, and its shares of a claimed receipt. */
function readClaim(account: Address, args: MoneyEvent['args']): Claim {
  const { fee, deposit } = args.claim as { fee: string | number; deposit: string | number }
  return { round: Number(args.round), fee: BigInt(fee), deposit: args.claimant === account ? BigInt(deposit) : 0n, claimant: args.claimant as string, share: shareOf(account, args) }
}

function shareOf(account: Address, args: MoneyEvent['args']): bigint {
  const shares = args.shares as { payee: string; amount: string | number }[]
  return shares.filter(({ payee }) => payee.toLowerCase() === account).reduce((sum, { amount }) => sum + BigInt(amount), 0n)
}

/** What the account may expect of an open estate: its shares of claimed receipts in proportion, and its part of the rest. */
function expected({ coins, claims, weight, own, settlesAt }: Book): bigint {
  if (settlesAt === 0) return 0n
  const all = [...claims.values()].reduce((sum, { fee }) => sum + fee, 0n)
  const pool = coins < all ? coins : all
  const shares = [...claims.values()].reduce((sum, { share }) => sum + (all === 0n ? 0n : (share * pool) / all), 0n)
  const paid = [...own.values()].reduce((sum, amount) => sum + amount, 0n)
  return shares + (weight === 0n ? 0n : ((coins - pool) * paid) / weight)
}

function explain(book: Book, now: number): MoneyPlace {
  const { place, claims, lapsed, settlesAt, filingEndsAt } = book
  const deposits = [...claims.values()].reduce((sum, { deposit }) => sum + deposit, 0n)
  const withdrawable = [...lapsed.values()].reduce((sum, deposit) => sum + deposit, 0n)
  const open = expected(book)
  place.earned += open
  place.held = deposits + withdrawable + open
  const isFree = settlesAt !== 0 && now > settlesAt
  place.free = withdrawable + (isFree ? deposits + open : 0n)
  place.until = place.held === place.free || settlesAt === 0 ? null : settlesAt
  place.why =
    settlesAt === 0
      ? 'deposits for claims against a silent gateway; they come back when the receipts are paid, or at once when the gateway has come back'
      : isFree
        ? 'what a closed gateway left: openledger estate pay and openledger estate refund pay it out'
        : now > filingEndsAt
          ? 'what a closed gateway left; claims can still be refuted until this time'
          : 'what a closed gateway left, as far as receipts are claimed by now; others can still be claimed'
  return place
}

/**
 * What silent gateways left to an account: shares of promised receipts, parts of what no receipt claims, and deposits of claims.
 * @param events of the estates, of the account's channels, and what the gateways concerned collected, in the order of the chain
 * @param now Unix seconds
 */
export function estatePlaces(account: Address, events: readonly MoneyEvent[], now: number): MoneyPlace[] {
  const books = new Map<string, Book>()
  const channels = new Set<string>()
  const bookOf = (gateway: string): Book => {
    const known = books.get(gateway)
    if (known) return known
    const place: MoneyPlace = { kind: 'estate', id: gateway, paidIn: 0n, earned: 0n, spent: 0n, paidOut: 0n, held: 0n, free: 0n, until: null, why: '', moves: [] }
    const book: Book = { place, claims: new Map(), lapsed: new Map(), coins: 0n, filingEndsAt: 0, settlesAt: 0, weight: 0n, own: new Map(), concerns: false }
    books.set(gateway, book)
    return book
  }
  for (const { name, args, time, transaction } of events) {
    if (name === 'Channels.ChannelOpened' && args.payer === account) channels.add(args.channelId as string)
    if (name === 'Channels.Collected') {
      const book = bookOf(args.gateway as string)
      const [id, amount] = [args.channelId as string, number(args.amount)]
      book.weight += amount
      if (channels.has(id)) book.own.set(id, (book.own.get(id) ?? 0n) + amount)
    }
    if (!name.startsWith('Estates.')) continue
    const book = bookOf(args.gateway as string)
    const { place, claims, lapsed } = book
    const id = args.receiptId as string
    const move = (what: string, amount: bigint): void => {
      book.concerns = true
      if (amount !== 0n) place.moves.push({ time, transaction, what, amount })
    }
    if (name === 'Estates.Watched') {
      for (const [receipt, claim] of claims) {
        if (claim.round >= Number(args.round)) continue
        claims.delete(receipt)
        if (claim.deposit !== 0n) lapsed.set(`${receipt} ${claim.round}`, claim.deposit)
      }
    } else if (name === 'Estates.ClaimFiled') {
      const claim = readClaim(account, args)
      claims.set(id, claim)
      place.paidIn += claim.deposit
      if (claim.deposit !== 0n) move('deposit of a claim', claim.deposit)
      if (claim.share !== 0n) book.concerns = true
    } else if (name === 'Estates.ClaimAttributed') {
      const claim = claims.get(id)
      if (claim) claim.share = shareOf(account, args)
      if (claim && claim.share !== 0n) book.concerns = true
    } else if (name === 'Estates.ClaimRefuted') {
      const deposit = claims.get(id)?.deposit ?? 0n
      claims.delete(id)
      place.spent += deposit
      if (deposit !== 0n) move('deposit lost: the receipt was settled', -deposit)
    } else if (name === 'Estates.ClaimWithdrawn' && args.claimant === account) {
      const deposit = number(args.deposit)
      for (const [key, amount] of lapsed) if (key.startsWith(id) && amount === deposit) lapsed.delete(key)
      claims.delete(id)
      place.paidOut += deposit
      move('deposit taken back', -deposit)
    } else if (name === 'Estates.EstateOpened') {
      book.coins = number(args.coins)
      book.filingEndsAt = Number(args.filingEndsAt)
      book.settlesAt = Number(args.settlesAt)
      book.concerns ||= book.own.size > 0
    } else if (name === 'Estates.DepositReturned' && args.claimant === account) {
      const claim = claims.get(id)
      if (claim) claim.deposit = 0n
      place.paidOut += number(args.deposit)
      move('deposit came back', -number(args.deposit))
    } else if (name === 'Estates.SharePaid' && args.payee === account) {
      const claim = claims.get(id)
      const amount = number(args.amount)
      if (claim) claim.share = 0n
      place.earned += amount
      place.paidOut += amount
      move('share of a promised receipt', 0n)
    } else if (name === 'Estates.ChannelRefunded' && args.payer === account) {
      const amount = number(args.amount)
      book.own.delete(args.channelId as string)
      place.earned += amount
      place.paidOut += amount
      move('part of the rest', 0n)
    }
  }
  return [...books.values()].filter(({ concerns }) => concerns).map((book) => explain(book, now))
}
