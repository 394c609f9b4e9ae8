# mail-start.sh - who is started as whom with which descriptors, restarts, signals, -1
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
out=$SCRATCH/out

# Every daemon becomes a script that tells who it is and what it holds, then lives until its lifeline ends.
fake_daemons() {
  mkdir -p "$out"
  chmod 1777 "$out"
  for d in mail-queued mail-lookup mail-send mail-open mail-clean mail-lspawn mail-rspawn mail-bounce; do
    cat > "$home/bin/$d.new" <<EOF
#!/bin/sh
me=$d\$1
trap 'echo HUP >> $out/\$me.signals' HUP
trap 'echo ALRM >> $out/\$me.signals' ALRM
trap 'echo TERM >> $out/\$me.signals; kill \$cat; exit 0' TERM
ls -l /proc/\$\$/fd > $out/\$me.fds    # not into a pipe, of which the shell would have both ends for a moment
{ echo pid \$\$; id -u; id -g; awk '/ -> / { print \$9, \$11 }' $out/\$me.fds | sort -n; } > $out/\$me.tmp
env | sort > $out/\$me.env
mv $out/\$me.tmp $out/\$me
echo x >> $out/\$me.lives
[ -e $out/\$me.exit ] && exit \$(cat $out/\$me.exit)
exec 9<&0
cat <&9 & cat=\$!
while kill -0 \$cat 2>/dev/null; do wait \$cat; done
EOF
    chmod 755 "$home/bin/$d.new"
    mv "$home/bin/$d.new" "$home/bin/$d"
  done
}

oneTimeSetUp() {
  instance "$home" start.example >/dev/null || exit 1
  cp "$home/bin/mail-start" "$SCRATCH/real"
  fake_daemons
}

