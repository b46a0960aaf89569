import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const contracts = dirname(dirname(fileURLToPath(import.meta.url)))
const file = join(contracts, '../docs/costs.md')
const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3))

/** The page of what an answer costs on chain, computed from the gas that the contracts' tests measured. */
export function costsPage(): string {
  const gas = JSON.parse(readFileSync(join(contracts, 'gas/transactions.json'), 'utf8')) as Record<string, string>

  const gasOf = (transaction: string): number => {
    const found = Number(gas[transaction])
    if (!(found > 0)) throw new TypeError(`contracts/gas/transactions.json holds no gas of "${transaction}"`)
    return found
  }
  const post = gasOf('post an epoch')
  const voucher = gasOf('collect ten vouchers of new channels') / 10
  const claims = { 16: gasOf('claim again, 16 payees'), 1024: gasOf('claim again, 1,024 payees') }

  const rows = [1_000, 10_000, 100_000].flatMap((answers) =>
    [
      [10, 16],
      [100, 16],
      [100, 1024],
    ].map(([payers, payees]) => {
      const parts = [post, payers! * voucher, payees! * claims[payees as 16 | 1024]].map((part) => part / answers)
      const total = parts.reduce((sum, part) => sum + part, 0)
      return `| ${answers.toLocaleString('en')} | ${payers} | ${payees!.toLocaleString('en')} | ${[...parts, total].map(number).join(' | ')} | ${number(total / 1000)} |`
    }),
  )

  return `# What an answer costs on chain

Computed from the gas that the tests of the contracts measure (\`contracts/gas/transactions.json\`; \`npm run contracts:test\` compares it, \`npm run contracts:costs\` writes this page). One epoch: posting it takes
${number(post)} gas whatever it holds; collecting a payer's voucher among ten in one transaction ${number(voucher)}; a later claim of a payee ${number(claims[16])} with 16 payees and ${number(claims[1024])} with 1,024, transfer included.
Every payer is collected from and every payee claims once in the epoch, which is the dearest case: balances run over all time, so a payee may claim once a month and a payer's voucher be
collected once for many epochs.

| answers in the epoch | payers | payees | gas per answer: posting | collecting | claims | in all | OPEN per million answers at 1 gwei |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Gas does not grow with the answers: lines, receipts and shares stand in the epoch's file, whose hash and roots alone are on chain. What an answer costs beside this is its share of the machine that makes it and of the storage of its
receipt.
`
}

/** Whether the committed page is this one. */
export const isCostsPage = (text: string): boolean => existsSync(file) && readFileSync(file, 'utf8') === text

export function writeCostsPage(text: string): void {
  writeFileSync(file, text)
}
