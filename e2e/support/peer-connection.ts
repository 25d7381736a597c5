/** What a page may name in a peer connection: servers to ask for its own address, and addresses of the other side. */
export interface PeerAttempt {
  /** `stun:` and `turn:` URLs. */
  readonly servers: readonly string[];
  /** Candidates, as the other side would have sent them. */
  readonly candidates: readonly string[];
}

/** Every way by which WebRTC would reach a host and port, by UDP and by TCP. */
export function attemptsAt(name: string, port: number): PeerAttempt[] {
  const bracketed = name.includes(':') ? `[${name}]` : name;
  const urls = ['stun:', 'turn:', 'turns:'].flatMap((scheme) =>
    ['', '?transport=udp', '?transport=tcp']
      .filter((transport) => scheme !== 'stun:' || transport === '')
      .map((transport) => `${scheme}${bracketed}:${port}${transport}`),
  );
  return [
    ...urls.map((url) => ({ servers: [url], candidates: [] })),
    {
      servers: [],
      candidates: [
        `candidate:1 1 udp 2122260223 ${name} ${port} typ host`,
        `candidate:2 1 tcp 1518280447 ${name} ${port} typ host tcptype passive`,
      ],
    },
  ];
}

/**
 * The script that makes one attempt. It gives the number of pairs of addresses over which something was sent, when
 * gathering is complete and either such a pair is there, or there is none that could still become one.
 * A server that does not answer holds gathering up for some ten seconds: make the attempts side by side.
 */
export function peerConnection({ servers, candidates }: PeerAttempt): string {
  return `(async () => {
    const iceServers = ${JSON.stringify(servers)}.map((urls) => (urls.startsWith('turn') ? { urls, username: 'u', credential: 'c' } : { urls }));
    const [own, other] = [new RTCPeerConnection({ iceServers }), new RTCPeerConnection()];
    own.createDataChannel('x');
    await own.setLocalDescription(await own.createOffer());
    await other.setRemoteDescription(own.localDescription);
    await own.setRemoteDescription(await other.createAnswer());
    for (const candidate of ${JSON.stringify(candidates)}) {
      await own.addIceCandidate({ candidate, sdpMid: '0' });
    }
    while (own.iceGatheringState !== 'complete') {
      await new Promise((done) => own.addEventListener('icegatheringstatechange', done, { once: true }));
    }
    for (;;) {
      const pairs = [...(await own.getStats()).values()].filter(({ type }) => type === 'candidate-pair');
      const used = pairs.filter(({ requestsSent }) => requestsSent > 0).length;
      if (used > 0 || pairs.every(({ state }) => state === 'failed')) {
        own.close();
        other.close();
        return used;
      }
      await new Promise((next) => setTimeout(next, 20));
    }
  })()`;
}
