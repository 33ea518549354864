"""What surrounds the service: its templates' helpers, the command line, the local stack, the demo data."""
