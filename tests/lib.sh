# lib.sh - what every shell test starts with:
#
#     . "$(dirname "$0")/../lib.sh"         (as many ../ as it takes)
#     test_something() { ... }              shunit2 assertions
#     run_tests
#
# Gives: $TOP the checkout, $SCRATCH an empty folder removed at the end ($SCRATCH_IN/test, if that is set), $ROOT yes or
# no, $stub tests/stub, and the functions below and in site.sh (instance and what belongs to it).
# What runs as another user is below $SCRATCH, never below $TOP: the checkout may be in a home that is root's alone.
# A test that needs root starts with: need_root || return 0. Processes that a test starts in the background
# are its own to end: on_exit "kill $pid". oneTimeSetUp is the test file's; setUp and the tear-downs are used here.

TOP=$(cd "$(dirname "$0")" && while [ ! -f src/rooms ] && [ "$PWD" != / ]; do cd ..; done && pwd)
cd "$TOP" || exit 111
if [ -n "${SCRATCH_IN:-}" ]; then
  SCRATCH=$SCRATCH_IN/test
  rm -rf "$SCRATCH" && mkdir "$SCRATCH" || exit 111
else
  SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/bulkhead-test.XXXXXX") || exit 111
fi
chmod 0755 "$SCRATCH"
ROOT=no
[ "$(id -u)" = 0 ] && ROOT=yes
. "$TOP/tests/site.sh"
export SHUNIT_COLOR=none
stub=$SCRATCH/stub
cp -R tests/stub "$stub" && chmod -R a+rX "$stub" || exit 111
cleanup=

on_exit() { cleanup="$1; $cleanup"; }
finish() {
  eval "$cleanup"
  cleanup=
  [ -n "${KEEP:-}" ] && { echo "kept: $SCRATCH"; return; }
  rm -rf "$SCRATCH"
}
trap finish EXIT        # until shunit2 sets its own, which ends in oneTimeTearDown
trap 'exit 1' INT TERM

# One line a test for tests/run: "ok NAME", "not ok NAME" or "skip NAME: why".
setUp() { this=$_shunit_test_ why=; }
tearDown() {
  [ -n "${this:-}" ] || return 0
  if [ "$__shunit_testSuccess" != 0 ]; then echo "not ok $this"
  elif [ -n "$why" ]; then echo "skip $this: $why"
  else echo "ok $this"
  fi
  this=
}
oneTimeTearDown() { finish; }

# What shunit2 2.1.8 asks expr(1), twice or more for each assertion, without a program's start: a sum, and the digits
# that a condition begins with.
expr() {
  case $2 in
    +) echo $(($1 + $3)) ;;
    :) echo "${1%%[!0-9]*}" ;;
    *) command expr "$@" ;;
  esac
}
run_tests() {
  # shellcheck disable=SC1091
  . shunit2
}

need_root() {
  [ $ROOT = yes ] && return 0
  why="needs root"
  return 1
}

# A user of this host without rights locks a folder, and keeps it.
stranger_locks() { # DIR
  rm -f "$SCRATCH/locked"
  setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'exec 9< "$1"; flock 9; echo locked; exec sleep 100' x "$1" \
    > "$SCRATCH/locked" &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/locked"
}

# need COMMAND PACKAGE - skips when a command is missing
need() {
  command -v "$1" >/dev/null 2>&1 && return 0
  why="needs $1 (package $2)"
  return 1
}

# The programs that need OpenSSL are built.
has_tls() { [ "${TLS:-}" != no ] && echo '#include <openssl/ssl.h>' | cc -E - > /dev/null 2>&1; }
need_tls() {
  has_tls && return 0
  why="needs OpenSSL's headers (package libssl-dev)"
  return 1
}

# Waits until a command succeeds: wait_for SECONDS COMMAND... What is true before what it waits for is no sign of it:
# a socket, a file or a line of a log that the test before has left. A slow command is tried up to 4 times as long.
wait_for() {
  tries=$(($1 * 20))
  late=$(($(date +%s) + $1 * 4))
  shift
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] && { [ $((tries % 10)) != 0 ] || [ "$(date +%s)" -lt $late ]; } || return 1
    sleep 0.05
  done
}

