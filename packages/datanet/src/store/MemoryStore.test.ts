import { describe, it } from 'vitest'
import { conformanceMaxBytes, contentStoreConformance } from './contentStoreConformance.ts'
import { MemoryStore } from './MemoryStore.ts'

describe('MemoryStore', () => {
  for (const { name, run } of contentStoreConformance(async () => new MemoryStore({ maxBytes: conformanceMaxBytes }))) it(name, run)
})
