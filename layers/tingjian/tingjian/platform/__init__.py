"""What every wing stands on: HTTP, the store, events, rights, texts, signing."""
