import koffi from 'koffi'
import { abi } from './abi.ts'
import { bindFunctions, type NativeFunction, type Pointer } from './bindFunctions.ts'
import { chooseVariant } from './chooseVariant.ts'
import { findNativeLibraries, type NativeLibraries, refuse } from './findNativeLibraries.ts'
import { baseFunctions, cpuFunctions, registryFunctions } from './functionTable.ts'
import { opTable } from './opTable.ts'

/** Which native code computes: part of every numerics profile. */
export type GgmlBuild = { version: string; commit: string; release: string; variant: string; platform: string }

type Bound<Table> = { [Name in keyof Table]: NativeFunction }

/** The loaded ggml: its functions, and the name of its build. One per thread and CPU variant; never unloaded. */
export class Ggml {
  readonly build: GgmlBuild
  readonly libraries: NativeLibraries
  readonly base: Bound<typeof baseFunctions>
  readonly cpu: Bound<typeof cpuFunctions>
  readonly ops: Bound<typeof opTable>
  readonly #initContext: (params: { mem_size: number; mem_buffer: null; no_alloc: boolean }) => Pointer | null

  constructor(libraries: NativeLibraries, variant: string) {
    const base = koffi.load(libraries.base)
    this.libraries = libraries
    this.base = bindFunctions(base, baseFunctions)
    const version = this.base.version<string>()
    if (version !== abi.ggml) refuse(`ggml ${version}`)
    const cpuPath = libraries.cpu.get(variant)
    if (!cpuPath) refuse(`no CPU build ${variant}`)
    this.cpu = bindFunctions(koffi.load(cpuPath), cpuFunctions)
    const declarations: Record<string, string> = {}
    for (const [name, op] of Object.entries(opTable)) declarations[name] = declarationOf(op.symbol, op.takes)
    this.ops = bindFunctions(base, declarations) as Bound<typeof opTable>
    const params = koffi.struct({ mem_size: 'size_t', mem_buffer: 'void *', no_alloc: 'bool' })
    this.#initContext = base.func('ggml_init', 'void *', [params])
    this.build = {
      version,
      commit: this.base.commit<string>(),
      release: libraries.release,
      variant,
      platform: `${process.platform}-${process.arch}`,
    }
  }

  /** Makes a context whose tensors get no memory of their own; the caller frees it. Returns 0n when memory is short. */
  initContext(bytes: number): Pointer {
    return this.#initContext({ mem_size: bytes, mem_buffer: null, no_alloc: true }) ?? 0n
  }

  /** Puts the CPU backend into the process-wide registry, once, for libraries that look it up there. */
  registerCpu(): void {
    const registry = bindFunctions(koffi.load(this.libraries.ggml), registryFunctions)
    const registration = this.cpu.cpuRegistration<Pointer>()
    this.base.enterCritical()
    try {
      if (!registry.registrationByName<Pointer | null>('CPU')) registry.register(registration)
    } finally {
      this.base.leaveCritical()
    }
  }
}

const cTypes: Record<string, string> = { t: 'void *', o: 'void *', f: 'float', i: 'int', l: 'int64_t', z: 'size_t' }

function declarationOf(symbol: string, takes: string): string {
  const parameters = ['void *context', ...[...takes].map((kind, index) => `${cTypes[kind]} p${index}`)]
  return `void *${symbol}(${parameters.join(', ')})`
}

const loaded = new Map<string, Ggml>()

/**
 * Loads ggml, or returns what this thread has already loaded.
 * @param options.variant the CPU build to insist on; default the environment's OPENLEDGER_GGML_VARIANT, else the best for this processor
 * @throws UnavailableError `NATIVE_MISSING`, `NATIVE_ABI`, `VARIANT_UNKNOWN`, `VARIANT_UNSUPPORTED`
 */
export function loadGgml(options: { variant?: string } = {}): Ggml {
  const wanted = options.variant ?? (process.env.OPENLEDGER_GGML_VARIANT || undefined)
  const known = loaded.get(wanted ?? '')
  if (known) return known
  const libraries = findNativeLibraries()
  const variant = chooseVariant(libraries.cpu, wanted)
  const ggml = loaded.get(variant) ?? new Ggml(libraries, variant)
  loaded.set(variant, ggml)
  loaded.set(wanted ?? '', ggml)
  return ggml
}
