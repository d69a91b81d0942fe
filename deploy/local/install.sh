# Sourced with `root` set to a checkout: puts the packages of its package-lock.json into node_modules
# when they are missing or older. Silent, and builtins only, when nothing is to do.

# An install sets the stamp's time, a checkout or a pull the lock's.
stamp=$root/node_modules/.package-lock.json

if [ ! -f "$stamp" ] || [ "$root/package-lock.json" -nt "$stamp" ]; then
  mkdir -p "$root/.stoa"
  # Two commands started at once in a new checkout: the second waits for the first.
  lock=$root/.stoa/install.lock
  until (set -C && echo $$ >"$lock") 2>/dev/null; do
    holder=
    read -r holder 2>/dev/null <"$lock" || :
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -f "$lock"; fi
    sleep 1
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT TERM
  if [ ! -f "$stamp" ] || [ "$root/package-lock.json" -nt "$stamp" ]; then
    echo 'stoa: installing packages (once, about half a minute)' >&2
    # No package needs its install script; what npm prints matters only when it fails.
    log=$root/.stoa/install.log
    if ! npm ci --prefix "$root" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
      cat "$log" >&2
      echo 'stoa: npm ci failed, see above' >&2
      exit 1
    fi
    touch "$stamp"
  fi
  rm -f "$lock"
  trap - EXIT INT TERM
fi