fresh() { rm -f "$out"/*; }
start() { "$home/bin/mail-start" "$1" 2>> "$SCRATCH/log" & started=$!; on_exit "kill $started 2>/dev/null"; }
stop() { kill "$started"; wait "$started"; }
who() { sed -n '2,3p' "$out/$1" | tr '\n' ' '; }
socket() { awk -v n="$2" '$1 == n { print $2 }' "$out/$1"; }
pid() { sed -n 's/^pid //p' "$out/$1"; }
lives() { wc -l < "$out/$1.lives"; }
started_all() { for d in "$@"; do [ -s "$out/$d.lives" ] || return 1; done; }
sendgroup="mail-send mail-open mail-clean mail-lspawn mail-lookup mail-rspawn mail-bounce"

test_usage() {
  "$home/bin/mail-start" 2> "$SCRATCH/err"
  assertEquals 100 $?
  "$home/bin/mail-start" sendd 2>> "$SCRATCH/err"
  assertEquals 100 $?
  "$home/bin/mail-start" -1 -x 2>> "$SCRATCH/err"
  assertEquals 100 $?
  assertEquals 3 "$(grep -c usage "$SCRATCH/err")"
}

test_queue_group() {
  fresh
  start queue
  wait_for 60 started_all mail-queued mail-lookup-l || fail "did not start"
  if [ $ROOT = yes ]; then
    assertEquals "61002 61003 " "$(who mail-queued)"
    assertEquals "61006 61006 " "$(who mail-lookup-l)"
  fi
  assertNotNull "listening socket" "$(socket mail-queued 3)"
  assertNotNull "lifeline" "$(socket mail-queued 0 | grep pipe)"
  assertEquals "no other descriptor" "0 1 2 3" "$(awk 'NF == 2 && $1 ~ /^[0-9]$/ { print $1 }' "$out/mail-queued" | xargs)"
  assertEquals "666" "$(stat -c %a "$home/run/queue")"
  assertTrue "a second one refuses" "! $home/bin/mail-start queue 2>> $SCRATCH/log"
  assertEquals "only a PATH" 1 "$(grep -cv '^PWD=\|^_=\|^OLDPWD=\|^SHLVL=' "$out/mail-queued.env")"
  before=$(socket mail-queued 3)
  kill -9 "$(pid mail-queued)"
  wait_for 60 [ "$(lives mail-queued)" = 2 ] || wait_for 60 sh -c "[ \$(wc -l < $out/mail-queued.lives) = 2 ]" || fail "not restarted"
  assertEquals "the socket outlives it" "$before" "$(socket mail-queued 3)"
  assertEquals "the other lives on" 1 "$(lives mail-lookup-l)"
  kill -HUP $started
  wait_for 60 grep -q HUP "$out/mail-queued.signals" || fail "HUP not passed on"
  stop
  assertEquals 0 $?
  assertTrue "TERM was passed on" "grep -q TERM $out/mail-queued.signals"
}

test_send_group() {
  fresh
  start send
  wait_for 60 started_all $sendgroup || fail "did not start"
  if [ $ROOT = yes ]; then
    assertEquals "61003 61003 " "$(who mail-send)"
    assertEquals "61002 61003 " "$(who mail-open)"
    assertEquals "61002 61003 " "$(who mail-clean)"
    assertEquals "0 0 " "$(who mail-lspawn)"
    assertEquals "61005 61005 " "$(who mail-lookup)"
    assertEquals "61007 61007 " "$(who mail-rspawn)"
    assertEquals "61004 61004 " "$(who mail-bounce)"
  fi
  for fd in 3 4 5 6 7; do assertNotNull "mail-send $fd" "$(socket mail-send $fd | grep socket)"; done
  assertNull "mail-send has no 8" "$(socket mail-send 8)"
  kill -HUP $started
  kill -ALRM $started
  wait_for 60 grep -q HUP "$out/mail-send.signals" || fail "HUP not passed on"
  for d in mail-rspawn mail-lspawn mail-bounce; do
    wait_for 60 grep -q HUP "$out/$d.signals" || fail "HUP not passed on to $d"
  done
  for d in mail-send mail-rspawn mail-clean; do
    wait_for 60 grep -q ALRM "$out/$d.signals" || fail "ALRM not passed on to $d"
  done
  assertFalse "mail-open is left alone" "[ -e $out/mail-open.signals ]"
  kill -9 "$(pid mail-clean)"
  wait_for 60 sh -c "[ \$(wc -l < $out/mail-send.lives) = 2 ]" || fail "the group did not start again"
  kill -TERM $started
  wait $started
  assertEquals 0 $?
}

told() { grep -q "$1" "$SCRATCH/log"; }
lived() { [ "$(lives "$1")" -ge "$2" ]; } # DAEMON TIMES

# what kills a daemon (no memory, no processes left) often makes the next fork fail too
test_a_failed_fork_is_tried_again() {
  need_root && need strace strace || return 0
  fresh
  : > "$SCRATCH/log"
  start queue
  wait_for 60 started_all mail-queued mail-lookup-l || fail "did not start"
  fails $started $forking
  kill -9 "$(pid mail-queued)"
  wait_for 60 told 'unable to fork for mail-queued' || fail "fork did not fail"
  n=$(grep -c 'unable to fork' "$SCRATCH/log")
  kill -HUP $started      # a signal neither hastens nor delays it
  sleep 2
  more=$(($(grep -c 'unable to fork' "$SCRATCH/log") - n))
  assertTrue "with a pause: $more in two seconds" "[ $more -ge 1 ] && [ $more -le 3 ]"
  works_again
  wait_for 60 lived mail-queued 2
  assertTrue "it is back by itself" $?
  assertEquals "the other lives on" 1 "$(lives mail-lookup-l)"
  stop
  assertEquals 0 $?
}

test_a_send_service_without_processes_or_sockets_comes_back() {
  need_root && need strace strace || return 0
  for call in $forking socketpair pipe,pipe2; do
    fresh
    : > "$SCRATCH/log"
    start send
    wait_for 60 started_all $sendgroup || fail "did not start"
    fails $started $call
    kill -9 "$(pid mail-open)"
    wait_for 60 told 'unable to' || fail "$call did not fail"
    works_again
    wait_for 60 lived mail-send 2
    assertTrue "$call: it is back by itself" $?
    stop
    assertEquals "$call" 0 $?
  done
}

test_a_pass_that_could_not_start_failed() {
  need_root && need strace strace || return 0
  fresh
  timeout 60 strace -f -o /dev/null -e trace=$forking -e inject=$forking:error=EAGAIN "$home/bin/mail-start" -1 2> "$SCRATCH/err"
  assertEquals 111 $?
}

test_daemons_end_when_mail_start_is_killed() {
  fresh
  start send
  wait_for 60 started_all $sendgroup || fail "did not start"
  p=$(pid mail-rspawn)
  kill -9 $started
  wait_for 60 ended "$p" || fail "mail-rspawn lives on without a lifeline"
}

test_one_pass() {
  fresh
  echo 0 > "$out/mail-send-1.exit"
  timeout 20 "$home/bin/mail-start" -1 2>> "$SCRATCH/log"
  assertEquals "done" 0 $?
  assertTrue "mail-send was told" "[ -e $out/mail-send-1 ]"
  assertEquals "the daemons are told to be silent" LOG=errors "$(grep ^LOG= "$out/mail-send-1.env")"
  fresh
  echo 0 > "$out/mail-send-1a.exit"
  timeout 20 "$home/bin/mail-start" -1 -v -a 2>> "$SCRATCH/log"
  assertEquals "a pass over all" 0 $?
  assertFalse "with all lines" "grep ^LOG= $out/mail-send-1a.env"
  fresh
  echo 111 > "$out/mail-send-1.exit"
  timeout 20 "$home/bin/mail-start" -1 2>> "$SCRATCH/log"
  assertEquals "failed" 111 $?
}

test_one_pass_leaves_a_running_service_alone() {
  fresh
  start send
  wait_for 60 started_all $sendgroup || fail "did not start"
  "$home/bin/mail-start" -1 2> "$SCRATCH/err"
  assertEquals 0 $?
  assertEquals "is silent: cron would mail it" "" "$(cat "$SCRATCH/err")"
  "$home/bin/mail-start" -1 -v 2> "$SCRATCH/err"
  assertEquals 0 $?
  assertTrue "says so when asked" "grep -q 'runs already' $SCRATCH/err"
  assertEquals "nothing was started" 1 "$(lives mail-send)"
  stop
}

test_rights_that_are_left() {
  need_root || return 0
  fresh
  start send
  wait_for 60 started_all $sendgroup || fail "did not start"
  # kill, setgid, setuid: bits 5, 6, 7
  assertEquals "00000000000000e0" "$(awk '/^CapEff/ { print $2 }' /proc/$started/status)"
  assertEquals "00000000000000e0" "$(awk '/^CapBnd/ { print $2 }' /proc/$started/status)"
  assertEquals "00000000000000e0" "$(awk '/^CapBnd/ { print $2 }' /proc/$(pid mail-lspawn)/status)"
  assertEquals "0000000000000000" "$(awk '/^CapEff/ { print $2 }' /proc/$(pid mail-send)/status)"
  stop
}

run_tests
