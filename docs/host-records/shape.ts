import type { Charge } from '../../src-main/policy/charges.ts';
import type { Allowed } from '../../src-main/policy/gate.ts';
import type { Need } from '../../src-main/policy/need.ts';
import type {
  Call,
  HostFunctionRecord,
  NeedsNothing,
  Signature,
} from '../../src-main/host/pipeline/host-function.ts';

/**
 * Sketches of host packages that are not built yet, to prove that the record carries what they need. They are compiled
 * (`npm run check`) and never run. What a package will add to `policy/` is written here: kinds of need, rates and stocks.
 */

/** A path whose links have been followed, below one of the roots that a capsule may know. */
export interface Path {
  readonly root: 'workspace' | 'home' | 'temporary';
  /** Relative to the root. */
  readonly path: string;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** The address that the name had when it was looked up once; this is connected to. */
  readonly address: string;
}

type FutureNeed =
  | Need
  | { readonly kind: 'file'; readonly path: Path; readonly access: 'read' | 'write' }
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly use: 'connect' | 'listen' }
  | { readonly kind: 'store'; readonly capability: 'kv' };

type FutureCharge =
  | Charge
  | { readonly rate: 'kv-bytes' | 'file-bytes' | 'requests' | 'connections'; readonly amount: number }
  | { readonly stock: 'open-files' | 'http-streams' | 'sockets' | 'stored-bytes'; readonly amount: number };

export interface FutureCall extends Omit<Call, 'gate'> {
  readonly gate: {
    readonly require: {
      (need: Extract<FutureNeed, { readonly kind: 'file' }>): Promise<Allowed<Path>>;
      (need: Extract<FutureNeed, { readonly kind: 'endpoint' }>): Promise<Allowed<Endpoint>>;
    };
  };
}

/** `HostFunctionRecord` with the unions as they will be, and its subject beside it. */
export interface Sketch<S extends Signature, Subject> extends Omit<
  HostFunctionRecord<S, Subject>,
  'needs' | 'charges' | 'run'
> {
  readonly subject: (call: FutureCall, ...params: S['params']) => Subject | Promise<Subject>;
  readonly needs: NeedsNothing | ((subject: Subject) => readonly FutureNeed[]);
  readonly charges?: (subject: Subject) => readonly FutureCharge[];
  readonly run: (call: FutureCall, subject: Subject, ...params: S['params']) => S['ok'] | Promise<S['ok']>;
}

/** Lets a sketch be checked against the contract without being run. */
export function sketch<S extends Signature, Subject>(record: Sketch<S, Subject>): Sketch<S, Subject> {
  return record;
}
