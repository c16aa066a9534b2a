// Starts the page. Everything else is in the wasm file; this file is here because the page's policy
// allows no inline script. The names of the built files come from the tag that loads this one.
const { bindings, wasm } = document.querySelector('script[data-bindings]').dataset;

try {
  const { default: start } = await import(new URL(bindings, document.baseURI));
  await start({ module_or_path: new URL(wasm, document.baseURI) });
} catch (error) {
  const notice = document.createElement('p');
  notice.className = 'notice';
  notice.setAttribute('role', 'alert');
  notice.textContent = `The console did not start: ${error}. Reload the page; if that does not help, use a browser that knows WebAssembly.`;
  document.body.replaceChildren(notice);
  throw error;
}

// Kept for the next visit, where there may be no network. Browsers offer it to https and to this machine only;
// where it fails, the console works all the same, as long as there is a network.
if ('serviceWorker' in navigator) {
  navigator.serviceWorker.register(new URL('offline.js', document.baseURI)).catch((error) => {
    console.info(`The console will not work offline: ${error}`);
  });
}
