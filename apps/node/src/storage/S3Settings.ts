import { fail } from '@openledger/protocol'

/** Where content lies in an S3-compatible store, and who asks for it. Holds secrets: it is never logged. */
export type S3Settings = {
  bucket: string
  /** Before every key: empty, or ending in a slash. */
  prefix: string
  /** Such as https://s3.eu-central-1.amazonaws.com or http://127.0.0.1:9000. */
  endpoint: string
  /** The bucket in the path (most stores beside Amazon's), or in the host name. */
  pathStyle: boolean
  region: string
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

/**
 * Reads where content lies from an address such as s3://bucket/prefix and the usual variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
 * AWS_REGION or AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL. With an endpoint the bucket stands in the path unless it is said otherwise.
 * @throws InputError BAD_OPTION, NO_CREDENTIALS
 */
export function s3Settings(address: string, env: Readonly<Record<string, string | undefined>>, options: { pathStyle?: boolean } = {}): S3Settings {
  const [, bucket, path] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._/-]*))?$/.exec(address) ?? []
  if (bucket === undefined) fail('BAD_OPTION', 'the content store is not named as s3://bucket or s3://bucket/prefix', { field: 'content' })
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env
  if (!accessKeyId || !secretAccessKey) fail('NO_CREDENTIALS', 'an S3 store needs credentials', { field: 'content', fix: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' })
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1'
  const named = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL
  const endpoint = (named ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, '')
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) fail('BAD_OPTION', 'the endpoint of the content store is not an address', { field: 'AWS_ENDPOINT_URL_S3' })
  const prefix = (path ?? '').replace(/^\/+|\/+$/g, '')
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/`, endpoint, pathStyle: options.pathStyle ?? named !== undefined, region, accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}
