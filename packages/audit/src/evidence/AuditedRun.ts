import type { SnapshotCorpus } from '@openledger/attribution'
import type { SnapshotRecord } from '@openledger/datanet'
import type { Hex, RunManifest } from '@openledger/protocol'

/** A run whose claims were read; filled in as checks hold. */
export type AuditedRun = { manifest: RunManifest; records: SnapshotRecord[]; revoked: Map<Hex, bigint>; corpus: SnapshotCorpus | undefined }
