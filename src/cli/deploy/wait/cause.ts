import { printableText } from '../../../base/printable';

/**
 * What is wrong, as the cluster says it: neither masked nor escaped.
 */
export interface Trouble {
  /** `Deployment web`. */
  readonly workload: string;
  readonly pod?: string;
  readonly container?: string;
  readonly image?: string;
  /** In Kubernetes' words where it has one: `ImagePullBackOff`, `FailedCreate`, `BackoffLimitExceeded`. */
  readonly reason: string;
  /** What the kubelet, the registry or a controller says. */
  readonly message: string;
}

/**
 * Why a rollout does not come to its end. Texts of the cluster are escaped, and secrets that the job knows are masked.
 */
export interface Cause extends Trouble {
  /** All of it in one line, with the pod, the container, the image or the event. */
  readonly line: string;
}

/**
 * A trouble that may be shown.
 */
export function causeOf({ workload, pod, container, image, reason, message }: Trouble, mask: (text: string) => string): Cause {
  const safe = (text: string) => printableText(mask(text));
  const parts = {
    workload: safe(workload),
    ...pod !== undefined && { pod: safe(pod) },
    ...container !== undefined && { container: safe(container) },
    ...image !== undefined && { image: safe(image) },
    reason: safe(reason),
    message: cut(safe(message.trim())),
  };
  return { ...parts, line: lineOf(parts) };
}

/** Registries and admission say the same several times over; what matters comes first. */
const LONGEST_MESSAGE = 600;

function cut(text: string): string {
  return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
}

function lineOf({ workload, pod, container, image, reason, message }: Trouble): string {
  const where = [
    workload,
    ...pod === undefined ? [] : [`pod ${pod}`],
    ...container === undefined ? [] : [`container ${container}`],
    ...image === undefined ? [] : [`image ${image}`],
  ].join(', ');
  return `${where}: ${[reason, message].filter((part) => part !== '').join(': ')}`;
}
