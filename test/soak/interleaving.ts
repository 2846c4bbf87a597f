import { Random } from './random';
import { configMap, deployment, job, secret, service, serviceAccount } from '../cluster/application';

/**
 * Two applications in one namespace. An interleaving holds a request of the first one.
 */
export type AppName = 'first' | 'second';

export const APPS: readonly AppName[] = ['first', 'second'];

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/**
 * One run of the command for one application.
 */
export interface Operation {
  readonly command: 'deploy' | 'rollback' | 'destroy';
  /** The manifests of a deploy. */
  readonly objects: readonly Manifest[];
  readonly options: readonly string[];
  /** The server denies the last write of the deploy. */
  readonly isDenied: boolean;
}

/**
 * A request of the first application that waits until the second application has done its operations.
 */
export interface Hold {
  readonly method: 'PATCH' | 'DELETE';
  readonly object: Manifest;
  /** The n-th write of the object by this method, from 1. */
  readonly nth: number;
  /**
   * The action of an administrator on the contended object while the request waits, before the second application begins. `releases`: removes the
   * owner label, so that another application may adopt the object.
   */
  readonly administrator?: 'deletes' | 'releases';
  readonly second: readonly Operation[];
  /** Whether the response to the held request is lost, so that the client retries it. */
  readonly losesAnswer: boolean;
  /** Milliseconds by which the first application's clock advances while the request waits, in addition to the real time. */
  readonly skips: number;
}

/**
 * A run of two applications in a namespace of its own.
 */
export interface Interleaving {
  readonly seed: number;
  /** The kind of write that the second application precedes. */
  readonly window: WindowName;
  /** The object that both applications write. */
  readonly contended: Manifest;
  /** Objects without an owner. */
  readonly existing: readonly Manifest[];
  /** The applications do these at the same time. */
  readonly before: Readonly<Record<AppName, readonly Operation[]>>;
  readonly held: Operation;
  readonly holds: readonly Hold[];
  /** The applications do these at the same time. */
  readonly after: Readonly<Record<AppName, readonly Operation[]>>;
}

export type WindowName = keyof typeof WINDOWS;

/**
 * The interleaving of a seed: the same seed gives the same operations and the same held request. Seeds in a row take all windows in turn.
 */
export function interleavingOf(seed: number): Interleaving {
  const window = WINDOW_NAMES[seed % WINDOW_NAMES.length]!;
  return { seed, window, existing: [], ...WINDOWS[window](new Draw(new Random(seed))) };
}

type Scene = Omit<Interleaving, 'seed' | 'window' | 'existing'> & Partial<Pick<Interleaving, 'existing'>>;

/** Objects that both applications may have. The content names the application and the version. */
const CONTENDED: Readonly<Record<string, (content: string, version: number) => object>> = {
  'ConfigMap settings': (content) => configMap('settings', { content, [content]: 'yes' }),
  'Secret web': (content) => secret('web', { content }),
  'Service web': (content) => ({ ...service('web'), spec: { selector: { app: content }, ports: [{ port: 80 }] } }),
  'ServiceAccount web': (content) => ({ ...serviceAccount('web'), metadata: { name: 'web', annotations: { content } } }),
  'Role web': (content) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'web' },
    rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: [content], verbs: ['get'] }],
  }),
  'PersistentVolumeClaim data': (content) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', annotations: { content } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  'Deployment web': (content) => deployment('web', { image: `registry.example.com/web:${content}` }),
  // The template of a Job is immutable. Here, all versions but the first have the same one.
  'Job task': (_, version) => job('task', { image: `registry.example.com/task:${Math.min(version, 2)}` }),
};

const ALL = Object.keys(CONTENDED);

/** The objects that a rollback applies from the record. */
const RECORDED = ['ConfigMap settings', 'Service web', 'ServiceAccount web', 'Deployment web'];

/** The objects that a deploy prunes without `--prune-data`. */
const PRUNED = [...RECORDED, 'Role web', 'Job task'];

/** The objects that an apply can change. */
const CHANGED = ALL.filter((key) => key !== 'Job task');

/** The writes of the first application that the second application precedes. */
const WINDOWS = {
  'a create by deploy': (draw: Draw) => draw.create([]),
  'a create by deploy --force-conflicts': (draw: Draw) => draw.create(['--force-conflicts']),
  'a change by deploy': (draw: Draw) => draw.change([]),
  'a change by deploy --force-conflicts': (draw: Draw) => draw.change(['--force-conflicts']),
  'an adoption by deploy --adopt': (draw: Draw) => draw.adoption(),
  'a Job that deploy replaces': (draw: Draw) => draw.replacement(),
  'an object that deploy makes again': (draw: Draw) => draw.secondLook(),
  'a removal by deploy': (draw: Draw) => draw.removal('deploy'),
  'a removal by destroy': (draw: Draw) => draw.removal('destroy'),
  'a removal by rollback': (draw: Draw) => draw.removal('rollback'),
  'a create by rollback': (draw: Draw) => draw.rollback('create'),
  'a change by rollback': (draw: Draw) => draw.rollback('change'),
  'a change by rollback on failure': (draw: Draw) => draw.undo('change'),
  'a create by rollback on failure': (draw: Draw) => draw.undo('create'),
  'a removal by rollback on failure': (draw: Draw) => draw.undo('removal'),
} satisfies Record<string, (draw: Draw) => Scene>;

