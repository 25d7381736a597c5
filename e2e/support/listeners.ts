import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

/** A port on which UDP and TCP are listened to, and what came. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  /** `address:port` as it stands in a URL. */
  readonly host: string;
}

export interface Listeners {
  readonly all: readonly Listener[];
  /** What arrived so far, `udp <host>` or `tcp <host>`. */
  readonly heard: readonly string[];
  /** Sends to every port itself and waits until all of that has arrived: what was sent before has arrived by then. */
  readonly reachAll: () => Promise<void>;
  readonly close: () => void;
}

/** Listens on the loopback of this machine and on every address that it has in a network. */
export async function openListeners(): Promise<Listeners> {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    // A link-local address means something only together with its interface.
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);
  const heard: string[] = [];
  const opened = await Promise.all(addresses.map((address) => openListener(address, heard)));
  const all = opened.map(({ listener }) => listener);
  return {
    all,
    heard,
    async reachAll() {
      for (const { listener, udp, tcp } of opened) {
        const arrived = Promise.all([once(udp, 'message'), once(tcp, 'connection')]);
        const sender = createSocket(listener.address.includes(':') ? 'udp6' : 'udp4');
        sender.send('own', listener.port, listener.address, () => sender.close());
        connect(listener.port, listener.address).on('connect', function (this: { destroy(): void }) {
          this.destroy();
        });
        await arrived;
      }
    },
    close: () => opened.forEach(({ udp, tcp }) => [udp, tcp].forEach((each) => each.close())),
  };
}

interface Opened {
  readonly listener: Listener;
  readonly udp: UdpSocket;
  readonly tcp: Server;
}

async function openListener(address: string, heard: string[]): Promise<Opened> {
  const tcp = createServer((socket) => {
    heard.push(`tcp ${host}`);
    socket.on('error', () => undefined).destroy();
  });
  tcp.listen(0, address);
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', () => heard.push(`udp ${host}`));
  udp.bind(port, address);
  await once(udp, 'listening');
  return { listener: { address, port, host }, udp, tcp };
}
