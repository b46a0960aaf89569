import { decodeErrorResult, toFunctionSelector, type Abi, type Hex } from 'viem'
import { hexOf } from '../artifacts/Artifact.ts'

type AbiError = Extract<Abi[number], { type: 'error' }>

const panics: Partial<Record<string, string>> = { '1': 'assertion failed', '17': 'arithmetic overflow', '18': 'division by zero', '50': 'array index out of bounds' }

/** Says in words what a revert carries, with the errors that the contracts declare. */
export class RevertReader {
  private readonly errors = new Map<string, AbiError>()

  constructor(abis: readonly Abi[]) {
    for (const entry of abis.flat()) if (entry.type === 'error') this.errors.set(toFunctionSelector(`${entry.name}(${entry.inputs.map(canonical).join(',')})`), entry)
  }

  read(data: Uint8Array): string {
    if (data.length < 4) return 'reverted without a reason'
    const hex: Hex = hexOf(data)
    const known = this.errors.get(hex.slice(0, 10))
    try {
      const { errorName, args } = decodeErrorResult({ abi: known ? [known] : undefined as unknown as Abi, data: hex }) as { errorName: string; args?: readonly unknown[] }
      if (errorName === 'Panic') return `Panic: ${panics[String(args?.[0])] ?? `code ${String(args?.[0])}`}`
      return `${errorName}(${(args ?? []).map((value) => (typeof value === 'string' ? value : JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)))).join(', ')})`
    } catch {
      return `reverted with ${hex}`
    }
  }
}

type Parameter = AbiError['inputs'][number]
const canonical = (p: Parameter): string => ('components' in p && p.type.startsWith('tuple') ? `(${(p.components as readonly Parameter[]).map(canonical).join(',')})${p.type.slice(5)}` : p.type)
