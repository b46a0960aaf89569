/** What a bond stands for. */
export type StakeRole = 'node' | 'gateway' | 'auditor'

/** Each role as the Stakes contract numbers it. */
export const stakeRoleIndex: Record<StakeRole, number> = { node: 0, gateway: 1, auditor: 2 }