# A process that is no child of the test is over; it may stay a zombie where process 1 does not wait for orphans.
ended() { # PID
  case $(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) in ""|[ZX]*) ;; *) return 1 ;; esac
}

# Of the instance in $home: its services queue and send, without a supervisor, who write to $SCRATCH/queue.log and send.log;
# no message is in its queue; nor a file that one leaves behind.
queue_and_send() {
  for group in queue send; do
    "$home/bin/mail-start" $group > "$SCRATCH/$group.log" 2>&1 < /dev/null &
    on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  done
  wait_for 60 test -S "$home/run/queue"
}
is_empty() { "$home/bin/mail-qstat" | grep -q '^messages in queue: 0$'; }
no_files_left() { [ -z "$(find "$home/queue" -type f -not -path '*/lock/*' -not -name lock -not -name "hosts*")" ]; }

# No mail-remote of an instance waits for more mail.
no_remotes() { # HOME
  for p in $(pgrep -x mail-remote); do [ "$(readlink "/proc/$p/exe")" != "$1/bin/mail-remote" ] || return 1; done
}

# A process of which system calls fail, until works_again; each that did is a line in $SCRATCH/failed, with its time
# first. A test that uses it starts with: need_root && need strace strace || return 0
fails() { # PID SYSTEM-CALL,... [ERROR]
  : > "$SCRATCH/strace.log"
  strace -ttt -o "$SCRATCH/failed" -e trace="$2" -e inject="$2:error=${3:-EAGAIN}" -p "$1" 2> "$SCRATCH/strace.log" &
  tracer=$!
  wait_for 60 grep -q attached "$SCRATCH/strace.log"
}
works_again() { kill $tracer; wait $tracer 2>/dev/null; }
have_failed() { [ "$(grep -c INJECTED "$SCRATCH/failed")" -ge "$1" ]; } # TIMES
forking=fork,vfork,clone,clone3

# A Debian package's files in $UNPACKED, below build/, for the tests alone: nothing of it is installed, and no
# service of it starts. 1, with why set, when it cannot be had.
unpack() { # PACKAGE
  UNPACKED=$TOP/build/unpacked/$1
  mkdir -p "$UNPACKED.deb"
  (flock 9    # another lane may want it, too
    [ ! -d "$UNPACKED" ] && cd "$UNPACKED.deb" && apt-get -qq download "$1" > /dev/null 2>&1 &&
      dpkg-deb -x ./"$1"_*.deb "$UNPACKED.new" && mv "$UNPACKED.new" "$UNPACKED") 9> "$UNPACKED.lock"
  [ -d "$UNPACKED" ] && return 0
  why="needs Debian's package $1, unpacked"
  return 1
}

# A cage (tests/stub/cage) is possible here, and the package can be had and finds its libraries.
can_run() { # PACKAGE PROGRAM
  need_root || return 1
  need unshare util-linux || return 1
  unpack "$1" || return 1
  if LD_LIBRARY_PATH=$(find "$UNPACKED/usr/lib" -type d | paste -s -d :) ldd "$UNPACKED/$2" | grep -q 'not found'; then
    why="needs the libraries that $1 wants"
    return 1
  fi
  mkdir -p "$SCRATCH/try"
  echo : > "$SCRATCH/try.sh"
  sh "$stub/cage" "$SCRATCH/try" "$UNPACKED" "$SCRATCH/try.sh" > "$SCRATCH/try.log" 2>&1 && return 0
  why="needs namespaces and overlayfs: $(tail -n 1 "$SCRATCH/try.log")"
  return 1
}

# Postfix's smtp-source and smtp-sink: $SMTP_SOURCE and $SMTP_SINK are commands.
postfix_tools() {
  unpack postfix || return 1
  tools=$SCRATCH/postfix
  cp -R "$UNPACKED/usr/lib/postfix" "$tools" && cp "$UNPACKED"/usr/sbin/smtp-s* "$tools" && chmod -R a+rX "$tools" || return 1
  SMTP_SOURCE="env LD_LIBRARY_PATH=$tools $tools/smtp-source"
  SMTP_SINK="env LD_LIBRARY_PATH=$tools $tools/smtp-sink"
  $SMTP_SOURCE 2>&1 | grep -q usage && return 0
  why="needs the libraries that postfix wants"
  return 1
}
