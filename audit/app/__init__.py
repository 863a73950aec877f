"""The app without a network as the browser fetches it: its page, words, icons, manifest and service worker."""
