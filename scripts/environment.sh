# Sourced by scripts/serve and scripts/check: makes .venv from the hash-locked requirements, again only when they change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Python keeps what it compiled: without that every start of a program takes three times as long.
unset PYTHONDONTWRITEBYTECODE

make_environment() { # make_environment runtime|dev
  local lock="requirements/$1.lock" stamp=".venv/.made-from-$1" made
  made=$(cat "$lock" requirements/uv.lock | cksum)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$made" ]; then return; fi
  if [ "$1" = serve ] && [ -f .venv/.made-from-dev ] && [ "$(cat .venv/.made-from-dev)" = "$(cat requirements/dev.lock requirements/uv.lock | cksum)" ]; then return; fi
  local python=""
  for candidate in python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      python=$candidate; break
    fi
  done
  [ -n "$python" ] || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
  echo "making .venv from $lock" >&2
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
  .venv/bin/python -m uv pip sync --quiet --python .venv/bin/python --require-hashes "$lock" \
    || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  rm -f .venv/.made-from-*
  echo "$made" >"$stamp"
}
