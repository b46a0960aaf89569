import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { whose } from './format.ts'

type ClaimOptions = { payee?: string; all?: boolean; native?: boolean; wait: boolean }

/** `openledger claim` */
export function claimCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('claim')
    .summary('pay out what was earned')
    .description('Claims on the chain what a payee has earned in final epochs and not claimed yet: the key that --as names, another payee, or every key of the data folder. Waits for the dispute window when something is still in it.')
    .option('--payee <key|address>', 'who is paid; by default the key that --as names')
    .option('--all', 'every key of this data folder that has earned something')
    .option('--native', 'pay in native OPEN instead of WOPEN; only by the payee’s own key')
    .option('--no-wait', 'do not wait for the dispute window')
  examples(command, [
    ['openledger claim --as ada', 'what ada has earned'],
    ['openledger claim --all', 'for all keys of this folder'],
    ['openledger claim --payee 0x00000000000000000000000000000000000000ad --as operator', 'for somebody else, who is paid all the same'],
  ])
  runs<ClaimOptions>(context, command, async ({ options, output, session }) => {
    const { fail, formatOpen } = await import('@openledger/protocol')
    const { claim } = await import('../verbs/claim.ts')
    const { claimAll } = await import('../verbs/claimAll.ts')
    const open = await session()
    const { all, native: unwrap, payee = options.as } = options
    const timing = options.wait ? {} : { timeoutMs: 0 }
    if (!all && payee === undefined) fail('NO_PAYEE', 'it is not said who is paid', { field: '--as', fix: 'name a key with --as, or use --payee or --all' })
    const claims = all ? await claimAll(open, { unwrap, ...timing }) : [await claim(open, { payee: payee!, sender: options.as, unwrap, ...timing })]
    if (claims.length === 0) output.line('no key of this folder has earned anything yet')
    const amount = (value: bigint): string => formatOpen(value)
    if (claims.length > 0) output.table(['payee', 'paid now', 'paid in all', 'not final yet'], claims.map((c) => [whose(c.name, c.payee), amount(c.paid), amount(c.claimed), amount(c.pending)]))
    output.result(claims)
  })
}
