import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { until } from './until';
import { needDebianPackages, PackageFiles } from '../cluster/debian';

const PROGRAM = '/usr/bin/chromium';

export const CHROMIUM: PackageFiles = { chromium: PROGRAM };

/** The time limit, in milliseconds, of a `beforeAll` that calls `Browser.start()`. The first call fetches 100 MB of Debian packages. */
export const BROWSER_TIMEOUT = 600_000;

const FLAGS = [
  // Root cannot use the sandbox. The tests run as root where they install packages, and open only their own files.
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-extensions', '--remote-debugging-pipe',
];

/**
 * How the browser shows a page.
 */
export interface Looks {
  readonly width?: number;
  readonly media?: 'screen' | 'print';
  readonly scheme?: 'light' | 'dark';
}

/**
 * A real browser, driven by the Chrome DevTools Protocol.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/
 */
export class Browser {
  /**
   * Starts Debian's chromium. As root it installs the package if it is missing.
   */
  public static async start(): Promise<Browser> {
    needDebianPackages(CHROMIUM);
    const folder = mkdtempSync(join(tmpdir(), 'browser-'));
    const chromium = spawn(PROGRAM, [...FLAGS, `--user-data-dir=${folder}`, 'about:blank'], {
      detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const browser = new Browser(chromium, folder);
    await browser.attach();
    return browser;
  }

  /** The URLs that the page has requested. */
  public readonly requests: string[] = [];
  /** The errors that the browser reports, such as violations of the page's own policy. */
  public readonly complaints: string[] = [];

  private readonly answers = new Map<number, { resolve(value: object): void; reject(error: Error): void }>();
  private session?: string;
  private last = 0;
  private rest = '';
  private loaded?: () => void;

  private constructor(private readonly chromium: ChildProcess, private readonly folder: string) {
    (chromium.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.read(text));
    chromium.once('exit', (code) => this.answers.forEach(({ reject }) => reject(new Error(`chromium ended with status ${code}`))));
  }

  /** Opens a page. Resolves when it is loaded. */
  public async open(url: string, { width = 1200, media = 'screen', scheme = 'light' }: Looks = {}): Promise<void> {
    this.requests.length = 0;
    this.complaints.length = 0;
    await this.send('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: false });
    await this.send('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }] });
    const loaded = new Promise<void>((resolve) => { this.loaded = resolve; });
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of a JavaScript expression in the page, as JSON. */
  public async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, returnByValue: true }) as {
      result: { value: T }; exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** The accessible names of all elements with a role. */
  public async named(role: string): Promise<string[]> {
    const { nodes } = await this.send('Accessibility.getFullAXTree') as { nodes: Array<{ role?: { value: string }; name?: { value: string } }> };
    return nodes.filter((node) => node.role?.value === role).map(({ name }) => name?.value ?? '');
  }

  public async stop(): Promise<void> {
    const exited = once(this.chromium, 'exit');
    // The group: chromium's child processes write into the folder as long as they run.
    if (this.chromium.pid !== undefined) process.kill(-this.chromium.pid, 'SIGKILL');
    await exited;
    await until(() => isRemoved(this.folder));
  }

  private async attach(): Promise<void> {
    const { targetInfos } = await this.send('Target.getTargets') as { targetInfos: Array<{ type: string; targetId: string }> };
    const { targetId } = targetInfos.find(({ type }) => type === 'page')!;
    this.session = (await this.send('Target.attachToTarget', { targetId, flatten: true }) as { sessionId: string }).sessionId;
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await this.send(`${domain}.enable`);
  }

  private async send(method: string, params: object = {}): Promise<object> {
    this.last += 1;
    const id = this.last;
    const answer = new Promise<object>((resolve, reject) => this.answers.set(id, { resolve, reject }));
    (this.chromium.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId: this.session })}\0`);
    return answer;
  }

  private read(text: string): void {
    const messages = (this.rest + text).split('\0');
    this.rest = messages.pop() ?? '';
    for (const message of messages) this.handle(JSON.parse(message));
  }

  private handle({ id, result, error, method, params }: Message): void {
    if (id !== undefined) {
      const answer = this.answers.get(id);
      this.answers.delete(id);
      if (error) answer?.reject(new Error(error.message));
      else answer?.resolve(result ?? {});
    }
    if (method === 'Network.requestWillBeSent') this.requests.push(params?.request?.url ?? '');
    if (method === 'Log.entryAdded') this.complaints.push(params?.entry?.text ?? '');
    if (method === 'Page.loadEventFired') this.loaded?.();
  }
}

/** A process that is being killed may still create a file, so the folder is not empty then. */
function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') return false;
    throw error;
  }
}

interface Message {
  readonly id?: number;
  readonly result?: object;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string }; readonly entry?: { readonly text: string } };
}
