"""The local stack: the very template, deployed by the SAM CLI on an AWS emulator.

`python -m infra.local start` and `stop` are what `make run` and `make stop` call. `emulator` runs in an environment of
its own, where MiniStack is installed; everything else here runs in the project's. Nothing outside knows of this folder.
"""
