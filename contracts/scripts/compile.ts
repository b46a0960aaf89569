import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const contractsFolder = dirname(dirname(fileURLToPath(import.meta.url)))

/** The contracts that are deployed, in the order of deployment. */
export const contractNames = ['WOPEN', 'TokenWOPEN', 'Parameters', 'Stakes', 'Epochs', 'Channels', 'Datanets', 'Models', 'EpochCourt', 'InclusionCourt', 'Estates', 'ScoreJudge', 'SpanJudge', 'IndexJudge', 'PaymentJudge', 'AttributionCourt', 'IdentityRegistry', 'Guarantees', 'ReputationRegistry', 'ValidationRegistry', 'GuaranteeValidator', 'HashVerifier', 'ReceiptVerifier', 'ClientVerifier', 'CommitteeVerifier', 'SamplingBeacon', 'ExecutionCourt', 'Timelock', 'LedgerGovernor'] as const
export type ContractName = (typeof contractNames)[number]

export type AbiParameter = { name: string; type: string; internalType?: string; indexed?: boolean; components?: AbiParameter[] }
export type AbiEntry = { type: string; name?: string; inputs?: AbiParameter[]; outputs?: AbiParameter[]; stateMutability?: string; anonymous?: boolean }
export type Artefact = { abi: AbiEntry[]; bytecode: `0x${string}`; runtimeSize: number }

type SolcOutput = {
  errors?: { severity: string; formattedMessage: string }[]
  contracts?: Record<string, Record<string, { abi: AbiEntry[]; evm: { bytecode: { object: string }; deployedBytecode: { object: string } } }>>
}
type Solc = { compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string }

/** The compiler settings; `foundry.toml` says the same. No metadata hash, so that the bytecode depends on the code alone. */
const settings = {
  optimizer: { enabled: true, runs: 10_000 },
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
}

function readSource(path: string): { contents: string } | { error: string } {
  try {
    const file = path.startsWith('@') ? require.resolve(path) : join(contractsFolder, path)
    return { contents: readFileSync(file, 'utf8') }
  } catch {
    return { error: `${path} not found` }
  }
}

/**
 * Compiles the contracts with the pinned npm solc.
 * @returns the ABI and creation bytecode of each deployed contract, and the size of its runtime code in bytes
 * @throws a list of the compiler's errors
 */
export function compile(): Record<ContractName, Artefact> {
  const solc = require('solc') as Solc
  const sources = Object.fromEntries(contractNames.map((name) => [`src/${name}.sol`, { content: readFileSync(join(contractsFolder, `src/${name}.sol`), 'utf8') }]))
  const input = JSON.stringify({ language: 'Solidity', sources, settings })
  const output = JSON.parse(solc.compile(input, { import: readSource })) as SolcOutput
  const own = (output.errors ?? []).filter((e) => e.severity === 'error' || !e.formattedMessage.includes('@openzeppelin/'))
  if (own.length > 0) throw new AggregateError(own.map((e) => e.formattedMessage), own.map((e) => e.formattedMessage).join('\n'))
  const artefact = (name: ContractName): Artefact => {
    const contract = output.contracts![`src/${name}.sol`]![name]!
    return { abi: contract.abi, bytecode: `0x${contract.evm.bytecode.object}`, runtimeSize: contract.evm.deployedBytecode.object.length / 2 }
  }
  return Object.fromEntries(contractNames.map((name) => [name, artefact(name)])) as Record<ContractName, Artefact>
}
