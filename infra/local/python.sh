#!/bin/sh
# Run a script with the first Python >= 3.11 that really starts: $PYTHON, the environment's own, or one on PATH.
fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

for python in ${PYTHON:-.venv/bin/python python3 python3.13 python3.12 python3.11 python3.14 python}; do
    if fits "$python"; then
        exec "$python" "$@"
    fi
done

found=$("${PYTHON:-python3}" --version 2>&1 | head -n 1)
cat >&2 <<END
Tingjian needs Python 3.11 or newer, and found: ${found:-none}
Install one (https://www.python.org/downloads/, or your system's package python3.11 or newer), or name it:
  make run PYTHON=/path/to/python3.13
END
exit 1
