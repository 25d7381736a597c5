import { app } from 'electron';

/** `work` that still needs names, side by side. */
let needed = 0;

/**
 * Flags without which a page of ours could have a name looked up that no policy and no proxy sees: by a hint
 * (`<link rel="dns-prefetch">`), and by multicast for WebRTC's names of this network. Call before Electron is ready.
 */
export function addNameFlags(): void {
  const { commandLine } = app;
  const others = commandLine.getSwitchValue('disable-features');
  const features = [...(others === '' ? [] : [others]), 'WebRtcHideLocalIpsWithMdns'];
  commandLine.appendSwitch('disable-features', features.join(','));
  commandLine.appendSwitch('blink-settings', 'dnsPrefetchingEnabled=false');
}

/**
 * From now on Chromium looks up no name, in any session: WebRTC looks up those of its servers itself, whatever proxy
 * there is, and a name carries what a page wants to tell. Call when Electron is ready, before a page loads.
 */
export function forbidNameLookups(): void {
  // Names are to be asked for over https only, and there is nobody to ask.
  app.configureHostResolver({ secureDnsMode: 'secure', secureDnsServers: [] });
}

/** Runs work of main that needs names, such as a download from a host that the operator has confirmed. */
export async function withNameLookups<Result>(work: () => Promise<Result>): Promise<Result> {
  needed += 1;
  app.configureHostResolver({ secureDnsMode: 'automatic' });
  try {
    return await work();
  } finally {
    needed -= 1;
    if (needed === 0) {
      forbidNameLookups();
    }
  }
}
