import { hashTypedData, isAddressEqual, type Address, type LocalAccount } from 'viem'
import type { Hex } from '../encoding/bytes.ts'
import { recoverSigner } from '../signatures/recoverSigner.ts'
import type { AuthorisedPayment } from './paymentMessages.ts'

/** The EIP-712 domain of WOPEN: its name and version are also the `extra` of payment requirements. */
export const wopenDomain = { name: 'Wrapped OPEN', version: '1' } as const

const types = {
  TransferWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

const typed = (chainId: number, wopen: Address, message: AuthorisedPayment['authorization']) =>
  ({ domain: { ...wopenDomain, chainId, verifyingContract: wopen }, types, primaryType: 'TransferWithAuthorization', message }) as const

/** Authorises a transfer of WOPEN by ERC-3009, which anyone may then carry out once. @param transfer amounts in the smallest unit, times in Unix seconds */
export async function signTransferAuthorization(
  account: Pick<LocalAccount, 'signTypedData'>,
  chainId: number,
  wopen: Address,
  transfer: AuthorisedPayment['authorization'],
): Promise<Hex> {
  return account.signTypedData(typed(chainId, wopen, transfer))
}

/** Whether an authorised transfer is signed by the account that it takes from. */
export async function isTransferAuthorised(chainId: number, wopen: Address, { authorization, signature }: AuthorisedPayment): Promise<boolean> {
  try {
    return isAddressEqual(recoverSigner(hashTypedData(typed(chainId, wopen, authorization)), signature), authorization.from)
  } catch {
    return false
  }
}
