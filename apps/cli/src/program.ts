import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { agentCommand } from './commands/agentCommand.ts'
import { askCommand } from './commands/askCommand.ts'
import { auditCommand } from './commands/auditCommand.ts'
import { auditorCommand } from './commands/auditorCommand.ts'
import { backupCommand } from './commands/backupCommand.ts'
import { benchCommand } from './commands/benchCommand.ts'
import { accuseCommand } from './commands/accuseCommand.ts'
import { claimCommand } from './commands/claimCommand.ts'
import type { CommandContext } from './commands/CommandContext.ts'
import { contributeCommand } from './commands/contributeCommand.ts'
import { datanetCommand } from './commands/datanetCommand.ts'
import { deployCommand } from './commands/deployCommand.ts'
import { estateCommand } from './commands/estateCommand.ts'
import { examples } from './commands/examples.ts'
import { governCommand } from './commands/governCommand.ts'
import { keyCommand } from './commands/keyCommand.ts'
import { ledgerCommand } from './commands/ledgerCommand.ts'
import { lineageCommand } from './commands/lineageCommand.ts'
import { mcpCommand } from './commands/mcpCommand.ts'
import { modelsCommand } from './commands/modelsCommand.ts'
import { moneyCommand } from './commands/moneyCommand.ts'
import { nodeCommand } from './commands/nodeCommand.ts'
import { publishCommand } from './commands/publishCommand.ts'
import { receiptCommand } from './commands/receiptCommand.ts'
import { sealCommand } from './commands/sealCommand.ts'
import { settleCommand } from './commands/settleCommand.ts'
import { stakeCommand } from './commands/stakeCommand.ts'
import { statusCommand } from './commands/statusCommand.ts'
import { trainCommand } from './commands/trainCommand.ts'
import type { GlobalOptions } from './context/options.ts'
import { describeError, exitCodeOf, exitCodes, withCode } from './output/exitCode.ts'
import { Output, type Streams } from './output/Output.ts'
import { registerUp } from './up/upCommand.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** The whole command line. @param context says in the end how a command came out */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context.streams
  const program = new Command('openledger')
    .description('The open ledger of AI: datanets, training, answers with receipts, payments by attribution, audits.')
    .version(version)
    .option('--data <folder>', 'the data folder', '.openledger')
    .option('--url <url>', 'the node’s address (default: the node of the data folder)')
    .option('--as <key>', 'the name of the key that acts')
    .option('--key <file>', 'a key file that acts, instead of one in the data folder')
    .option('--json', 'one JSON document on standard output', false)
    .exitOverride()
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(openledger --help lists the commands; openledger help <command> explains one)')
  examples(program, [
    ['openledger up', 'start chain, node and page; the first start plays the whole loop'],
    ['openledger ask "What is a datanet?"', 'an answer with its receipt'],
    ['openledger audit <receipt>', 'recompute it'],
  ])
  registerUp(program, (command) => {
    const options: GlobalOptions = command.optsWithGlobals()
    return { options, output: new Output(context.streams, options.json) }
  })
  datanetCommand(context, program)
  contributeCommand(context, program)
  sealCommand(context, program)
  trainCommand(context, program)
  publishCommand(context, program)
  deployCommand(context, program)
  askCommand(context, program)
  receiptCommand(context, program)
  settleCommand(context, program)
  accuseCommand(context, program)
  claimCommand(context, program)
  estateCommand(context, program)
  lineageCommand(context, program)
  moneyCommand(context, program)
  auditCommand(context, program)
  auditorCommand(context, program)
  agentCommand(context, program)
  mcpCommand(context, program)
  statusCommand(context, program)
  stakeCommand(context, program)
  governCommand(context, program)
  ledgerCommand(context, program)
  keyCommand(context, program)
  modelsCommand(context, program)
  backupCommand(context, program)
  nodeCommand(context, program)
  benchCommand(context, program)
  return program
}

const shown = new Set(['commander.helpDisplayed', 'commander.version', 'commander.help'])

/** What a failed command says: for people on stderr, and with `--json` as the one document on stdout. */
function report(error: unknown, streams: Streams, json: boolean): void {
  const known = typeof (error as { toJSON?: unknown } | null)?.toJSON === 'function'
  if (json) streams.stdout(`${JSON.stringify({ error: known ? error : { code: 'FAULT', message: String(error) } }, null, 2)}\n`)
  streams.stderr(`${describeError(error)}\n`)
}

/**
 * Runs one command line.
 * @param words what stands after "openledger"
 * @returns the exit code; see exitCodes
 */
export async function runProgram(words: readonly string[], streams: Streams): Promise<number> {
  const context: CommandContext = { streams, exitCode: exitCodes.ok }
  const json = words.includes('--json')
  try {
    await createProgram(context).parseAsync([...words], { from: 'user' })
    return context.exitCode
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0 || (shown.has(thrown.code) && words.length > 0)) return exitCodes.ok
      if (json) streams.stdout(`${JSON.stringify({ error: { code: 'BAD_USAGE', message: thrown.message } }, null, 2)}\n`)
      return exitCodes.badInput
    }
    const error = withCode(thrown)
    report(error, streams, json)
    return exitCodeOf(error)
  }
}
