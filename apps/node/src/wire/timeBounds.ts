/** How far the clocks of gateway and node may lie apart, milliseconds. */
export const clockSkewMs = 60_000

/** An order is valid for so long by the gateway's clock, milliseconds: longer than clocks may lie apart. */
export const orderMs = 90_000