export const WINDOW_NAMES = Object.keys(WINDOWS) as WindowName[];

/** Objects of only one application, in addition to the contended one. */
type Others = Readonly<Record<AppName, readonly string[]>>;

class Draw {
  constructor(private readonly random: Random) {}

  public create(options: readonly string[]): Scene {
    const isRollback = this.random.happens(0.2);
    const key = this.random.of(isRollback ? RECORDED : ALL);
    const others = this.others(key);
    const held = this.deploy('first', 2, [key, ...others.first], [...options, ...this.random.happens(0.2) ? ['--adopt'] : []], this.random.happens(0.3));
    const before = isRollback ? [this.deploy('second', 3, [key, ...others.second]), this.deploy('second', 4, others.second)] : this.perhaps(this.deploy('second', 3, []));
    const second = isRollback ? [command('rollback')] : [this.random.of([
      this.deploy('second', 5, [key, ...others.second]), this.deploy('second', 5, [key, ...others.second]), this.failing('second', 5, [key, ...others.second]),
    ])];
    return this.scene(key, {
      held, others, before: { first: this.perhaps(this.deploy('first', 1, [])), second: before }, holds: [this.hold(key, { second, losesAnswer: this.random.happens(0.2) })],
    });
  }

  public change(options: readonly string[]): Scene {
    const key = this.random.of(CHANGED);
    const others = this.others(key);
    const held = this.deploy('first', 2, [key, ...others.first], options);
    return this.scene(key, { held, others, before: this.both([key, ...others.first]), holds: [this.hold(key, this.taking(key, others))] });
  }

  public adoption(): Scene {
    const key = this.random.of(CHANGED);
    const others = this.others(key);
    const [held, second] = [this.deploy('first', 2, [key, ...others.first], ['--adopt']), [this.deploy('second', 5, [key, ...others.second], ['--adopt'])]];
    // The administrator's own field manager. An adoption takes over its fields.
    return this.scene(key, { held, others, before: this.both([]), holds: [this.hold(key, { second })], existing: [contended(key, 'first', 0)] });
  }

  public replacement(): Scene {
    const key = 'Job task';
    const others = this.others(key);
    const held = this.deploy('first', 2, [key, ...others.first]);
    const second = [this.deploy('second', 2, [key, ...others.second])];
    return this.scene(key, { held, others, before: this.both([key]), holds: [this.hold(key, { second })] });
  }

  /** The administrator deletes the object after its write. The deploy creates it again, because the clock has advanced. */
  public secondLook(): Scene {
    const key = this.random.of(CHANGED.filter((one) => one !== 'Deployment web'));
    const others = this.others(key);
    const held = this.deploy('first', 2, [key, 'Deployment web'], ['--rollback-on-failure']);
    const last = { ...this.hold(key, {}), object: contended('Deployment web', 'first', 2), administrator: 'deletes', skips: 2_500 } as const;
    const again = { ...this.hold(key, { second: [this.deploy('second', 5, [key])] }), nth: 2 };
    return this.scene(key, { held, others: { ...others, first: ['Deployment web'] }, before: this.both([]), holds: [last, again] });
  }

  public removal(by: Operation['command']): Scene {
    const key = this.random.of(by === 'destroy' ? ALL.filter((one) => one !== 'PersistentVolumeClaim data') : PRUNED);
    const others = this.others(key);
    const [without, having] = [this.deploy('first', 1, others.first), this.deploy('first', 2, [key, ...others.first])];
    const [first, held] = {
      deploy: [[having], this.deploy('first', 3, others.first)] as const,
      destroy: [[having], command('destroy')] as const,
      rollback: [[without, having], command('rollback')] as const,
    }[by];
    const before = { first, second: this.both([]).second };
    return this.scene(key, { held, others, before, holds: [{ ...this.hold(key, this.taking(key, others)), method: 'DELETE' }] });
  }

  public rollback(to: 'create' | 'change'): Scene {
    const key = this.random.of(RECORDED);
    const others = this.others(key);
    const first = [this.deploy('first', 1, [key, ...others.first]), this.deploy('first', 2, to === 'change' ? [key, ...others.first] : others.first)];
    const meanwhile = to === 'change' ? this.taking(key, others) : { second: [this.deploy('second', 5, [key, ...others.second])], losesAnswer: this.random.happens(0.2) };
    return this.scene(key, { held: command('rollback', this.forcing()), others, before: { first, second: this.both([]).second }, holds: [this.hold(key, meanwhile)] });
  }

