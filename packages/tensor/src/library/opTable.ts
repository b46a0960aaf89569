/**
 * The graph operations of ggml: symbol, and what each takes after the context, one letter per parameter:
 * `t` tensor, `o` tensor or null, `f` float, `i` int, `l` int64 (an extent), `z` size_t (bytes).
 * Shapes are ggml's: `ne[0]` is the innermost extent; `mulMat(a [K,M], b [K,N])` gives `[M,N]`.
 */
export const opTable = {
  // linear algebra
  mulMat: { symbol: 'ggml_mul_mat', takes: 'tt' },
  /** Gathered product: pools [K, M, slots], b [K, used|1, T], ids I32 [used, T] -> [M, used, T]. */
  mulMatId: { symbol: 'ggml_mul_mat_id', takes: 'ttt' },
  /** Sum over rows of outer products: a [M, T], b [N, T] -> [M, N]. */
  outProd: { symbol: 'ggml_out_prod', takes: 'tt' },
  // elementwise; the second operand is repeated to the first one's shape
  add: { symbol: 'ggml_add', takes: 'tt' },
  addInplace: { symbol: 'ggml_add_inplace', takes: 'tt' },
  add1: { symbol: 'ggml_add1', takes: 'tt' },
  addId: { symbol: 'ggml_add_id', takes: 'ttt' },
  sub: { symbol: 'ggml_sub', takes: 'tt' },
  mul: { symbol: 'ggml_mul', takes: 'tt' },
  div: { symbol: 'ggml_div', takes: 'tt' },
  scale: { symbol: 'ggml_scale', takes: 'tf' },
  scaleInplace: { symbol: 'ggml_scale_inplace', takes: 'tf' },
  scaleBias: { symbol: 'ggml_scale_bias', takes: 'tff' },
  sqr: { symbol: 'ggml_sqr', takes: 't' },
  sqrt: { symbol: 'ggml_sqrt', takes: 't' },
  log: { symbol: 'ggml_log', takes: 't' },
  exp: { symbol: 'ggml_exp', takes: 't' },
  neg: { symbol: 'ggml_neg', takes: 't' },
  abs: { symbol: 'ggml_abs', takes: 't' },
  step: { symbol: 'ggml_step', takes: 't' },
  clamp: { symbol: 'ggml_clamp', takes: 'tff' },
  sigmoid: { symbol: 'ggml_sigmoid', takes: 't' },
  silu: { symbol: 'ggml_silu', takes: 't' },
  /** (gradient, input) -> gradient of the input. */
  siluBack: { symbol: 'ggml_silu_back', takes: 'tt' },
  /** silu(gate) * up, with gate and up side by side in one tensor. */
  swiglu: { symbol: 'ggml_swiglu', takes: 't' },
  swigluSplit: { symbol: 'ggml_swiglu_split', takes: 'tt' },
  // normalisation
  norm: { symbol: 'ggml_norm', takes: 'tf' },
  rmsNorm: { symbol: 'ggml_rms_norm', takes: 'tf' },
  /** (gradient, input, eps) -> gradient of the input. */
  rmsNormBack: { symbol: 'ggml_rms_norm_back', takes: 'ttf' },
  l2Norm: { symbol: 'ggml_l2_norm', takes: 'tf' },
  // attention
  /** (x, positions I32, frequency factors, dims, mode, context of training, base, scale, ext, attn, betaFast, betaSlow). */
  ropeExt: { symbol: 'ggml_rope_ext', takes: 'ttoiiiffffff' },
  ropeExtBack: { symbol: 'ggml_rope_ext_back', takes: 'ttoiiiffffff' },
  softMax: { symbol: 'ggml_soft_max', takes: 't' },
  /** softmax(x * scale + mask), mask F16 or F32 [keys, queries] or null, ALiBi bias. */
  softMaxExt: { symbol: 'ggml_soft_max_ext', takes: 'toff' },
  /** (gradient, softmax output, scale, ALiBi bias) -> gradient of the input. */
  softMaxExtBack: { symbol: 'ggml_soft_max_ext_back', takes: 'ttff' },
  diagMaskInf: { symbol: 'ggml_diag_mask_inf', takes: 'ti' },
  flashAttention: { symbol: 'ggml_flash_attn_ext', takes: 'tttofff' },
  // gather and scatter
  getRows: { symbol: 'ggml_get_rows', takes: 'tt' },
  /** (gradient rows, ids, tensor of the table's shape) -> gradient of the table. */
  getRowsBack: { symbol: 'ggml_get_rows_back', takes: 'ttt' },
  /** Writes rows of b (F32) into a (any type) at I64 or I32 indices; the result is a view of a. */
  setRows: { symbol: 'ggml_set_rows', takes: 'ttt' },
  // copies and shapes
  cpy: { symbol: 'ggml_cpy', takes: 'tt' },
  cast: { symbol: 'ggml_cast', takes: 'ti' },
  dup: { symbol: 'ggml_dup', takes: 't' },
  cont: { symbol: 'ggml_cont', takes: 't' },
  cont2d: { symbol: 'ggml_cont_2d', takes: 'tll' },
  cont3d: { symbol: 'ggml_cont_3d', takes: 'tlll' },
  cont4d: { symbol: 'ggml_cont_4d', takes: 'tllll' },
  transpose: { symbol: 'ggml_transpose', takes: 't' },
  permute: { symbol: 'ggml_permute', takes: 'tiiii' },
  reshape1d: { symbol: 'ggml_reshape_1d', takes: 'tl' },
  reshape2d: { symbol: 'ggml_reshape_2d', takes: 'tll' },
  reshape3d: { symbol: 'ggml_reshape_3d', takes: 'tlll' },
  reshape4d: { symbol: 'ggml_reshape_4d', takes: 'tllll' },
  /** (x, ne0.., nb1.., byte offset). */
  view1d: { symbol: 'ggml_view_1d', takes: 'tlz' },
  view2d: { symbol: 'ggml_view_2d', takes: 'tllzz' },
  view3d: { symbol: 'ggml_view_3d', takes: 'tlllzzz' },
  view4d: { symbol: 'ggml_view_4d', takes: 'tllllzzzz' },
  viewTensor: { symbol: 'ggml_view_tensor', takes: 't' },
  concat: { symbol: 'ggml_concat', takes: 'tti' },
  repeat: { symbol: 'ggml_repeat', takes: 'tt' },
  repeat4d: { symbol: 'ggml_repeat_4d', takes: 'tllll' },
  /** Sums the repetitions of a into the shape of b. */
  repeatBack: { symbol: 'ggml_repeat_back', takes: 'tt' },
  acc: { symbol: 'ggml_acc', takes: 'ttzzzz' },
  /** Like `acc`, but changes a itself: view(a, nb1, nb2, nb3, byte offset) += b; the result is a view of a. */
  accInplace: { symbol: 'ggml_acc_inplace', takes: 'ttzzzz' },
  /** Overwrites view(a, nb1, byte offset) with b; the result is a view of a. */
  set2dInplace: { symbol: 'ggml_set_2d_inplace', takes: 'ttzz' },
  set1d: { symbol: 'ggml_set_1d', takes: 'ttz' },
  fill: { symbol: 'ggml_fill', takes: 'tf' },
  arange: { symbol: 'ggml_arange', takes: 'fff' },
  // reductions
  sum: { symbol: 'ggml_sum', takes: 't' },
  sumRows: { symbol: 'ggml_sum_rows', takes: 't' },
  mean: { symbol: 'ggml_mean', takes: 't' },
  cumsum: { symbol: 'ggml_cumsum', takes: 't' },
  argmax: { symbol: 'ggml_argmax', takes: 't' },
  argsort: { symbol: 'ggml_argsort', takes: 'ti' },
  topK: { symbol: 'ggml_top_k', takes: 'ti' },
  countEqual: { symbol: 'ggml_count_equal', takes: 'tt' },
  // training
  /** Mean over rows of the cross entropy of logits a against label distributions b: a scalar. */
  crossEntropyLoss: { symbol: 'ggml_cross_entropy_loss', takes: 'tt' },
  /** (gradient of the loss, logits, labels) -> gradient of the logits. */
  crossEntropyLossBack: { symbol: 'ggml_cross_entropy_loss_back', takes: 'ttt' },
  /** (weights, gradient, first moment, second moment, seven parameters F32); changes weights and moments in place. */
  adamw: { symbol: 'ggml_opt_step_adamw', takes: 'ttttt' },
} as const
