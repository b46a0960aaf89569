import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Abi } from 'viem'
import { bytesOf, type Artifact } from './Artifact.ts'

type ForgeArtifact = {
  abi?: Abi
  bytecode?: { object: string; sourceMap?: string; linkReferences?: object }
  deployedBytecode?: { object: string; sourceMap?: string; immutableReferences?: Record<string, { start: number; length: number }[]> }
  metadata?: { settings: { compilationTarget: Record<string, string> } }
}

/**
 * Reads what Forge built.
 * @param folder Forge's output folder
 * @returns every contract that has code; interfaces and abstract contracts have none
 */
export function readForgeOutput(folder: string): Artifact[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.sol\/[^/]+\.json$/.test(file))
  return files.flatMap((file) => {
    const { abi, bytecode, deployedBytecode, metadata } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as ForgeArtifact
    const [target] = Object.entries(metadata?.settings.compilationTarget ?? {})
    if (!abi || !bytecode || !deployedBytecode || !target || bytecode.object === '0x') return []
    const [source, name] = target
    return [{
      name,
      source,
      abi,
      creation: { bytes: bytesOf(bytecode.object), sourceMap: bytecode.sourceMap ?? '' },
      runtime: { bytes: bytesOf(deployedBytecode.object), sourceMap: deployedBytecode.sourceMap ?? '', immutables: Object.values(deployedBytecode.immutableReferences ?? {}).flat() },
    }]
  })
}

/** The cheat codes that the tests declare: the interface `Vm` has no code, so it is no artifact. */
export function readCheatAbi(folder: string): Abi {
  return (JSON.parse(readFileSync(join(folder, 'Vm.sol/Vm.json'), 'utf8')) as { abi: Abi }).abi
}
