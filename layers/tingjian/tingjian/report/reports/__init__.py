"""Reports: asked for or due, made once, kept as files."""