  /** `create`: the object of the previous release is gone, and the second application creates it before the failed release is rolled back. */
  public undo(to: 'create' | 'change' | 'removal'): Scene {
    const key = this.random.of(to === 'create' ? RECORDED : CHANGED);
    const others = this.others(key);
    const held = this.failing('first', 2, to === 'create' ? others.first : [key, ...others.first], ['--rollback-on-failure']);
    const taking = this.hold(key, this.taking(key, others));
    const hold = {
      create: { ...taking, object: own('first', 2) }, change: { ...taking, nth: 2 }, removal: { ...taking, method: 'DELETE' as const },
    }[to];
    const before = this.both(to === 'removal' ? others.first : [key, ...others.first]);
    return this.scene(key, { held, others, before, holds: [hold] });
  }

  private scene(key: string, { others, ...scene }: Omit<Scene, 'contended' | 'after'> & { readonly others: Others }): Scene {
    return { contended: contended(key, 'first', 2), ...scene, after: { first: this.next('first', [key, ...others.first]), second: this.next('second', [key, ...others.second]) } };
  }

  /** The steps of an administrator and of the second application that make an object of the first application one of the second. */
  private taking(key: string, { second }: Others): Pick<Hold, 'administrator' | 'second'> {
    const administrator = this.random.happens(0.6) ? 'deletes' : 'releases';
    // The first application's manager still owns the fields of a released object.
    const options = administrator === 'releases' ? ['--adopt', '--force-conflicts'] : [];
    return { administrator, second: [this.deploy('second', 5, [key, ...second], options)] };
  }

  private hold(key: string, { administrator, second = [], losesAnswer = false }: Partial<Hold>): Hold {
    return { method: 'PATCH', object: contended(key, 'first', 2), nth: 1, administrator, second, losesAnswer, skips: 0 };
  }

  /** Objects of the other contended names: a few for each application, and sometimes one for both. */
  private others(key: string): Others {
    const rest = ALL.filter((one) => one !== key && (one !== 'Deployment web' || this.random.happens(0.3)));
    const shares = rest.map((one) => ({ one, share: this.random.next() }));
    return {
      first: shares.filter(({ share }) => share < 0.25).map(({ one }) => one),
      second: shares.filter(({ share }) => share > 0.23 && share < 0.45).map(({ one }) => one),
    };
  }

  private both(first: readonly string[]): Readonly<Record<AppName, readonly Operation[]>> {
    return { first: [this.deploy('first', 1, first)], second: this.perhaps(this.deploy('second', 3, [])) };
  }

  private perhaps(operation: Operation): readonly Operation[] {
    return this.random.happens(0.5) ? [operation] : [];
  }

  private next(app: AppName, keys: readonly string[]): readonly Operation[] {
    const next = this.random.of(['nothing', 'deploy', 'failing', 'rollback', 'destroy'] as const);
    switch (next) {
      case 'nothing': return [];
      case 'deploy': return [this.deploy(app, 6, keys)];
      case 'failing': return [this.failing(app, 6, keys)];
      default: return [command(next, next === 'rollback' ? this.forcing() : [])];
    }
  }

  private deploy(app: AppName, version: number, keys: readonly string[], options: readonly string[] = this.options(), migrates = false): Operation {
    const objects = [own(app, version), ...migrates ? [migration(app, version)] : [], ...keys.map((key) => contended(key, app, version))];
    const all = [...options, ...this.random.happens(0.6) && !options.includes('--rollback-on-failure') ? ['--rollback-on-failure'] : [], ...MANY];
    return { command: 'deploy', objects, options: all, isDenied: false };
  }

  /** A deploy whose Deployment is denied by the server or never becomes ready. */
  private failing(app: AppName, version: number, keys: readonly string[], given: readonly string[] = []): Operation {
    const isDenied = this.random.happens(0.6);
    const { objects, options, ...rest } = this.deploy(app, version, keys, given);
    return { ...rest, objects: [...objects, broken(app)], options: isDenied ? options : [...options, '--timeout', '1s'], isDenied };
  }

  private options(): readonly string[] {
    return this.random.happens(0.1) ? ['--adopt'] : this.forcing();
  }

  private forcing(): readonly string[] {
    return this.random.happens(0.1) ? ['--force-conflicts'] : [];
  }
}

/** Releases are small, so a deploy may prune more than half of their objects. */
const MANY = ['--allow-prune-many'];

function command(name: 'rollback' | 'destroy', options: readonly string[] = []): Operation {
  return { command: name, objects: [], options: name === 'rollback' ? [...options, ...MANY] : [], isDenied: false };
}

function contended(key: string, app: AppName, version: number): Manifest {
  return CONTENDED[key]!(`${app}-${version}`, version) as Manifest;
}

function own(app: AppName, version: number): Manifest {
  return configMap(app, { version: String(version) }) as Manifest;
}

function migration(app: AppName, version: number): Manifest {
  return job(`migrate-${app}-${version}`, { annotations: { 'cdk8s-ci-deploy/before-workloads': 'true' } }) as Manifest;
}

/** The Deployment of a failing release. */
export function broken(app: AppName): Manifest {
  return deployment(`broken-${app}`, { annotations: { 'e2e/fault': 'image-pull' } }) as Manifest;
}
