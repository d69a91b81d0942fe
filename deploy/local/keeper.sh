# Ends a JVM once nobody uses it any more, however its users ended: a process that was killed cannot.
#   keeper.sh <folder of users> <lock> <process id of the JVM>
# Every file in the folder is named for a process and a number: 4711-1; `detached` stays for good.
users=$1 lock=$2 jvm=$3

# A process that has ended but was not collected yet still takes signals.
alive() {
  kill -0 "$1" 2>/dev/null || return 1
  stat=
  read -r stat 2>/dev/null <"/proc/$1/stat"
  case $stat in *') Z '*) return 1 ;; esac
}

used() {
  [ -e "$users/detached" ] && return 0
  for file in "$users"/*; do
    name=${file##*/}
    alive "${name%%-*}" && return 0
    rm -f "$file"
  done
  return 1
}

end() {
  kill "$jvm" 2>/dev/null
  left=50
  while alive "$jvm" && [ $((left -= 1)) -gt 0 ]; do sleep 0.1; done
  kill -9 "$jvm" 2>/dev/null
}

while alive "$jvm"; do
  if used; then
    sleep 1
    continue
  fi
  # Whoever starts to use a backend does so under the lock: look again under it before ending.
  if (set -C && echo $$ >"$lock") 2>/dev/null; then
    used || { end; rm -f "$lock"; exit; }
    rm -f "$lock"
  elif [ -d "${lock%/*}" ]; then
    holder=
    read -r holder 2>/dev/null <"$lock"
    [ -n "$holder" ] && ! alive "$holder" && rm -f "$lock"
    sleep 1
  else
    # The whole directory is gone.
    end
    exit
  fi
done
