import { hashTypedData, type TypedDataDefinition } from 'viem'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { fromHex, toHex, type Hex } from '../encoding/bytes.ts'
import { fastestCurve } from './fastestCurve.ts'

/**
 * The account of a private key, which signs digests and statements with the fastest curve there is, byte for byte as viem's own account does.
 * @throws viem's error when the key is none
 */
export function openAccount(privateKey: Hex): PrivateKeyAccount {
  const account = privateKeyToAccount(privateKey)
  const key = fromHex(privateKey)
  const sign = (digest: Hex): Hex => {
    const { signature, recovery } = fastestCurve.sign(fromHex(digest), key)
    return `${toHex(signature)}${recovery === 0 ? '1b' : '1c'}`
  }
  return {
    ...account,
    sign: ({ hash }) => Promise.resolve(sign(hash)),
    signTypedData: (typedData) => Promise.resolve(sign(hashTypedData(typedData as TypedDataDefinition))),
  }
}
