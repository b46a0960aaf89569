import { generateKeyPairSync, sign } from 'node:crypto'

const tlv = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: Uint8Array[]): Buffer => tlv(0x30, ...parts)
const utcTime = (text: string): Buffer => tlv(0x17, Buffer.from(text))
/** ecdsa-with-SHA256 and commonName. */
const [ecdsaSha256, commonName] = ['06082a8648ce3d040302', '0603550403'].map((hex) => Buffer.from(hex, 'hex')) as [Buffer, Buffer]

/** A certificate that nobody vouches for, with a new key (X.509 version 3, RFC 5280, in DER by hand), in PEM. @param serial 1 to 127 */
export function selfSigned(name: string, serial = 1): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(ecdsaSha256)
  const names = sequence(tlv(0x31, sequence(commonName, tlv(0x0c, Buffer.from(name)))))
  const version = tlv(0xa0, Buffer.from([2, 1, 2]))
  const body = sequence(version, Buffer.from([2, 1, serial]), algorithm, names, sequence(utcTime('260101000000Z'), utcTime('491231235959Z')), names, publicKey.export({ type: 'spki', format: 'der' }))
  const cert = sequence(body, algorithm, tlv(0x03, Buffer.from([0]), sign('sha256', body, privateKey)))
  const lines = cert.toString('base64').match(/.{1,64}/g)!.join('\n')
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}
