// The component's core module in the browser's engine, by the canonical ABI: the rounds that the host's engines do.
"use strict";

const SESSIONS = "tern:device/sessions@0.1.0#";
const text = new TextEncoder();
const names = new TextDecoder();

class Host {
  constructor(exports) {
    this.exports = exports;
    this.step_ = exports[`${SESSIONS}step`];
    this.words = new Uint32Array(16 * 1024);
    this.bytes = new Uint8Array(1024 * 1024);
    this.clear();
    this.now = 0;
  }

  clear() {
    this.wordsEnd = 0;
    this.bytesEnd = 0;
  }

  // component/wit/device.wit: `config` as the canonical ABI lays it out in memory, with `seed` behind it.
  open(clientId, host) {
    const { cabi_realloc, memory } = this.exports;
    const place = (string) => {
      const bytes = text.encode(string);
      const at = cabi_realloc(0, 0, 1, bytes.length);
      new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
      return [at, bytes.length];
    };
    const [id, hostName, path] = [clientId, host, ""].map(place);
    const at = cabi_realloc(0, 0, 8, 224);
    new Uint8Array(memory.buffer, at, 224).fill(0); // all that may be left out is
    const view = new DataView(memory.buffer, at);
    const pair = (offset, [start, length]) => {
      view.setUint32(offset, start, true);
      view.setUint32(offset + 4, length, true);
    };
    view.setUint8(0, 2); // a plain login: client id, user name, password, endpoint
    pair(8, id);
    view.setUint8(40, 0); // TCP
    pair(44, hostName);
    view.setUint16(52, 1883, true);
    pair(56, path);
    view.setUint16(104, 60, true); // keep alive, in seconds
    view.setUint8(112, 1); // a clean session
    const answer = this.exports[`${SESSIONS}open`](at);
    const result = new DataView(memory.buffer, answer);
    if (result.getUint8(0) !== 0) throw new Error("the configuration was refused");
    const session = result.getUint32(4, true);
    this.exports[`cabi_post_${SESSIONS}open`]?.(answer);
    return session;
  }

  push(kind, session) {
    this.words[this.wordsEnd++] = kind;
    this.words[this.wordsEnd++] = session;
  }

  received(session, bytes) {
    this.push(7, session);
    this.words[this.wordsEnd++] = this.bytesEnd;
    this.bytes.set(bytes, this.bytesEnd);
    this.bytesEnd += bytes.length;
    this.words[this.wordsEnd++] = this.bytesEnd;
  }

  // Hands in what has been pushed, and takes out everything that it brought. Returns how many messages came.
  step(withNames) {
    const { cabi_realloc, memory } = this.exports;
    const { wordsEnd, bytesEnd } = this;
    const wordsAt = cabi_realloc(0, 0, 4, 4 * wordsEnd);
    const bytesAt = cabi_realloc(0, 0, 1, bytesEnd);
    new Uint32Array(memory.buffer, wordsAt, wordsEnd).set(this.words.subarray(0, wordsEnd));
    new Uint8Array(memory.buffer, bytesAt, bytesEnd).set(this.bytes.subarray(0, bytesEnd));
    this.now += 1;
    const answer = this.step_(BigInt(this.now), wordsAt, wordsEnd, bytesAt, bytesEnd);
    const lists = new Uint32Array(memory.buffer, answer, 4);
    const words = new Uint32Array(memory.buffer, lists[0], lists[1]);
    const bytes = new Uint8Array(memory.buffer, lists[2], lists[3]);
    let messages = 0;
    const range = (of, end, start, stop) => {
      if (start > stop || stop > end) throw new Error("a range lies outside");
      return of.subarray(start, stop);
    };
    for (let at = 0; at < words.length; ) {
      switch (words[at]) {
        case 20: {
          const topic = range(this.bytes, bytesEnd, words[at + 3], words[at + 4]);
          const payload = range(this.bytes, bytesEnd, words[at + 5], words[at + 6]);
          this.told = withNames ? [names.decode(topic), payload] : [topic, payload];
          messages += 1;
          at += 7;
          break;
        }
        case 3:
          this.sent = range(bytes, bytes.length, words[at + 2], words[at + 3]);
          at += 4;
          break;
        case 4: case 27: case 32: at += 2; break;
        case 28: at += 3; break;
        case 5: case 6: case 7: case 21: at += 4; break;
        case 1: case 26: at += 7; break;
        default: throw new Error(`record ${words[at]} is not expected here`);
      }
    }
    this.clear();
    return messages;
  }
}

function run(host, sessions, received, shape, withNames) {
  const start = performance.now();
  let messages = 0;
  for (let round = 0; round < shape.rounds; round++) {
    for (const session of sessions) host.received(session, received);
    messages += host.step(withNames);
  }
  const ns = (performance.now() - start) * 1e6;
  if (messages !== shape.rounds * shape.sessions * shape.each) throw new Error(`${messages} messages came`);
  return ns / messages;
}

async function measure() {
  const module = await WebAssembly.compileStreaming(fetch("tern.wasm"));
  const { turns, shapes } = await (await fetch("shapes")).json();
  return shapes.map((shape) => {
    const host = new Host(new WebAssembly.Instance(module, {}).exports);
    const sessions = Array.from({ length: shape.sessions }, () => host.open("dev1", "localhost"));
    for (const session of sessions) {
      host.push(1, session); // connect
      host.push(6, session); // the transport is open
      host.received(session, [0x20, 2, 0, 0]); // CONNACK
    }
    host.step(false);
    const received = Uint8Array.from(shape.received);
    const figures = { ranges: [], names: [] };
    for (let turn = 0; turn <= turns; turn++) {
      const ranges = run(host, sessions, received, shape, false);
      const withNames = run(host, sessions, received, shape, true);
      if (turn === 0) continue; // the engine is still compiling
      figures.ranges.push(ranges);
      figures.names.push(withNames);
    }
    return figures;
  });
}

measure().then(postMessage, (error) => postMessage({ error: String(error) }));
