/** Whether the memory behind a context's tensors is there: shared by the context and by whoever owns the memory. */
export class Storage {
  alive = true
}
