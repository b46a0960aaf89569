import { wopenAbi, type AuthorisedPayment, type Hex, type Network } from '@openledger/protocol'
import { addressesOfNetwork, closeChannel, ledgerWriter, openAuthorisedChannel, readTill, type OpenedChannel } from '@openledger/sdk'
import { chainError } from '../chain/chainError.ts'
import { createWalletClient, http, isAddressEqual, parseEventLogs, type Address, type LocalAccount, type PublicClient } from 'viem'

/** What taking a stranger's payment asks of the chain, in the name of the gateway. Every method may throw UnavailableError CHAIN_AWAY or NOT_MINED. */
export type PaymentChain = {
  till(prepaid: boolean): Promise<Address>
  balance(account: Address): Promise<bigint>
  /** Whether an authorisation can still be carried out, was carried out (by this transaction), or is used up without this payment. */
  authorisation(payment: AuthorisedPayment): Promise<'open' | 'carried out' | 'used'>
  open(payment: AuthorisedPayment, prepaid: boolean): Promise<OpenedChannel>
  /** Pays the rest of a channel back and closes it. */
  close(channelId: Hex): Promise<void>
}

/** The gateway's till on the chain, over JSON-RPC. */
export function openPaymentChain(network: Network, rpcUrl: string, client: PublicClient, account: LocalAccount): PaymentChain {
  const writer = ledgerWriter(createWalletClient({ account, transport: http(rpcUrl) }), client, addressesOfNetwork(network))
  const { wopen } = network.contracts
  const ask = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      throw chainError(error, what)
    }
  }
  const tills = new Map<boolean, Address>()
  return {
    async till(prepaid) {
      const known = tills.get(prepaid) ?? (await readTill(writer, account.address, prepaid))
      tills.set(prepaid, known)
      return known
    },
    balance: (of) => ask('reading a balance', () => client.readContract({ address: wopen, abi: wopenAbi, functionName: 'balanceOf', args: [of] })),
    async authorisation({ authorization: { from, to, value, nonce } }) {
      const used = await ask('reading an authorisation', () => client.readContract({ address: wopen, abi: wopenAbi, functionName: 'authorizationState', args: [from, nonce] }))
      if (!used) return 'open'
      // A cancelled nonce looks the same; only the transfer beside it tells that this payment was made.
      const [log] = await ask('reading an authorisation', () =>
        client.getContractEvents({ address: wopen, abi: wopenAbi, eventName: 'AuthorizationUsed', args: { authorizer: from, nonce }, fromBlock: network.deployBlock }),
      )
      if (!log) return 'used'
      const { logs } = await ask('reading an authorisation', () => client.getTransactionReceipt({ hash: log.transactionHash }))
      const next = parseEventLogs({ abi: wopenAbi, eventName: 'Transfer', logs }).find((t) => t.logIndex === log.logIndex + 1 && isAddressEqual(t.address, wopen))
      return next && isAddressEqual(next.args.from, from) && isAddressEqual(next.args.to, to) && next.args.value === value ? 'carried out' : 'used'
    },
    open: (payment, prepaid) => openAuthorisedChannel(writer, payment, prepaid),
    close: async (id) => void (await closeChannel(writer, id)),
  }
}
