import { generateKeyPairSync, KeyObject, randomBytes, sign } from 'node:crypto';

/**
 * A certificate and its private key, both PEM.
 */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

/** The fields of a certificate. */
export interface CertificateOptions {
  readonly commonName?: string;
  /** @default - `localhost` and 127.0.0.1 */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const DAY = 86_400_000;

/**
 * A certificate authority in this process, for servers on loopback. It issues a certificate in a millisecond, on any system.
 */
export class TestAuthority implements Certified {
  public readonly certificate: string;
  public readonly key: string;

  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

  constructor(private readonly name = 'test authority') {
    this.key = pem(this.keys.privateKey);
    const extensions = [extension([2, 5, 29, 19], sequence(boolean(true)), true)];
    this.certificate = certificate({ subject: name, issuer: name, publicKey: this.keys.publicKey, signer: this.keys.privateKey, extensions });
  }

  public issue({ commonName = 'test', hosts = ['localhost', '127.0.0.1'], notBefore, notAfter }: CertificateOptions = {}): Certified {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const extensions = hosts.length > 0 ? [extension([2, 5, 29, 17], sequence(...hosts.map(generalName)))] : [];
    const contents = { subject: commonName, issuer: this.name, publicKey, signer: this.keys.privateKey, extensions, notBefore, notAfter };
    return { certificate: certificate(contents), key: pem(privateKey) };
  }
}

interface Contents {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: Buffer[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** The parts of RFC 5280 that the tests need. */
function certificate({ subject, issuer, publicKey, signer, extensions, notBefore, notAfter }: Contents): string {
  const algorithm = sequence(identifier([1, 2, 840, 10045, 4, 3, 2]));
  const validity = sequence(time(notBefore ?? new Date(Date.now() - DAY)), time(notAfter ?? new Date(Date.now() + DAY)));
  const content = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm, distinguishedName(issuer), validity, distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...extensions.length > 0 ? [tagged(0xa3, sequence(...extensions))] : [],
  );
  const whole = sequence(content, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', content, signer)])));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(identifier([2, 5, 4, 3]), tagged(0x0c, Buffer.from(commonName)))));
}

function generalName(host: string): Buffer {
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(host);
  return isAddress ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host));
}

function extension(id: number[], value: Buffer, critical = false): Buffer {
  return sequence(identifier(id), ...critical ? [boolean(true)] : [], tagged(0x04, value));
}

function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(date.toISOString().replace(/[-:T]/g, '').replace(/\.\d+Z/, 'Z')));
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function identifier([first = 0, second = 0, ...rest]: number[]): Buffer {
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(rest % 128 + 128);
  return digits;
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
