import type { Command } from 'commander'
import type { Address } from 'viem'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { addressOption, wholeNumber } from './optionValues.ts'

type CreateOptions = { rpc: string; set: string[]; guardian?: Address; open?: Address; votingDelay?: number; votingPeriod?: number; timelockDelay?: number }

/** `openledger ledger …` */
export function ledgerCommand(context: CommandContext, program: Command): void {
  const parent = program.command('ledger').summary('create a ledger on another chain').description('Creates the contracts of a ledger on a chain that runs elsewhere.')
  examples(parent, [['openledger ledger create --rpc https://rpc.example', 'see "openledger ledger create --help"']])
  const create = parent
    .command('create')
    .summary('create the contracts')
    .description('Creates the contracts on a chain whose native coin is OPEN, or on which OPEN is an ERC-20 (--open), from the key "deployer" of the data folder, which must hold coins for gas, and writes network.json. The same command again finishes what was interrupted. Afterwards the parameters belong to a timelock that obeys the holders of WOPEN.')
    .requiredOption('--rpc <url>', 'the chain')
    .option('--set <name=value>', 'a parameter other than the default: times in seconds, amounts in OPEN; may be repeated', (text: string, list: string[]) => [...list, text], [])
    .option('--open <address>', 'the ERC-20 that is OPEN, where gas is paid in another coin', addressOption)
    .option('--guardian <address>', 'who may pause', addressOption)
    .option('--voting-delay <seconds>', 'between a proposal and its vote; can never become shorter', wholeNumber(1))
    .option('--voting-period <seconds>', 'how long a vote lasts; can never become shorter', wholeNumber(1))
    .option('--timelock-delay <seconds>', 'between a decision and when it is carried out; can never become shorter', wholeNumber(1))
  examples(create, [
    ['openledger ledger create --rpc http://127.0.0.1:8545 --data ./ledger', 'a day to disprove epochs, nine days for a decision'],
    ['openledger ledger create --rpc http://127.0.0.1:8545 --set disputeWindow=3600 --timelock-delay 604800', 'other values'],
  ])
  runs<CreateOptions>(context, create, async ({ options, output }) => {
    const { dataFolder } = await import('../context/dataFolder.ts')
    const { createLedger } = await import('../up/createLedger.ts')
    const { votingDelay, votingPeriod, timelockDelay } = options
    const governance = { ...(votingDelay !== undefined && { votingDelay }), ...(votingPeriod !== undefined && { votingPeriod }), ...(timelockDelay !== undefined && { timelockDelay }) }
    const { network, deployer } = await createLedger({
      folder: dataFolder(options.data),
      rpcUrl: options.rpc,
      changes: options.set,
      governance,
      guardian: options.guardian,
      openToken: options.open,
      onStep: (contract, done, of) => output.note(`${done} of ${of}: ${contract}`),
    })
    output.field('chain', String(network.chainId))
    for (const [name, address] of Object.entries(network.contracts)) output.field(name, address)
    output.line('the deployer owns nothing any more; next: openledger up --rpc …')
    output.result({ network, deployer })
  })
}
