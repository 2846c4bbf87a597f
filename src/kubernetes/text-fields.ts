import { printable } from '../base/printable';

/**
 * Finds texts in a value, and returns their paths: `spec.containers[0].image`. Only plain objects and lists are searched, so that a value may hold constructs.
 *
 * @param matches Gets a text and its keys and indexes, outermost first.
 */
export function pathsOfTexts(value: unknown, matches: (text: string, path: ReadonlyArray<string | number>) => boolean): string[] {
  const found: string[] = [];
  const path: Array<string | number> = [];
  const visit = (item: unknown): void => {
    if (typeof item === 'string') {
      if (matches(item, path)) found.push(pathText(path));
    } else if (Array.isArray(item)) {
      item.forEach((element, index) => visitBelow(index, element));
    } else if (isPlain(item)) {
      for (const [key, field] of Object.entries(item)) visitBelow(key, field);
    }
  };
  const visitBelow = (key: string | number, item: unknown): void => {
    path.push(key);
    visit(item);
    path.pop();
  };
  visit(value);
  return found;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function pathText(path: ReadonlyArray<string | number>): string {
  return printable(path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join(''));
}
