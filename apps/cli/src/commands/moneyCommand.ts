import type { Command } from 'commander'
import type { MoneyView } from '@openledger/sdk'
import type { Output } from '../output/Output.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { shortId, when, whose } from './format.ts'

type MoneyOptions = { moves?: boolean }
type Format = (amount: string) => string

function showMoney(output: Output, money: MoneyView, open: Format, moves: boolean): void {
  output.heading(whose(money.name, money.account))
  if (money.wallet) output.field('in the account', `${open(money.wallet.open)} OPEN, ${open(money.wallet.wopen)} WOPEN`)
  if (money.places.length === 0) return output.line('nothing was ever deposited, bonded or earned here')
  const headings = ['where', 'id', 'paid in', 'earned', 'spent', 'paid out', 'held', 'free now', 'until']
  const row = (p: MoneyView['totals']): string[] => [p.paidIn, p.earned, p.spent, p.paidOut, p.held, p.free].map(open)
  output.table(headings, [...money.places.map((p) => [p.kind, shortId(p.id), ...row(p), when(p.until)]), ['in all', '', ...row(money.totals), '']])
  output.line()
  for (const p of money.places) if (p.held !== '0') output.field(`${p.kind} ${shortId(p.id)}`, p.why)
  if (!moves) return
  output.line()
  const all = money.places.flatMap((p) => p.moves.map((move) => ({ ...move, place: `${p.kind} ${shortId(p.id)}` }))).sort((a, b) => a.time - b.time)
  output.table(['time', 'where', 'what', 'OPEN', 'transaction'], all.map((m) => [when(m.time), m.place, m.what, open(m.amount), m.transaction]))
}

/** `openledger money` */
export function moneyCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('money')
    .summary('where coins are: an account’s, or those of one answer')
    .description('Shows every coin that an account deposited, spent, earned, has locked (until when and why), can take out and took out; in each row paid in + earned = spent + paid out + held. For a receipt: who paid, by which transaction it was collected, in which epoch it was divided, and which claims paid it out.')
    .argument('<key|address|receipt>', 'a key’s name, an address, or a receipt’s id or its beginning')
    .option('--moves', 'every single movement with its transaction')
  examples(command, [
    ['openledger money payer', 'what the key payer has in channels'],
    ['openledger money 0x00000000000000000000000000000000000000ad --moves', 'an address, with every movement'],
    ['openledger money 0x1a2b3c', 'one answer, from its payment to its claims'],
  ])
  runs<MoneyOptions>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const open: Format = (amount) => (amount.startsWith('-') ? `-${formatOpen(-BigInt(amount))}` : formatOpen(BigInt(amount)))
    const ledger = await session()
    const [subject] = args as [string]
    if (/^0x/i.test(subject) && subject.length !== 42) {
      const { findReceipt } = await import('../verbs/findReceipt.ts')
      const receiptId = await findReceipt(ledger, subject.toLowerCase())
      const { paid, epoch, lines } = await ledger.node.payments(receiptId)
      output.field('cost', `${open(paid.fee)} OPEN`)
      output.field('paid by', `${paid.payer ?? 'unknown'}, channel ${paid.channelId}`)
      output.field('collected', paid.collected === null ? 'not yet' : `transaction ${paid.collected}`)
      output.field('settled', epoch === null ? 'not yet' : `epoch ${epoch.index}, transaction ${epoch.transaction}${epoch.final ? ', final' : ', can still be disputed'}`)
      output.table(['payee', 'OPEN', 'line', 'claimed in'], lines.map((l) => [whose(l.name, l.payee), open(l.amount), l.line === null ? '–' : String(l.line), l.claim?.transaction ?? 'not yet']))
      return output.result({ receiptId, paid, epoch, lines })
    }
    const money = await ledger.node.money(await ledger.keys.address(subject))
    showMoney(output, money, open, options.moves === true)
    output.result(money)
  })
}
