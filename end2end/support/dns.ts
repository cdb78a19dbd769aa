// A DNS server inside the test, which knows the texts under some names and nothing under all others.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export type Dns = {
  /** `127.0.0.1:PORT` */
  at: string;
  /** The text under a name. */
  texts: Map<string, string>;
  stop: () => void;
};

const HEAD = 12;
/** Type and class of a question. */
const BEHIND_NAME = 4;

/** The name that a message asks about, and where the question ends. */
function question(asked: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEAD;
  for (let length = asked[at]!; length > 0; length = asked[at]!) {
    labels.push(asked.subarray(at + 1, at + 1 + length).toString().toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 + BEHIND_NAME };
}

/** The answer: a TXT record of no time to live, or that there is no such name. */
function answer(asked: Buffer, texts: Map<string, string>): Buffer {
  const { name, end } = question(asked);
  const text = texts.get(name);
  const head = Buffer.from([asked[0]!, asked[1]!, 0x81, text === undefined ? 0x83 : 0x80, 0, 1, 0, text === undefined ? 0 : 1, 0, 0, 0, 0]);
  const parts = [head, asked.subarray(HEAD, end)];
  if (text !== undefined) {
    const bytes = Buffer.from(text);
    parts.push(Buffer.from([0xc0, HEAD, 0, 16, 0, 1, 0, 0, 0, 0, 0, bytes.length + 1, bytes.length]), bytes);
  }
  return Buffer.concat(parts);
}

/** Starts one on a free port. */
export async function dnsServer(): Promise<Dns> {
  const socket = createSocket('udp4');
  const texts = new Map<string, string>();
  socket.on('message', (asked, whom) => socket.send(answer(asked, texts), whom.port, whom.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { at: `127.0.0.1:${socket.address().port}`, texts, stop: () => socket.close() };
}
