// The service worker: the console works offline after the first visit.
//
// Files whose names hold a hash never change, so the cache has them first. The page itself and the files
// without a hash come from the network first, so that a new build is seen at once; a cache is named after the
// hashed names that its page asks for, is filled as a whole, and only then takes the place of the old one.
// Nothing of a program's own addresses (`api/`, `auth/`) is ever kept or answered from here.

const PREFIX = 'tern-console ';
const HERE = new URL('./', self.location);
const HASHED = /-[0-9a-f]{16}[._]/;
const UNHASHED = ['boot.js', 'worker.js'];

self.addEventListener('install', (event) => {
  event.waitUntil(fetchPage().then(keep).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== HERE.origin) return;
  if (!url.pathname.startsWith(HERE.pathname)) return;
  const name = url.pathname.slice(HERE.pathname.length);
  if (name === '' || name === 'index.html') {
    event.respondWith(page(event));
  } else if (HASHED.test(name)) {
    event.respondWith(cached(name).then((kept) => kept ?? fetch(request)));
  } else if (UNHASHED.includes(name)) {
    event.respondWith(fetch(request).then(good).catch(() => fromCache(name)));
  }
});

// The page from the network, and what it asks for into the cache beside it; without a network, the kept one.
async function page(event) {
  try {
    const response = await fetchPage();
    event.waitUntil(keep(response.clone()).catch(() => {}));
    return response;
  } catch {
    return fromCache('');
  }
}

async function fetchPage() {
  return good(await fetch(HERE, { cache: 'no-cache' }));
}

function good(response) {
  if (!response.ok) throw new Error(`${response.url}: status ${response.status}`);
  return response;
}

// Fills the cache of this build, if it is not full yet, and gives up those of others.
async function keep(response) {
  const html = await response.clone().text();
  const names = files(html);
  const key = PREFIX + names.filter((name) => HASHED.test(name)).join(' ');
  if (names.length === 0 || key === PREFIX) throw new Error('this is not the console');
  if (!(await caches.has(key))) {
    // Under another name until it is whole: what breaks off is never taken for a build.
    const answers = await Promise.all(
      [...names, ...UNHASHED].map(async (name) => [name, good(await fetch(new URL(name, HERE)))]),
    );
    const cache = await caches.open(key);
    await Promise.all(answers.map(([name, answer]) => cache.put(new URL(name, HERE), answer)));
    await cache.put(HERE, response);
  }
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== key);
  await Promise.all(old.map((name) => caches.delete(name)));
}

// The files beside the page that its tags name, with quotes or, in a page made small, without.
function files(html) {
  const names = new Set();
  const add = (address) => {
    const url = new URL(address, HERE);
    if (url.origin === HERE.origin && url.pathname.startsWith(HERE.pathname)) {
      names.add(url.pathname.slice(HERE.pathname.length));
    }
  };
  for (const [, address] of html.matchAll(/(?:href|src|data-bindings|data-wasm)="?([^\s">]+)/g)) add(address);
  // The parts that the page loads only when they are wanted, and what loads them.
  for (const [, bindings] of html.matchAll(/data-bindings="?([^\s">]+)\.js/g)) {
    if (html.includes('data-parts=')) add(`${bindings}_parts.js`);
  }
  for (const [, parts] of html.matchAll(/data-parts="([^"]*)"/g)) parts.split(' ').filter(Boolean).forEach(add);
  for (const name of ['', 'index.html', ...UNHASHED]) names.delete(name);
  return [...names].sort();
}

async function cached(name) {
  return caches.match(new URL(name, HERE));
}

async function fromCache(name) {
  return (await cached(name)) ?? Response.error();
}
