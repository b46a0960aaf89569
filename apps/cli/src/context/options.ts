/** The options that every command takes. */
export type GlobalOptions = {
  data: string
  json: boolean
  /** The node's address; default: the node of the data folder. */
  url?: string
  /** The name of the key in the data folder that acts. */
  as?: string
  /** A key file that acts, instead of one in the data folder. */
  key?: string
}
