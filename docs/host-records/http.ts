import type {
  AstridHttpHost1_0_0,
  HttpRequestData,
} from '../../src-main/host/generated/astrid-http-1-0-0.ts';
import { nothing } from '../../src-main/host/pipeline/host-function.ts';
import { resource } from '../../src-main/host/pipeline/resource.ts';
import type { Allowed } from '../../src-main/policy/gate.ts';
import { sketch, type Endpoint, type FutureCall } from './shape.ts';

interface Answer {
  readonly status: number;
  /** Where it sends us on to, null for an answer to keep. */
  readonly redirect: string | null;
  readonly body: AsyncIterator<Uint8Array>;
  readonly close: () => void;
}

declare const http: {
  readonly send: (to: Allowed<Endpoint>, request: HttpRequestData, signal: AbortSignal) => Promise<Answer>;
};
/** Reads the URL and looks the name up once; throws `invalid-request` or `dns-error`. */
declare const endpointOf: (url: string) => Promise<Endpoint>;
declare const tooManyHops: () => Error;
declare const whole: (answer: Answer) => Promise<AstridHttpHost1_0_0['http-request']['ok']>;

const STREAM = resource<Answer>()('astrid:http/host@1.0.0#http-stream');

interface Target {
  readonly endpoint: Endpoint;
  readonly request: HttpRequestData;
}

const target = async (_call: FutureCall, request: HttpRequestData): Promise<Target> => ({
  endpoint: await endpointOf(request.url),
  request,
});

/** Every hop asks the gate anew, and the socket goes where the gate has looked. */
async function follow(call: FutureCall, { endpoint, request }: Target): Promise<Answer> {
  let to = endpoint;
  for (let hop = 0; hop < 10; hop += 1) {
    const allowed = await call.gate.require({ kind: 'endpoint', endpoint: to, use: 'connect' });
    const answer = await http.send(allowed, request, call.signal);
    if (answer.redirect === null) {
      return answer;
    }
    to = await endpointOf(answer.redirect);
  }
  throw tooManyHops();
}

export const request = sketch<AstridHttpHost1_0_0['http-request'], Target>({
  blocks: true,
  subject: target,
  needs: ({ endpoint }) => [{ kind: 'endpoint', endpoint, use: 'connect' }],
  charges: () => [{ rate: 'requests', amount: 1 }],
  audit: 'always',
  target: ({ endpoint }, answer) =>
    `${endpoint.host}:${endpoint.port}${answer === undefined ? '' : ` answered ${answer.status}`}`,
  run: async (call, subject) => whole(await follow(call, subject)),
});

export const start = sketch<AstridHttpHost1_0_0['http-stream-start'], Target>({
  blocks: true,
  subject: target,
  needs: ({ endpoint }) => [{ kind: 'endpoint', endpoint, use: 'connect' }],
  charges: () => [
    { rate: 'requests', amount: 1 },
    { stock: 'http-streams', amount: 1 },
  ],
  audit: 'always',
  target: ({ endpoint }) => `${endpoint.host}:${endpoint.port}`,
  run: async (call, subject) => {
    const answer = await follow(call, subject);
    return call.handles.insert(STREAM, answer, { dispose: answer.close });
  },
});

export const readChunk = sketch<AstridHttpHost1_0_0['[method]http-stream.read-chunk'], Answer>({
  blocks: true,
  subject: (call, self) => call.handles.get(STREAM, self),
  needs: nothing('the stream passed the gate when it was opened'),
  audit: 'refusals',
  target: ({ status }) => `an answer with status ${status}`,
  run: async (_call, { body }) => ((await body.next()).value as Uint8Array | undefined) ?? new Uint8Array(),
});
