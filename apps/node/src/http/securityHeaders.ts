import { secureHeaders } from 'hono/secure-headers'

/** Says to browsers, with every response, that pages take everything from this node and stand in no other page; the rest is hono's default. */
export const secured = secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'], frameAncestors: ["'none'"] } })
