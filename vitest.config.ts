import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** Files that start whole networks take a minute and more. */
const isLong = ({ moduleId }: TestSpecification): boolean => /\/(kill|loop|clients|page|serveBench|readout|faults|network|simulateNetwork)\.test\.ts$/.test(moduleId)

/** Begins the long files first, so that in the end no worker goes on with one of them alone. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    include: ['{packages,apps,models}/*/src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts', 'contracts/scripts/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['tools/propertySeed.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: many tests wait for a chain or for time to pass.
    maxWorkers: 3,
    // Files of one worker share what they import: reading it anew for each of them would take a fifth of all the time.
    isolate: false,
    sequence: { sequencer: LongFirst },
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
})
