/* The service worker: the app's own files come from this device, everything else from the network. The server puts the
   version and the list of files above. Nothing of any audit is ever in these caches. */
const CACHE = `assay-field-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: "reload", credentials: "omit" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("assay-field-") && name !== CACHE) {
        await caches.delete(name);
      }
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin || !SHELL.includes(address.pathname)) {
    return;
  }
  event.respondWith((async () => {
    const kept = await caches.match(address.pathname, { cacheName: CACHE, ignoreVary: true });
    return kept || fetch(event.request);
  })());
});
