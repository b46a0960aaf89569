import type { AdapterFiles } from '../../adapter/readAdapterFiles.ts'

/** Where adapters are read from: a thread of its own, so that no disk and no file holds up the steps. */
export type AdapterSource = {
  /**
   * Reads and checks an adapter and computes its id.
   * @param path folder or GGUF file @param maxBytes largest file that is read
   * @throws InputError `ADAPTER_*`, `SAFETENSORS_*`, `GGUF_*`; StorageError `FILE_*`
   */
  read(path: string, maxBytes: number): Promise<AdapterFiles>
  /** Gives up what is being read, which fails. */
  close(): void
}
