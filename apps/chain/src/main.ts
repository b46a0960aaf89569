import { OpenLedgerError } from '@openledger/protocol/errors'
import type { LaunchMessage } from './launch/LaunchMessage.ts'
import { readArguments, usage } from './launch/readArguments.ts'
import { ChainNode } from './node/ChainNode.ts'

/** Whether another process started this one, and stops it. */
const isLaunched = process.connected
/** A terminal sends them to all processes of a command at once. */
const terminalSignals = ['SIGINT', 'SIGHUP'] as const
const exitCodes = { ok: 0, failed: 1, crashed: 70 } as const

function tell(message: LaunchMessage): void {
  process.send?.(message)
}

function log(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`)
}

function describe(error: unknown): string {
  if (!(error instanceof OpenLedgerError)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${error.code}: ${error.message}${error.fix === undefined ? '' : `; ${error.fix}`}`
}

function giveUp(error: unknown): void {
  log(describe(error))
  const known = error instanceof OpenLedgerError ? error : new OpenLedgerError('CHAIN_START_FAILED', error instanceof Error ? error.message : String(error), { action: 'stop' })
  tell({ type: 'failed', code: known.code, message: known.message, fix: known.fix, action: known.action })
  process.exitCode = exitCodes.failed
  if (process.connected) process.disconnect()
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv.includes('--help')) return void process.stdout.write(usage)
  const options = readArguments(argv)
  const node = await ChainNode.start({ ...options, wallMs: Date.now, onError: (error) => log(`block not made, trying again: ${describe(error)}`) })
  let stopping: Promise<void> | undefined
  const stop = (): void => {
    stopping ??= node.stop().then(
      () => process.exit(exitCodes.ok),
      (error: unknown) => {
        log(describe(error))
        process.exit(exitCodes.failed)
      },
    )
  }
  process.on('SIGTERM', stop)
  if (!isLaunched) for (const signal of terminalSignals) process.on(signal, stop)
  // The process that started this one is gone: nobody would ever stop it.
  process.on('disconnect', stop)
  log(`chain ${node.chainId} at ${node.url}, data in ${options.dataFolder}`)
  tell({ type: 'ready', url: node.url, pid: process.pid, chainId: node.chainId })
}

// The state on disk is whole at any moment; what is in memory may not be after a fault that nothing expected. Start again from disk.
const crash = (error: unknown): void => {
  log(describe(error))
  process.exit(exitCodes.crashed)
}
process.on('uncaughtException', crash)
process.on('unhandledRejection', crash)

// Whoever started this one may need it until the end, and stops it then.
if (isLaunched) for (const signal of terminalSignals) process.on(signal, () => undefined)

main(process.argv.slice(2)).catch(giveUp)
