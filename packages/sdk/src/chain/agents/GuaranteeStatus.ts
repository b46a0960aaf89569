/** Where a guarantee stands, in the contract's order. */
export const guaranteeStatuses = ['unknown', 'accepted', 'delivered', 'kept', 'broken', 'undecided'] as const
export type GuaranteeStatus = (typeof guaranteeStatuses)[number]
