import type { Address } from 'viem'
import type { MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

/** What happens to an account's own bond; others' delegations to it are theirs. */
const own = new Set(['Stakes.EquivocationProven', 'Stakes.Bonded', 'Stakes.Thawing', 'Stakes.Withdrawn', 'Stakes.Slashed', 'Stakes.RewardsClaimed'])
const roles = ['node', 'gateway', 'auditor']
const roleName = (role: unknown): string => (role === 'proofs' ? role : (roles[Number(role)] ?? `role ${String(role)}`))

type Book = MoneyPlace & { thawing: bigint }

/** What Stakes pays for a proof, of what was taken (`PROVER_PPM`). */
const proverPart = ({ taken }: MoneyEvent['args']): bigint => (BigInt(taken as string) * 200_000n) / 1_000_000n

function explain({ thawing, ...place }: Book, now: number): MoneyPlace {
  const over = place.until !== null && place.until <= now
  const free = over ? thawing : 0n
  const bonded = place.held - thawing
  const parts = [
    ...(bonded > 0n ? ['bonded: it answers for what this account does; to take it out, thaw it'] : []),
    ...(thawing > 0n ? [over ? 'the thaw is over: withdraw it' : 'thawing: still liable until this time'] : []),
  ]
  return { ...place, free, until: thawing > 0n ? place.until : null, why: parts.join('; ') || 'nothing is bonded any more' }
}

/**
 * An account's bonds by role, and the rewards that it has claimed. A slash takes from what is bonded first, as Stakes does.
 */
export function stakePlaces(account: Address, events: readonly MoneyEvent[], now: number): MoneyPlace[] {
  const books = new Map<string, Book>()
  const bookOf = (kind: 'bond' | 'rewards', role: unknown): Book => {
    const key = `${kind}/${roleName(role)}`
    const book = books.get(key) ?? { kind, id: roleName(role), paidIn: 0n, earned: 0n, spent: 0n, paidOut: 0n, held: 0n, free: 0n, until: null, why: '', moves: [], thawing: 0n }
    books.set(key, book)
    return book
  }
  for (const { name, args, time, transaction } of events) {
    if ((name === 'Stakes.Slashed' || name === 'Stakes.EquivocationProven') && args.prover === account) {
      const reward = proverPart(args)
      const proofs = bookOf('rewards', 'proofs')
      proofs.earned += reward
      proofs.held += reward
    }
    if (name === 'Stakes.ProverPaid' && args.prover === account) {
      const reward = BigInt(args.amount as string)
      const proofs = bookOf('rewards', 'proofs')
      proofs.paidOut += reward
      proofs.held -= reward
      proofs.moves.push({ time, transaction, what: 'for a proof', amount: -reward })
    }
    if (!own.has(name) || (args.account ?? args.node) !== account) continue
    const amount = BigInt((args.amount as string | undefined) ?? 0)
    const book = bookOf(name === 'Stakes.RewardsClaimed' ? 'rewards' : 'bond', args.role ?? 0)
    const move = (what: string, moved: bigint): void => void book.moves.push({ time, transaction, what, amount: moved })
    if (name === 'Stakes.Bonded') {
      book.paidIn += amount
      book.held += amount
      move('bonded', amount)
    } else if (name === 'Stakes.Thawing') {
      book.thawing += amount
      book.until = Number(args.releaseAt)
    } else if (name === 'Stakes.Withdrawn') {
      book.paidOut += amount
      book.held -= amount
      book.thawing -= amount
      move('withdrawn', -amount)
    } else if (name === 'Stakes.Slashed' || name === 'Stakes.EquivocationProven') {
      const taken = BigInt(args.taken as string)
      const bonded = book.held - book.thawing
      book.thawing -= taken > bonded ? taken - bonded : 0n
      book.spent += taken
      book.held -= taken
      move('slashed', -taken)
    } else if (name === 'Stakes.RewardsClaimed') {
      book.earned += amount
      book.paidOut += amount
      move('claimed', -amount)
    }
  }
  return [...books.values()].map((book) => (book.kind === 'rewards' ? rewards(book) : explain(book, now)))
}

function rewards({ thawing: _, ...place }: Book): MoneyPlace {
  if (place.id !== 'proofs') return { ...place, why: 'rewards that were claimed' }
  return { ...place, free: place.held, why: place.held > 0n ? 'a slash that nobody has settled: anyone can, and pays it out' : 'paid out when the slash was settled' }
}
