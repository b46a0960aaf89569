/**
 * C declarations of the ggml functions that are called directly, by the library that exports them.
 * Pointers are opaque addresses (`void *`); graph operations have a table of their own.
 */
export const baseFunctions = {
  version: 'const char *ggml_version()',
  commit: 'const char *ggml_commit()',
  free: 'void ggml_free(void *context)',
  reset: 'void ggml_reset(void *context)',
  usedMemory: 'size_t ggml_used_mem(void *context)',
  tensorOverhead: 'size_t ggml_tensor_overhead()',
  graphOverhead: 'size_t ggml_graph_overhead_custom(size_t size, bool grads)',
  newTensor: 'void *ggml_new_tensor_4d(void *context, int type, int64_t ne0, int64_t ne1, int64_t ne2, int64_t ne3)',
  setName: 'void *ggml_set_name(void *tensor, const char *name)',
  getName: 'const char *ggml_get_name(void *tensor)',
  setInput: 'void ggml_set_input(void *tensor)',
  setOutput: 'void ggml_set_output(void *tensor)',
  bytesOf: 'size_t ggml_nbytes(void *tensor)',
  isContiguous: 'bool ggml_is_contiguous(void *tensor)',
  newGraph: 'void *ggml_new_graph_custom(void *context, size_t size, bool grads)',
  expandGraph: 'void ggml_build_forward_expand(void *graph, void *tensor)',
  graphNodes: 'int ggml_graph_n_nodes(void *graph)',
  graphNode: 'void *ggml_graph_node(void *graph, int index)',
  operationName: 'const char *ggml_op_desc(void *tensor)',
  typeName: 'const char *ggml_type_name(int type)',
  typeSize: 'size_t ggml_type_size(int type)',
  blockSize: 'int64_t ggml_blck_size(int type)',
  rowSize: 'size_t ggml_row_size(int type, int64_t elements)',
  quantizeChunk: 'size_t ggml_quantize_chunk(int type, const float *source, void *target, int64_t start, int64_t rows, int64_t perRow, const float *importance)',
  halfToFloats: 'void ggml_fp16_to_fp32_row(const void *source, void *target, int64_t count)',
  bfloatToFloats: 'void ggml_bf16_to_fp32_row(const void *source, void *target, int64_t count)',
  validateRows: 'bool ggml_validate_row_data(int type, const void *data, size_t bytes)',
  allocateContext: 'void *ggml_backend_alloc_ctx_tensors_from_buft(void *context, void *bufferType)',
  freeBuffer: 'void ggml_backend_buffer_free(void *buffer)',
  clearBuffer: 'void ggml_backend_buffer_clear(void *buffer, uint8_t value)',
  bufferSize: 'size_t ggml_backend_buffer_get_size(void *buffer)',
  setBufferUsage: 'void ggml_backend_buffer_set_usage(void *buffer, int usage)',
  backendName: 'const char *ggml_backend_name(void *backend)',
  freeBackend: 'void ggml_backend_free(void *backend)',
  defaultBufferType: 'void *ggml_backend_get_default_buffer_type(void *backend)',
  compute: 'int ggml_backend_graph_compute(void *backend, void *graph)',
  supportsOperation: 'bool ggml_backend_supports_op(void *backend, void *tensor)',
  setTensor: 'void ggml_backend_tensor_set(void *tensor, const void *data, size_t offset, size_t bytes)',
  getTensor: 'void ggml_backend_tensor_get(void *tensor, void *data, size_t offset, size_t bytes)',
  fillTensor: 'void ggml_backend_tensor_memset(void *tensor, uint8_t value, size_t offset, size_t bytes)',
  newAllocator: 'void *ggml_gallocr_new(void *bufferType)',
  freeAllocator: 'void ggml_gallocr_free(void *allocator)',
  reserveGraph: 'bool ggml_gallocr_reserve(void *allocator, void *graph)',
  allocateGraph: 'bool ggml_gallocr_alloc_graph(void *allocator, void *graph)',
  allocatorSize: 'size_t ggml_gallocr_get_buffer_size(void *allocator, int buffer)',
  registrationDevices: 'size_t ggml_backend_reg_dev_count(void *registration)',
  registrationDevice: 'void *ggml_backend_reg_dev_get(void *registration, size_t index)',
  deviceDescription: 'const char *ggml_backend_dev_description(void *device)',
  deviceMemory: 'void ggml_backend_dev_memory(void *device, _Out_ size_t *free, _Out_ size_t *total)',
  deviceType: 'int ggml_backend_dev_type(void *device)',
  deviceBufferType: 'void *ggml_backend_dev_buffer_type(void *device)',
  initDevice: 'void *ggml_backend_dev_init(void *device, const char *parameters)',
  cpuBufferType: 'void *ggml_backend_cpu_buffer_type()',
  enterCritical: 'void ggml_critical_section_start()',
  leaveCritical: 'void ggml_critical_section_end()',
} as const

export const cpuFunctions = {
  newCpuBackend: 'void *ggml_backend_cpu_init()',
  setThreads: 'void ggml_backend_cpu_set_n_threads(void *backend, int threads)',
  cpuRegistration: 'void *ggml_backend_cpu_reg()',
} as const

export const registryFunctions = {
  registrationByName: 'void *ggml_backend_reg_by_name(const char *name)',
  register: 'void ggml_backend_register(void *registration)',
} as const

/** What every library of another backend exports. */
export const acceleratorFunctions = {
  registration: 'void *ggml_backend_init()',
} as const
