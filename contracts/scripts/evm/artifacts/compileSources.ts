import { createRequire } from 'node:module'
import type { Abi } from 'viem'
import { InputError } from '@openledger/protocol'
import { bytesOf, type Artifact } from './Artifact.ts'

type Code = { object: string; sourceMap: string; immutableReferences?: Record<string, { start: number; length: number }[]> }
type Output = {
  errors?: { severity: string; formattedMessage: string }[]
  sources?: Record<string, { id: number; ast: unknown }>
  contracts?: Record<string, Record<string, { abi: Abi; evm: { bytecode: Code; deployedBytecode: Code } }>>
}
const wanted = ['abi', 'evm.bytecode.object', 'evm.bytecode.sourceMap', 'evm.deployedBytecode.object', 'evm.deployedBytecode.sourceMap', 'evm.deployedBytecode.immutableReferences']
type Solc = { compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string }

/** What the compiler says of sources: its contracts, and each source's number in the source maps and its syntax tree. */
export type Compilation = {
  artifacts: Artifact[]
  /** The ABIs of what has no code, by name: interfaces and abstract contracts. */
  interfaces: ReadonlyMap<string, Abi>
  sources: ReadonlyMap<string, { id: number; ast: unknown }>
}

/**
 * Compiles with the pinned npm solc for Cancun, without metadata in the code.
 * @param sources texts by path
 * @param optimizer the compiler's settings of that name
 * @param read the text of an import
 * @param withTree the paths of those whose syntax tree is wanted
 * @returns what it says
 * @throws InputError with what the compiler says
 */
export function compileSources(sources: Readonly<Record<string, string>>, optimizer: object, read: (path: string) => string, withTree: readonly string[] = []): Compilation {
  const solc = createRequire(import.meta.url)('solc') as Solc
  const settings = {
    optimizer,
    evmVersion: 'cancun',
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    remappings: ['@openzeppelin/=node_modules/@openzeppelin/'],
    outputSelection: {
      ...Object.fromEntries(withTree.map((path) => [path, { '': ['ast'], '*': wanted }])),
      '*': { '*': wanted },
    },
  }
  const input = { language: 'Solidity', settings, sources: Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, { content }])) }
  const answer = (path: string): { contents: string } | { error: string } => {
    try {
      return { contents: read(path) }
    } catch (error) {
      return { error: (error as Error).message }
    }
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: answer })) as Output
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new InputError('does_not_compile', errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
  const artifacts = Object.entries(output.contracts ?? {}).flatMap(([source, contracts]) =>
    Object.entries(contracts).flatMap(([name, { abi, evm: { bytecode, deployedBytecode } }]): Artifact[] => {
      if (bytecode.object === '') return []
      const creation = { bytes: bytesOf(bytecode.object), sourceMap: bytecode.sourceMap }
      const runtime = { bytes: bytesOf(deployedBytecode.object), sourceMap: deployedBytecode.sourceMap, immutables: Object.values(deployedBytecode.immutableReferences ?? {}).flat() }
      return [{ name, source, abi, creation, runtime }]
    }),
  )
  const codeless = Object.values(output.contracts ?? {}).flatMap((contracts) => Object.entries(contracts).filter(([, { evm }]) => evm.bytecode.object === ''))
  return { artifacts, interfaces: new Map(codeless.map(([name, { abi }]) => [name, abi])), sources: new Map(Object.entries(output.sources ?? {})) }
}
