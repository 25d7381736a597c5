import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { InstallStep } from '../../src-main/contract/kernel.ts';
import type { Failure } from '../../src-main/contract/requests.ts';
import type { CapabilityView, InstallPlan } from '../../src-main/contract/views.ts';
import { failureOf, RequestError } from '../client/client.ts';
import type { Client } from '../client/client.ts';
import { shortSource } from '../lib/short-source.ts';
import type { Notices } from './notices.ts';

/** What went wrong while a plan is on screen. */
export interface InstallProblem {
  /** What could not be opened, null when it is the plan itself that could not be installed. */
  readonly source: string | null;
  readonly failure: Failure;
}

interface InstallState {
  /** Plans to decide on, the first one is on the screen. */
  readonly plans: readonly InstallPlan[];
  /** Names of the capabilities of the first plan that are selected. */
  readonly granted: ReadonlySet<string>;
  /** Told on the page of the first plan, oldest first; none without a plan. */
  readonly problems: readonly InstallProblem[];
  /** A file or folder is being chosen, or read. */
  readonly choosing: boolean;
  /** What happens to the first plan. */
  readonly busy: 'installing' | 'cancelling' | null;
  /** What an installation under way is doing; null before its first step. */
  readonly step: InstallStep | null;
}

export interface Install {
  readonly store: StoreApi<InstallState>;
  /** Listens for files opened with the application; returns the unsubscribe function. */
  readonly start: () => () => void;
  readonly choose: (kind: 'archive' | 'folder') => Promise<void>;
  readonly grant: (name: string, granted: boolean) => void;
  /** The id of what was installed, null when it failed. */
  readonly confirm: () => Promise<string | null>;
  /** Puts the first plan away; while that is being installed, cancels the installation, and the plan goes when it is undone. */
  readonly cancel: () => Promise<void>;
  /** Clears the problems. */
  readonly dismiss: () => void;
}

/**
 * Installing: a plan is reviewed, each capability selected or not, then the plan is installed or cancelled. Nothing runs
 * before that. Problems while a plan is on screen are shown in its dialog: a notice would cover its buttons and be out of
 * reach of the keyboard.
 */
export function createInstall(client: Client, notices: Notices): Install {
  const store = createStore<InstallState>(() => ({
    plans: [],
    granted: new Set(),
    problems: [],
    choosing: false,
    busy: null,
    step: null,
  }));

  const show = (plan: InstallPlan): void => {
    const plans = [...store.getState().plans, plan];
    store.setState(plans.length === 1 ? { plans, granted: suggestedGrants(plan) } : { plans });
  };
  const refused = ({ source, failure }: { readonly source: string; readonly failure: Failure }): void => {
    if (store.getState().plans.length > 0) {
      store.setState(({ problems }) => ({ problems: [...problems, { source, failure }] }));
    } else {
      notices.failed(`Could not open ${shortSource(source)}`, new RequestError(failure));
    }
  };
  const next = (): void => {
    const plans = store.getState().plans.slice(1);
    const [first] = plans;
    // Problems of the plan itself go with it; the others have not been dismissed yet.
    const others = store
      .getState()
      .problems.flatMap(({ source, failure }) => (source === null ? [] : [{ source, failure }]));
    store.setState({
      plans,
      granted: first === undefined ? new Set() : suggestedGrants(first),
      problems: first === undefined ? [] : others,
      busy: null,
    });
    if (first === undefined) {
      others.forEach(refused);
    }
  };

  return {
    store,
    start() {
      const unsubscribe = [
        client.on('install.requested', show),
        client.on('install.refused', refused),
        client.on('install.step', ({ token, step }) => {
          if (store.getState().plans[0]?.token === token) {
            store.setState({ step });
          }
        }),
      ];
      return () => unsubscribe.forEach((each) => each());
    },
    async choose(kind) {
      if (store.getState().choosing) {
        return;
      }
      store.setState({ choosing: true });
      try {
        const plan = await client.request('install.choose', { kind });
        if (plan !== null) {
          show(plan);
        }
      } catch (error) {
        notices.failed(kind === 'archive' ? 'Could not open the file' : 'Could not open the folder', error);
      }
      store.setState({ choosing: false });
    },
    grant(name, granted) {
      const names = [...store.getState().granted].filter((other) => other !== name);
      store.setState({ granted: new Set(granted ? [...names, name] : names) });
    },
    async confirm() {
      const { plans, granted, busy } = store.getState();
      const [plan] = plans;
      if (plan === undefined || busy !== null) {
        return null;
      }
      store.setState({ busy: 'installing', step: null });
      try {
        const capsule = await client.request('install.confirm', { token: plan.token, grants: [...granted] });
        next();
        notices.done('Installed', `${capsule.id} ${capsule.version}`);
        return capsule.id;
      } catch (error) {
        const failure = failureOf(error);
        if (failure.code === 'install-cancelled') {
          next();
          notices.done('Install cancelled', `${plan.id} ${plan.version}`);
          return null;
        }
        store.setState(({ problems }) => ({
          busy: null,
          problems: [...problems.filter(({ source }) => source !== null), { source: null, failure }],
        }));
        return null;
      }
    },
    async cancel() {
      const { plans, busy } = store.getState();
      const [plan] = plans;
      if (plan === undefined || busy === 'cancelling') {
        return;
      }
      if (busy === 'installing') {
        store.setState({ busy: 'cancelling' });
      } else {
        next();
      }
      try {
        await client.request('install.cancel', { token: plan.token });
      } catch (error) {
        if (store.getState().busy === 'cancelling') {
          store.setState({ busy: 'installing' });
        }
        notices.failed('Could not cancel the install', error);
      }
    },
    dismiss: () => store.setState({ problems: [] }),
  };
}

/**
 * What is selected at first: the low and medium risk capabilities, never a high risk one; those must be a deliberate
 * choice. A capsule that replaces another starts from what that one was granted; anything it requests beyond that must be
 * a deliberate choice too.
 */
export function suggestedGrants(plan: InstallPlan): ReadonlySet<string> {
  const isSuggested = (capability: CapabilityView): boolean =>
    plan.replaces === null ? capability.risk !== 'high' : capability.granted;
  return new Set(plan.capabilities.filter(isSuggested).map((capability) => capability.name));
}
