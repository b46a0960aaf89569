/** The one native build that this unit is written against; any other is refused at load time. */
export const abi = {
  /** Version of the `@node-llama-cpp/<platform>` packages. */
  packageVersion: '3.22.1',
  /** llama.cpp release that the packages were built from. */
  release: 'v0.5.0',
  /** What `ggml_version()` must answer. */
  ggml: '0.25.1',
} as const
