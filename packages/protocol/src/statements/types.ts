/**
 * The EIP-712 types of every statement. The contract that each is addressed to (its `verifyingContract`):
 * Contribution and Snapshot: Datanets · TrainingRun and Deployment: Models · Voucher: Channels · Receipt: Epochs.
 */
export const statementTypes = {
  Contribution: [
    { name: 'datanetId', type: 'uint256' },
    { name: 'contributor', type: 'address' },
    { name: 'recordsRoot', type: 'bytes32' },
    { name: 'count', type: 'uint32' },
    { name: 'licence', type: 'string' },
    { name: 'consent', type: 'uint8' },
    { name: 'nonce', type: 'uint256' },
  ],
  Snapshot: [
    { name: 'datanetId', type: 'uint256' },
    { name: 'parent', type: 'bytes32' },
    { name: 'root', type: 'bytes32' },
    { name: 'recordCount', type: 'uint32' },
    { name: 'contributorCount', type: 'uint32' },
    { name: 'contentHash', type: 'bytes32' },
  ],
  TrainingRun: [
    { name: 'trainer', type: 'address' },
    { name: 'baseId', type: 'bytes32' },
    { name: 'snapshotIds', type: 'bytes32[]' },
    { name: 'recipeHash', type: 'bytes32' },
    { name: 'profileHash', type: 'bytes32' },
    { name: 'seed', type: 'bytes32' },
    { name: 'adapterId', type: 'bytes32' },
    { name: 'metricsHash', type: 'bytes32' },
  ],
  Deployment: [
    { name: 'owner', type: 'address' },
    { name: 'adapterId', type: 'bytes32' },
    { name: 'inputPrice', type: 'uint128' },
    { name: 'outputPrice', type: 'uint128' },
    { name: 'nodePpm', type: 'uint32' },
    { name: 'ownerPpm', type: 'uint32' },
    { name: 'stakersPpm', type: 'uint32' },
    { name: 'contributorsPpm', type: 'uint32' },
    { name: 'methodHash', type: 'bytes32' },
    { name: 'tableHash', type: 'bytes32' },
    { name: 'nonce', type: 'uint256' },
  ],
  Voucher: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'cumulative', type: 'uint128' },
  ],
  Receipt: [
    { name: 'baseId', type: 'bytes32' },
    { name: 'adapterId', type: 'bytes32' },
    { name: 'snapshotsHash', type: 'bytes32' },
    { name: 'deploymentId', type: 'bytes32' },
    { name: 'node', type: 'address' },
    { name: 'gateway', type: 'address' },
    { name: 'channelId', type: 'bytes32' },
    { name: 'requestHash', type: 'bytes32' },
    { name: 'outputHash', type: 'bytes32' },
    { name: 'samplingHash', type: 'bytes32' },
    { name: 'inputTokens', type: 'uint32' },
    { name: 'outputTokens', type: 'uint32' },
    { name: 'fee', type: 'uint128' },
    { name: 'profileHash', type: 'bytes32' },
    { name: 'fingerprintRoot', type: 'bytes32' },
    { name: 'attributionRoot', type: 'bytes32' },
    { name: 'shareRoot', type: 'bytes32' },
    { name: 'time', type: 'uint64' },
    { name: 'nonce', type: 'uint64' },
  ],
} as const

export type StatementName = keyof typeof statementTypes
