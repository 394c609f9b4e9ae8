# mail-qstat: the two counts
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home queue=$SCRATCH/home/queue
oneTimeSetUp() { instance "$home" host.example.org || fail "no instance"; }
count() { "$home/bin/mail-qstat" 2> "$SCRATCH/err" | tr '\n' ' '; }

test_counts() {
  assertEquals "messages in queue: 0 messages in queue but not yet preprocessed: 0 " "$(count)"
  for n in 1 2 3; do touch "$queue/todo/18/060a24181e400${n}000001aaaaaa"; done
  touch "$queue/todo/19/060a24191e4001000001aaaaaa-1"
  touch "$queue/state/18/060a24181e4002000001aaaaaa" "$queue/state/20/060a24201e4001000001aaaaaa"
  assertEquals "messages in queue: 4 messages in queue but not yet preprocessed: 3 " "$(count)"
  touch "$queue/todo/19/core"
  assertEquals "files in queue/todo that are no messages: 1 " "$(count | sed 's/.*: 3 //')"
}

test_many() {
  i=0
  while [ $i -lt 1000 ]; do i=$((i + 1)); printf '%s/todo/00/060a2400%06x000001aaaaaa\n' "$queue" $i; done | xargs touch
  "$home/bin/mail-qstat" | grep -q '^messages in queue: 100[0-9]$' || fail "$("$home/bin/mail-qstat")"
}

test_failures() {
  "$home/bin/mail-qstat" x 2> /dev/null
  assertEquals 100 $?
  "$home/bin/mail-qstat" > /dev/full 2> /dev/null
  assertEquals 111 $?
  mv "$queue/state" "$queue/elsewhere"
  "$home/bin/mail-qstat" > "$SCRATCH/out" 2> "$SCRATCH/err"
  assertEquals 111 $?
  mv "$queue/elsewhere" "$queue/state"
  grep -q 'cannot read queue/state' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
}

test_others_may_not_look() {
  need_root || return 0
  setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-qstat" > "$SCRATCH/out" 2> "$SCRATCH/err"
  assertEquals 100 $?
  grep -q 'only root' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
}

run_tests
