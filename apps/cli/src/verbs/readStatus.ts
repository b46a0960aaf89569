import type { BalanceView, DatanetView, DeploymentView, RunView, StatusView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'

export type Status = { data: string; node: StatusView; datanets: DatanetView[]; runs: RunView[]; deployments: DeploymentView[]; balances: BalanceView[] }

/** What a node holds, in one look. */
export async function readStatus({ node, folder }: Pick<Session, 'node' | 'folder'>): Promise<Status> {
  const [status, datanets, runs, deployments, balances] = await Promise.all([node.status(), node.datanets(), node.runs(), node.deployments(), node.balances()])
  return { data: folder.root, node: status, datanets, runs, deployments, balances }
}
