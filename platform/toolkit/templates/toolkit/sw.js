{% load static %}// The worker of the pages. It shows what comes by push, and one page where there is no line. It keeps nothing of anybody.
"use strict";
const KEPT = "lotsennetz-offline-3";
const OFFLINE = "{% url "toolkit:offline" %}";
const BESIDE = ["{% static "toolkit/bare.css" %}", "{% static "toolkit/icon.svg" %}"];
const ICON = "{% static "toolkit/icon-192.png" %}";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([OFFLINE, ...BESIDE])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("lotsennetz-") && name !== KEPT).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// Pages come from the network, always; without one there is the page that says so, and what stands beside it.
self.addEventListener("fetch", (event) => {
  const request = event.request;
  if (request.method !== "GET") return;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (BESIDE.includes(path)) event.respondWith(fetch(request).catch(() => caches.match(path)));
});

self.addEventListener("push", (event) => {
  event.waitUntil((async () => {
    let said = {};
    try {
      said = event.data.json();
    } catch {
      return;
    }
    const pages = await self.clients.matchAll({ type: "window" });
    // Who looks at a page of ours sees the number there.
    if (pages.some((page) => page.focused)) return;
    if (self.navigator.setAppBadge) await self.navigator.setAppBadge().catch(() => undefined);
    await self.registration.showNotification(String(said.title || "Lotsennetz"), {
      body: String(said.body || ""),
      tag: String(said.tag || ""),
      icon: ICON,
      badge: ICON,
      data: { url: String(said.url || "/") },
    });
  })());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const target = new URL(event.notification.data.url, self.location.origin);
    if (target.origin !== self.location.origin) return;
    const pages = await self.clients.matchAll({ type: "window" });
    const open = pages.find((page) => new URL(page.url).pathname === target.pathname);
    if (open) await open.focus();
    else await self.clients.openWindow(target.href);
  })());
});
