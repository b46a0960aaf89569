import koffi from 'koffi'
import { UnavailableError } from '@openledger/protocol'
import { abi } from './abi.ts'
import { bindFunctions, type NativeFunction, type Pointer } from './bindFunctions.ts'
import { chooseVariant } from './chooseVariant.ts'
import { type AcceleratorKind, findNativeLibraries } from './findNativeLibraries.ts'
import { fixMmapThreshold } from './fixMmapThreshold.ts'
import { acceleratorFunctions, baseFunctions, cpuFunctions, registryFunctions } from './functionTable.ts'
import { opTable } from './opTable.ts'
import { type NativeLibraries, refuse } from './readNativePackage.ts'

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
  readonly #accelerators = new Map<AcceleratorKind, Pointer | UnavailableError>()
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
    refuseMixture(this)
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

  /**
   * The registration of another backend, whose library is loaded when it is first asked for.
   * @throws UnavailableError `NATIVE_MISSING` when the package has no such backend, `DEVICE_LIBRARY` when it cannot be loaded on this machine
   */
  accelerator(kind: AcceleratorKind): Pointer {
    let known = this.#accelerators.get(kind)
    if (known === undefined) this.#accelerators.set(kind, (known = loadAccelerator(this.libraries, kind)))
    if (known instanceof UnavailableError) throw known
    return known
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

/**
 * The backends of a process must share one ggml: a second copy of its base, from another package, would not know the tensors of the first.
 * Dynamic loaders give the CPU backend the first copy that any thread loaded.
 */
function refuseMixture({ base, cpu, libraries }: Pick<Ggml, 'base' | 'cpu' | 'libraries'>): void {
  const ofBackend = base.deviceBufferType<Pointer>(base.registrationDevice<Pointer>(cpu.cpuRegistration<Pointer>(), 0))
  if (ofBackend === base.cpuBufferType<Pointer>()) return
  throw new UnavailableError('NATIVE_MIXED', `this process has already loaded ggml from another package than ${libraries.folder}`, {
    action: 'stop',
    fix: 'name one package for the whole process with OPENLEDGER_GGML_DIR, or install one',
  })
}

function loadAccelerator(libraries: NativeLibraries, kind: AcceleratorKind): Pointer | UnavailableError {
  const paths = libraries.accelerators.get(kind)
  if (!paths) return new UnavailableError('NATIVE_MISSING', `${libraries.folder} has no ${kind} backend`, { action: 'fix', fix: `install the package with ${kind}, or compute on another device` })
  const causes: unknown[] = []
  for (const path of paths) {
    try {
      const registration = bindFunctions(koffi.load(path), acceleratorFunctions).registration<Pointer | null>()
      if (registration) return registration
    } catch (cause) {
      causes.push(cause)
    }
  }
  const reasons = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join('; ')
  return new UnavailableError('DEVICE_LIBRARY', `the ${kind} backend cannot be loaded: ${reasons || 'it refuses this machine'}`, {
    cause: causes[0],
    action: 'fix',
    fix: `install the driver and run-time libraries of ${kind}, or compute on another device`,
  })
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
 * @param options.accelerator a backend that the package must bring; default the installed package that brings most
 * @throws UnavailableError `NATIVE_MISSING`, `NATIVE_ABI`, `NATIVE_MIXED`, `VARIANT_UNKNOWN`, `VARIANT_UNSUPPORTED`
 */
export function loadGgml(options: { variant?: string; accelerator?: AcceleratorKind } = {}): Ggml {
  const wanted = options.variant ?? (process.env.OPENLEDGER_GGML_VARIANT || undefined)
  const key = `${wanted ?? ''} ${options.accelerator ?? ''}`
  const known = loaded.get(key)
  if (known) return known
  const libraries = findNativeLibraries({ accelerator: options.accelerator })
  const variant = chooseVariant(libraries.cpu, wanted)
  const path = libraries.cpu.get(variant)!
  fixMmapThreshold()
  const ggml = loaded.get(path) ?? new Ggml(libraries, variant)
  loaded.set(path, ggml)
  loaded.set(key, ggml)
  return ggml
}
