// The worker's start: the page sends the compiled module, so that nothing is loaded or compiled twice.
self.onmessage = async ({ data: { bindings, module } }) => {
  self.onmessage = null;
  const { default: start } = await import(bindings);
  await start({ module_or_path: module });
};
