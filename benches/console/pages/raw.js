// The measure that the console is held against: as little as a page can do with a feed. It logs in,
// subscribes, and counts WebSocket messages without looking at them.
'use strict';

const asked = new URLSearchParams(location.search);
const utf8 = new TextEncoder();
const bench = { ready: false, received: 0, error: null };

/// An MQTT field: two bytes of length, then the text.
function field(text) {
  const bytes = utf8.encode(text);
  return [bytes.length >> 8, bytes.length & 255, ...bytes];
}

/// A packet of less than 128 bytes.
function packet(first, rest) {
  return new Uint8Array([first, rest.length, ...rest]);
}

const socket = new WebSocket(asked.get('broker'), 'mqtt');
socket.binaryType = 'arraybuffer';
socket.onopen = () => {
  // MQTT 3.1.1, clean session, no keep alive.
  socket.send(packet(0x10, [...field('MQTT'), 4, 2, 0, 0, ...field(asked.get('client'))]));
};
socket.onclose = ({ code }) => { bench.error = `the WebSocket was closed with code ${code}`; };

let answers = 0;
socket.onmessage = ({ data }) => {
  const [first] = new Uint8Array(data);
  answers += 1;
  if (answers === 1 && first === 0x20) {
    socket.send(packet(0x82, [0, 1, ...field(asked.get('filter')), 0]));
  } else if (answers === 2 && first === 0x90) {
    bench.ready = true;
    socket.onmessage = () => { bench.received += 1; };
  } else {
    bench.error = `an answer that begins with ${first}`;
  }
};
