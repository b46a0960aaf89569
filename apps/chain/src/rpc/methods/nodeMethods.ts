import { quantity } from '../format/hex.ts'
import type { RpcMethods } from '../RpcContext.ts'

const clientVersion = 'OpenLedger-chain/0.1.0/EthereumJS-10.1.3'

/** What the node is. */
export const nodeMethods: RpcMethods = {
  web3_clientVersion: () => clientVersion,
  net_version: (_, { chain }) => chain.common.chainId().toString(),
  net_listening: () => true,
  net_peerCount: () => '0x0',
  eth_chainId: (_, { chain }) => quantity(chain.common.chainId()),
  eth_syncing: () => false,
  eth_accounts: () => [],
  eth_blockNumber: (_, { chain }) => quantity(chain.headNumber),
}
