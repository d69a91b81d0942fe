# Sourced with `root` set to a checkout: puts the packages of its package-lock.json into node_modules
# when they are missing or older. With `develop` set, what only tests and builds need comes too.
# Silent, and builtins only, when nothing is to do.

# An install sets the stamp's time, a checkout or a pull the lock's.
stamp=$root/node_modules/.package-lock.json
tools=$root/node_modules/.bin/vitest

installed() {
  [ -f "$stamp" ] && ! [ "$root/package-lock.json" -nt "$stamp" ] &&
    { [ -z "${develop-}" ] || [ -e "$tools" ]; }
}

if ! installed; then
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
  if ! installed; then
    # A third of the time without the tools; but who has them keeps them, and where Kafka cannot come
    # from Maven it comes from containers, which are driven by one of them.
    omit=
    [ -n "${develop-}" ] || [ -e "$tools" ] || ! command -v mvn >/dev/null || omit=--omit=dev
    echo 'stoa: installing packages, once (takes up to half a minute)' >&2
    # No package needs its install script; what npm prints matters only when it fails.
    log=$root/.stoa/install.log
    if ! npm ci --prefix "$root" --ignore-scripts --no-audit --no-fund $omit >"$log" 2>&1; then
      cat "$log" >&2
      echo 'stoa: npm ci failed, see above' >&2
      exit 1
    fi
    touch "$stamp"
  fi
  rm -f "$lock"
  trap - EXIT INT TERM
fi
