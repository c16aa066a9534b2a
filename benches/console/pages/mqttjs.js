// What a page with the usual client library and no face at all makes of the same feed.
'use strict';

const asked = new URLSearchParams(location.search);
const bench = { ready: false, received: 0, error: null };

const library = document.createElement('script');
library.src = asked.get('library');
library.onerror = () => { bench.error = `${library.src} could not be loaded`; };
library.onload = () => {
  const client = mqtt.connect(asked.get('broker'), { clientId: asked.get('client'), keepalive: 0, reconnectPeriod: 0 });
  client.on('message', () => { bench.received += 1; });
  client.on('error', (error) => { bench.error = String(error); });
  client.on('close', () => { bench.error ??= 'the connection was closed'; });
  client.on('connect', () => client.subscribe(asked.get('filter'), { qos: 0 }, (error) => {
    bench.error = error ? String(error) : null;
    bench.ready = !error;
  }));
};
document.head.append(library);
