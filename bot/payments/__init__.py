"""Payment providers: money in and money out. One package per provider, one line each in the registry."""
