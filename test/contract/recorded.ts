import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Document, isCollection, visit } from 'yaml';
import { unifiedDifference } from './recording/difference';
import { Bodies, ScenarioRecord } from './recording/record';

const FOLDER = join(__dirname, 'recorded');
const BODIES = join(FOLDER, 'bodies.jsonl');

/**
 * The record in this repository: a YAML file for each scenario, and a line for each request body.
 */
export class Recorded {
  private readonly bodies = storedBodies();

  /** The difference from the record, as text. Empty when there is none. */
  public difference(name: string, record: ScenarioRecord, bodies: Bodies): string {
    const before = existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8') : '';
    const difference = unifiedDifference(before, textOf(record));
    const changed = changedBodies(difference).map(([request, from, to]) =>
      `body of ${request}:\n${unifiedDifference(pretty(this.bodies.get(from)), pretty(bodies.get(to)))}`);
    return [...difference === '' ? [] : [difference], ...new Set(changed)].join('\n');
  }

  public write(name: string, record: ScenarioRecord, bodies: Bodies): void {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(fileOf(name), textOf(record));
    for (const [hash, body] of bodies) this.bodies.set(hash, body);
  }

  /** Recorded names without a scenario. */
  public unknown(names: readonly string[]): string[] {
    return readdirSync(FOLDER).filter((file) => file.endsWith('.yaml')).map((file) => file.replace(/\.yaml$/, '')).filter((name) => !names.includes(name));
  }

  public remove(name: string): void {
    rmSync(fileOf(name));
  }

  /** Writes the bodies that recorded requests refer to. */
  public writeBodies(): void {
    const texts = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml')).map((file) => readFileSync(join(FOLDER, file), 'utf8'));
    const named = new Set(texts.flatMap((text) => [...text.matchAll(/ body=([0-9a-f]{12}) /g)].map(([, hash = '']) => hash)));
    // Reads the file again, because another process may have written a part of the record.
    const bodies = new Map([...storedBodies(), ...this.bodies]);
    const lines = [...named].filter((hash) => bodies.has(hash)).sort().map((hash) => `${JSON.stringify({ [hash]: bodies.get(hash) })}\n`);
    writeFileSync(BODIES, lines.join(''));
  }
}

/** The content of a scenario's file. */
export function textOf(record: ScenarioRecord): string {
  const document = new Document(record);
  // Small objects are written on one line.
  visit(document, {
    Map: (_, map) => {
      const isFlat = map.items.every(({ value }) => !isCollection(value) || value.items.length === 0);
      map.flow = isFlat && JSON.stringify(map.toJSON()).length < LONGEST_LINE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

const LONGEST_LINE = 220;

function fileOf(name: string): string {
  return join(FOLDER, `${name}.yaml`);
}

function storedBodies(): Bodies {
  return new Map(existsSync(BODIES) ? readFileSync(BODIES, 'utf8').split('\n').filter((line) => line !== '').map(parseBody) : []);
}

function parseBody(line: string): [string, unknown] {
  return Object.entries(JSON.parse(line))[0] as [string, unknown];
}

function pretty(body: unknown): string {
  return JSON.stringify(body, null, 2) ?? '';
}

/** Requests that differ only in their body: the request, and the hashes before and after. */
function changedBodies(difference: string): Array<readonly [string, string, string]> {
  const found = [...difference.matchAll(/^([-+]) +- (\S+ \S+).*? body=([0-9a-f]{12}) /gm)];
  const after = found.filter(([, mark]) => mark === '+');
  return found.filter(([, mark]) => mark === '-').flatMap(([, , request = '', from = '']) => {
    const at = after.findIndex(([, , other]) => other === request);
    const [match] = at < 0 ? [] : after.splice(at, 1);
    return match && match[3] !== from ? [[request, from, match[3] ?? ''] as const] : [];
  });
}
