import type { RpcMethods } from '../RpcContext.ts'
import { blockMethods } from './blockMethods.ts'
import { callMethods } from './callMethods.ts'
import { devMethods } from './devMethods.ts'
import { feeMethods } from './feeMethods.ts'
import { logMethods } from './logMethods.ts'
import { nodeMethods } from './nodeMethods.ts'
import { stateMethods } from './stateMethods.ts'
import { transactionMethods } from './transactionMethods.ts'

/** All methods. @param dev adds those that move time */
export function rpcMethods(dev: boolean): RpcMethods {
  return {
    ...nodeMethods,
    ...blockMethods,
    ...transactionMethods,
    ...stateMethods,
    ...callMethods,
    ...feeMethods,
    ...logMethods,
    ...(dev ? devMethods : {}),
  }
}
