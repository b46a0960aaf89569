import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { fail } from '@openledger/protocol/errors'
import { parseGenesis } from '../genesis/Genesis.ts'
import type { GenesisRequest } from '../genesis/genesisFile.ts'
import type { ChainNodeOptions } from '../node/ChainNodeOptions.ts'

export type LaunchOptions = Omit<ChainNodeOptions, 'wallMs' | 'onError'>

/** How to call the program. */
export const usage = `openledger-chain: an EVM node with its state in one folder

  --data DIR            data folder (required)
  --port N              default 8545; 0 for any free port
  --host ADDRESS        default 127.0.0.1
  --chain-id N          of a new chain; default 7117
  --genesis FILE        {"chainId": 7117, "alloc": {"0x…": "1000000000000000000"}}
  --alloc 0x…=AMOUNT    balance at genesis, in the smallest unit; repeatable
  --block-time MS       one block every MS milliseconds while transactions wait; default 0: on demand
  --batch-delay MS      on demand: how long the first transaction waits for others; default 50
  --max-ahead SECONDS   on demand: how far block times may run ahead of the clock; default 5
  --shared-seconds      blocks of one second share its timestamp: no block time is ahead of the clock
  --cors ORIGIN         a page of this origin may call the node; repeatable
  --allow-host NAME     a further host name that the node answers to; repeatable
  --dev                 adds evm_mine, evm_increaseTime and evm_setNextBlockTimestamp
`

const options = {
  data: { type: 'string' },
  port: { type: 'string', default: '8545' },
  host: { type: 'string', default: '127.0.0.1' },
  'chain-id': { type: 'string' },
  genesis: { type: 'string' },
  alloc: { type: 'string', multiple: true },
  'block-time': { type: 'string', default: '0' },
  'batch-delay': { type: 'string', default: '50' },
  'max-ahead': { type: 'string', default: '5' },
  cors: { type: 'string', multiple: true },
  'allow-host': { type: 'string', multiple: true },
  'shared-seconds': { type: 'boolean', default: false },
  dev: { type: 'boolean', default: false },
} as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values
  } catch (error) {
    return fail('CHAIN_ARGUMENTS', error instanceof Error ? error.message : String(error), { fix: 'see --help' })
  }
}

/**
 * Reads the command line.
 * @throws InputError `CHAIN_ARGUMENTS` naming the argument
 */
export function readArguments(argv: readonly string[]): LaunchOptions {
  const values = parse(argv)
  if (values.data === undefined) fail('CHAIN_ARGUMENTS', '--data is missing', { field: 'data', fix: 'name the data folder' })
  const host = values.host
  return {
    dataFolder: path.resolve(values.data),
    host,
    port: readInteger('port', values.port, 65_535),
    ...readGenesis(values.genesis, values['chain-id'], values.alloc ?? []),
    blockTimeMs: readInteger('block-time', values['block-time'], 3_600_000),
    batchDelayMs: readInteger('batch-delay', values['batch-delay'], 60_000),
    maxAheadSeconds: readInteger('max-ahead', values['max-ahead'], 86_400),
    corsOrigins: values.cors ?? [],
    allowedHosts: [...(values['allow-host'] ?? []), host.includes(':') ? `[${host}]` : host],
    sharedSeconds: values['shared-seconds'],
    dev: values.dev,
  }
}

function readInteger(name: string, text: string, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  return value <= most ? value : fail('CHAIN_ARGUMENTS', `--${name} must be a whole number up to ${most}, not "${text}"`, { field: name })
}

function readGenesis(file: string | undefined, chainIdText: string | undefined, allocs: readonly string[]): GenesisRequest {
  const chainId = chainIdText === undefined ? undefined : readInteger('chain-id', chainIdText, 999_999_999)
  if (file !== undefined) {
    const genesis = parseGenesis(readFileSync(file, 'utf8'))
    if (chainId !== undefined && chainId !== genesis.chainId) fail('CHAIN_ARGUMENTS', `--chain-id ${chainId} is not that of ${file}`, { field: 'chain-id' })
    return genesis
  }
  if (allocs.length === 0) return { chainId }
  return { chainId, alloc: Object.fromEntries(allocs.map(readAlloc)) }
}

function readAlloc(text: string): [string, bigint] {
  const match = /^(0x[0-9a-fA-F]{40})=(\d+)$/.exec(text)
  if (match === null) return fail('CHAIN_ARGUMENTS', `--alloc must be 0x…=AMOUNT, not "${text}"`, { field: 'alloc' })
  return [match[1] as string, BigInt(match[2] as string)]
}
