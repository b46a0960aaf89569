import type { Command } from 'commander'
import type { Address } from 'viem'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { addressOption, wholeNumber } from './optionValues.ts'

type AccuseOptions = { as?: string; receipt?: number; line?: number; balance?: number; epoch?: number; gateway?: Address; force?: boolean }

/** `openledger accuse` */
export function accuseCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('accuse')
    .summary('bring a fault of an epoch to the chain')
    .description('Brings what an audit of an epoch found to the chain, while the dispute window is open: the epoch falls, its gateway is slashed, and the accuser gets a part of the bond. Of withheld data the gateway is first called upon to show an entry; the same command again, after its time, convicts it. The promise of a gateway to settle a receipt, which openledger ask keeps beside the receipt, is brought in the same two steps, once its date is past and no epoch holds the receipt. A deposit is put down; it is asked first whether the accusation would hold, so that it is not lost by mistake.')
    .argument('[file]', 'the accusation, as "openledger audit epoch <n> --bundle <file>" wrote it, or the promise of a gateway')
    .option('--epoch <n>', 'without a file: the epoch of which an entry is demanded', wholeNumber(0))
    .option('--receipt <place>', 'the receipt at this place, counted from 0', wholeNumber(0))
    .option('--line <place>', 'the line at this place', wholeNumber(0))
    .option('--balance <place>', 'the balance at this place', wholeNumber(0))
    .option('--gateway <address>', 'whose epoch, when several gateways posted one of this number', addressOption)
    .option('--force', 'send it although the chain would reject it; the deposit is lost')
  examples(command, [
    ['openledger accuse fault.json --as operator', 'what the audit wrote'],
    ['openledger accuse receipts/0x….promise.json --as operator', 'a receipt that its gateway promised to settle and left out'],
    ['openledger accuse --epoch 3 --line 0 --as operator', 'call upon the gateway to show the first line of epoch 3'],
  ])
  runs<AccuseOptions>(context, command, async ({ options, args, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { accuse } = await import('../verbs/accuse.ts')
    const { as: accuser, epoch, gateway, force } = options
    const file = args[0] as string | undefined
    const entry = (['receipt', 'line', 'balance'] as const).find((name) => options[name] !== undefined)
    if (accuser === undefined) return fail('NO_ACCUSER', 'it is not said who accuses', { field: '--as', fix: 'name a key with --as: it puts the deposit down and gets the reward' })
    if ((file === undefined) === (epoch === undefined || entry === undefined)) return fail('NO_ACCUSATION', 'name a file, or --epoch and the entry that is demanded', { field: 'file', fix: 'write the file with: openledger audit epoch <n> --bundle <file>' })
    const { readFile } = await import('node:fs/promises')
    const bytes = file === undefined ? undefined : new Uint8Array(await readFile(file))
    const { accuseBrokenPromise, isPromiseFile } = await import('../verbs/accuseBrokenPromise.ts')
    if (bytes && isPromiseFile(bytes)) {
      const { promise, verdict } = await accuseBrokenPromise(await session(), bytes, accuser, force)
      const who = `gateway ${promise.statement.gateway}`
      output.line(verdict.outcome === 'convicted' ? `${who} is slashed for the receipt that it left out; the prover's part is yours` : `${who} has until ${new Date(1000 * verdict.answerBy).toISOString()} to show the receipt; then run this again`)
      return output.result({ verdict, claim: 'broken-promise', receipt: promise.statement.receiptId })
    }
    const accusation = bytes === undefined ? { epoch: epoch!, list: `${entry!}s` as const, place: options[entry!]!, gateway } : bytes
    const { dispute, verdict } = await accuse(await session(), { accusation, accuser, force })
    const what = `epoch ${dispute.header.index} of ${dispute.gateway}`
    const said = {
      convicted: () => `${what} is void; its gateway is slashed and the prover's part is yours`,
      acquitted: () => `${what} stands; the deposit is the gateway's`,
      demanded: () => `${what}: the gateway has until ${new Date(1000 * (verdict as { answerBy: number }).answerBy).toISOString()}; then run this again`,
    }[verdict.outcome]
    output.line(said())
    output.result({ verdict, claim: dispute.claim.name, finding: dispute.finding })
  })
}
