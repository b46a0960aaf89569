import { hashMessage, hashTypedData, type TypedDataDefinition } from 'viem'
import { publicKeyToAddress, signAuthorization, signTransaction, toAccount, type PrivateKeyAccount } from 'viem/accounts'
import { fromHex, toHex, type Hex } from '../encoding/bytes.ts'
import { fastestCurve } from './fastestCurve.ts'

/**
 * The account of a private key. It signs digests, messages and statements with the fastest curve there is, byte for byte as viem's own account does;
 * transactions as viem's.
 * @throws when the key is none; the error does not quote it
 */
export function openAccount(privateKey: Hex): PrivateKeyAccount {
  const key = fromHex(privateKey)
  const publicKey = toHex(fastestCurve.publicKey(key))
  const sign = (digest: Hex): Hex => {
    const { signature, recovery } = fastestCurve.sign(fromHex(digest), key)
    return `${toHex(signature)}${recovery === 0 ? '1b' : '1c'}`
  }
  const account = toAccount({
    address: publicKeyToAddress(publicKey),
    sign: async ({ hash }) => sign(hash),
    signMessage: async ({ message }) => sign(hashMessage(message)),
    signTypedData: async (typedData) => sign(hashTypedData(typedData as TypedDataDefinition)),
    signAuthorization: (authorization) => signAuthorization({ ...authorization, privateKey }),
    signTransaction: (transaction, { serializer } = {}) => signTransaction({ privateKey, transaction, serializer }),
  })
  return { ...account, publicKey, source: 'privateKey' } as PrivateKeyAccount
}
