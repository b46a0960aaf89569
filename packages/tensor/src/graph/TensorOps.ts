import { InputError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import { opTable } from '../library/opTable.ts'
import { Tensor } from './Tensor.ts'
import type { TensorContext } from './TensorContext.ts'

type ArgumentOf<Kind extends string> = Kind extends 't' ? Tensor : Kind extends 'o' ? Tensor | null : number
type ArgumentsOf<Takes extends string> = Takes extends `${infer Kind}${infer Rest}` ? [ArgumentOf<Kind>, ...ArgumentsOf<Rest>] : []

/** Graph operations bound to one context: each adds a node and computes nothing yet. See `opTable` for shapes. */
export type TensorOps = { [Name in keyof typeof opTable]: (...args: ArgumentsOf<(typeof opTable)[Name]['takes']>) => Tensor }

type Guard = (...args: (Tensor & number)[]) => boolean

// ggml ends the process on a shape that does not fit; the products and reshapes, where mistakes happen, are checked here first.
const sameInner: Guard = (a, b) => a.shape[0] === b.shape[0] && b.shape[2] % a.shape[2] === 0 && b.shape[3] % a.shape[3] === 0
const repeats: Guard = (a, b) => a.shape.every((extent, axis) => extent % b.shape[axis]! === 0)
const keepsCount: Guard = (a, ...extents) => extents.reduce((product: number, extent) => product * extent, 1) === a.elements
const guards: Partial<Record<keyof typeof opTable, Guard>> = {
  mulMat: sameInner,
  mulMatId: (as, b, ids) => as.shape[0] === b.shape[0] && as.shape[3] === 1 && ids.shape[1] === b.shape[2] && ids.shape[0] % b.shape[1] === 0,
  outProd: (a, b) => a.shape[1] === b.shape[1],
  add: repeats,
  sub: repeats,
  mul: repeats,
  div: repeats,
  getRows: (a, b) => a.shape[2] === b.shape[1] && b.shape[3] === 1,
  setRows: (a, b, c) => a.shape[0] === b.shape[0] && c.shape[0] === b.shape[1],
  cpy: (a, b) => a.elements === b.elements,
  reshape1d: keepsCount,
  reshape2d: keepsCount,
  reshape3d: keepsCount,
  reshape4d: keepsCount,
}

/** Binds all operations to a context, which owns the nodes that they make. */
export function bindOps(context: TensorContext): TensorOps {
  const bound: Partial<Record<string, (...args: (Tensor | number | null)[]) => Tensor>> = {}
  for (const name of Object.keys(opTable) as (keyof typeof opTable)[]) {
    const call = context.ggml.ops[name]
    const guard = guards[name]
    const arity = opTable[name].takes.length
    bound[name] = (...args) => {
      if (args.length !== arity || (guard && !guard(...(args as (Tensor & number)[])))) refuse(name, args)
      const address = call<Pointer | null>(context.address, ...args.map((value) => (value instanceof Tensor ? value.address : value)))
      if (!address) refuse(name, args)
      return new Tensor(context, address)
    }
  }
  return bound as TensorOps
}

function refuse(name: string, args: (Tensor | number | null)[]): never {
  const shapes = args.map((value) => (value instanceof Tensor ? `${value.name || 'tensor'}[${value.shape.join(',')}]` : String(value)))
  throw new InputError('TENSOR_SHAPE', `${name} does not take (${shapes.join(', ')})`, { action: 'stop' })
}
