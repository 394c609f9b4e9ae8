# mail-start.sh - who is started as whom with which descriptors, restarts, signals, -1
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
out=$SCRATCH/out

# Every daemon becomes a script that tells who it is and what it holds, then lives until its lifeline ends.
fake_daemons() {
  mkdir -p "$out"
  chmod 1777 "$out"
  for d in mail-queued mail-lookup mail-send mail-open mail-clean mail-lspawn mail-rspawn mail-bounce \
    mail-smtpd mail-qmtpd mail-qmqpd mail-tlsd mail-keyd mail-authd mail-desk; do
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
sendgroup="mail-send mail-open mail-clean mail-lspawn mail-lookup mail-rspawn mail-bounce mail-desk"

test_usage() {
  "$home/bin/mail-start" 2> "$SCRATCH/err"
  assertEquals 100 $?
  "$home/bin/mail-start" sendd 2>> "$SCRATCH/err"
  assertEquals 100 $?
  "$home/bin/mail-start" -1 -x 2>> "$SCRATCH/err"
  assertEquals 100 $?
  assertEquals 3 "$(grep -c usage "$SCRATCH/err")"
}

test_only_root_may() {
  need_root || return 0
  for args in queue send listen -1; do
    setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-start" $args 2> "$SCRATCH/err"
    assertEquals "$args" 100 $?
    assertEquals "$args" "mail-start: fatal: only root may start services in $home" "$(cat "$SCRATCH/err")"
  done
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
  wait_for 60 lived mail-queued 2 || fail "not restarted"
  assertEquals "the socket outlives it" "$before" "$(socket mail-queued 3)"
  assertEquals "the other lives on" 1 "$(lives mail-lookup-l)"
  kill -HUP $started
  wait_for 60 grep -q HUP "$out/mail-queued.signals" || fail "HUP not passed on"
  stop
  assertEquals 0 $?
  assertTrue "TERM was passed on" "grep -q TERM $out/mail-queued.signals"
}

test_tls_group() {
  need_tls || return 0
  fresh
  start tls
  tlsgroup="mail-tlsd-s mail-tlsd-c mail-keyd mail-authd"
  # shellcheck disable=SC2086
  wait_for 60 started_all $tlsgroup || { fail "did not start"; return; }
  if [ $ROOT = yes ]; then
    assertEquals "61009 61009 " "$(who mail-tlsd-s)"
    assertEquals "61009 61009 " "$(who mail-tlsd-c)"
    assertEquals "61010 61010 " "$(who mail-keyd)"
    assertEquals "61011 61011 " "$(who mail-authd)"
    for row in "tlsin 61001" "tlsout 61007" "key 61009" "auth 61001"; do    # a folder says who may connect
      assertEquals "${row% *}" "750 0 ${row#* }" "$(stat -c '%a %u %g' "$home/run/${row% *}")"
    done
  fi
  for d in $tlsgroup; do
    assertNotNull "$d: listening socket" "$(socket "$d" 3 | grep socket)"
    assertEquals "$d: no other descriptor" "0 1 2 3" "$(awk 'NF == 2 && $1 ~ /^[0-9]$/ { print $1 }' "$out/$d" | xargs)"
  done
  assertEquals "each has its own" 4 "$(for d in $tlsgroup; do socket "$d" 3; done | sort -u | wc -l)"
  for s in tlsin/tls tlsout/tls key/key auth/auth; do assertTrue "$s" "[ -S $home/run/$s ]"; done
  assertTrue "a second one refuses" "! $home/bin/mail-start tls 2>> $SCRATCH/log"
  before=$(socket mail-keyd 3)
  kill -9 "$(pid mail-keyd)"
  wait_for 60 lived mail-keyd 2 || fail "not restarted"
  assertEquals "the socket outlives it" "$before" "$(socket mail-keyd 3)"
  assertEquals "the others live on" "1 1 1" "$(lives mail-tlsd-s) $(lives mail-tlsd-c) $(lives mail-authd)"
  kill -HUP $started
  for d in $tlsgroup; do wait_for 60 grep -q HUP "$out/$d.signals" || fail "HUP not passed on to $d"; done
  stop
  assertEquals 0 $?
  for d in $tlsgroup; do assertTrue "TERM was passed on to $d" "grep -q TERM $out/$d.signals"; done
  mv "$home/bin/mail-keyd" "$SCRATCH/away"
  timeout 60 "$home/bin/mail-start" tls 2> "$SCRATCH/err"
  assertEquals "one is missing" 100 $?
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'bin/mail-keyd is not there: make install' $SCRATCH/err"
  mv "$SCRATCH/away" "$home/bin/mail-keyd"
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
  [ $ROOT = no ] || assertEquals "61012 61003 " "$(who mail-desk)"
  for fd in 3 4 5 6 7 8; do assertNotNull "mail-send $fd" "$(socket mail-send $fd | grep socket)"; done
  assertNull "mail-send has no 9" "$(socket mail-send 9)"
  for fd in 3 4; do assertNotNull "mail-desk $fd" "$(socket mail-desk $fd | grep socket)"; done
  assertEquals 666 "$(stat -c %a "$home/run/desk/desk")"
  desk=$(socket mail-desk 3)
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
  wait_for 60 lived mail-desk 2
  assertEquals "who waits at the desk waits on" "$desk" "$(socket mail-desk 3)"
  kill -TERM $started
  wait $started
  assertEquals 0 $?
}

told() { grep -q "$1" "$SCRATCH/log"; }
lived() { [ "$(lives "$1")" -ge "$2" ]; } # DAEMON TIMES

tries_of_fork() { grep -c 'unable to fork' "$SCRATCH/log"; }
more_tries_of_fork() { [ "$(tries_of_fork)" -gt "$1" ]; }

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
  began=$(date +%s)
  n=$(tries_of_fork)
  kill -HUP $started      # a signal neither hastens nor delays it
  sleep 2
  wait_for 60 more_tries_of_fork $n || fail "it is not tried again"
  more=$(($(tries_of_fork) - n)) took=$(($(date +%s) - began))
  assertTrue "with a pause: $more in $took seconds" "[ $more -le $((took + 1)) ]"
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
  timeout 120 "$home/bin/mail-start" -1 2>> "$SCRATCH/log"
  assertEquals "done" 0 $?
  assertTrue "mail-send was told" "[ -e $out/mail-send-1 ]"
  assertNull "a pass has no desk" "$(socket mail-send-1 8; ls "$out" | grep mail-desk)"
  assertEquals "the daemons are told to be silent" LOG=errors "$(grep ^LOG= "$out/mail-send-1.env")"
  fresh
  echo 0 > "$out/mail-send-1a.exit"
  timeout 120 "$home/bin/mail-start" -1 -v -a 2>> "$SCRATCH/log"
  assertEquals "a pass over all" 0 $?
  assertFalse "with all lines" "grep ^LOG= $out/mail-send-1a.env"
  fresh
  echo 111 > "$out/mail-send-1.exit"
  timeout 120 "$home/bin/mail-start" -1 2>> "$SCRATCH/log"
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


listens_at() { grep -qi "$1:$(printf '%04X' "$2") 0*:0000 0A" /proc/net/tcp /proc/net/tcp6; } # HEXADECIMAL-ADDRESS PORT
variable() { sed -n "s/^$2=//p" "$out/$1.env"; } # DAEMON NAME

test_listen_group() {
  fresh
  a=$(free_port 2600)
  b=$(free_port $((a + 1)))
  c=$(free_port $((b + 1)))
  printf '%s\n' '# where' "127.0.0.1:$a  # SMTP" "[::1]:$a:smtp" ":$b:qmqp" > "$home/control/listen"
  python3 -S - "$SCRATCH/notify" > "$SCRATCH/told" <<'EOF' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print(s.recv(100).decode(), flush=True)
EOF
  notified=$!
  on_exit "kill $notified 2>/dev/null"
  wait_for 60 test -S "$SCRATCH/notify" || fail "no socket"
  NOTIFY_SOCKET=$SCRATCH/notify
  export NOTIFY_SOCKET
  start listen
  unset NOTIFY_SOCKET
  wait_for 60 started_all mail-smtpd-l mail-qmqpd-l || fail "did not start"
  assertFalse "nothing for QMTP" "[ -e $out/mail-qmtpd-l ]"
  [ $ROOT = no ] || assertEquals "61001 61001 " "$(who mail-smtpd-l)"
  assertEquals "its descriptors" "0 1 2 3 4" "$(awk 'NF == 2 && $1 ~ /^[0-9]$/ { print $1 }' "$out/mail-smtpd-l" | xargs)"
  assertNotNull "lifeline" "$(socket mail-smtpd-l 0 | grep pipe)"
  assertNotNull "a socket" "$(socket mail-smtpd-l 4 | grep socket)"
  assertEquals "for it" "$(pid mail-smtpd-l)" "$(variable mail-smtpd-l LISTEN_PID)"
  assertEquals "two" 2 "$(variable mail-smtpd-l LISTEN_FDS)"
  assertEquals "by name" smtp:smtp "$(variable mail-smtpd-l LISTEN_FDNAMES)"
  assertEquals "of both families" qmqp:qmqp "$(variable mail-qmqpd-l LISTEN_FDNAMES)"
  assertEquals "nobody else is to tell that they are ready" "" "$(variable mail-smtpd-l NOTIFY_SOCKET)"
  assertTrue "IPv4" "listens_at 0100007F $a"
  assertTrue "IPv6" "listens_at 00000000000000000000000001000000 $a"
  assertTrue "all of both" "listens_at 00000000 $b && listens_at 00000000000000000000000000000000 $b"
  wait_for 60 grep -qx READY=1 "$SCRATCH/told" || fail "not told that it is ready"

  before=$(socket mail-smtpd-l 3)
  kill -9 "$(pid mail-smtpd-l)"
  wait_for 60 lived mail-smtpd-l 2 || fail "not restarted"
  assertEquals "the socket outlives it" "$before" "$(socket mail-smtpd-l 3)"
  assertEquals "the other lives on" 1 "$(lives mail-qmqpd-l)"
  kill -HUP $started
  wait_for 60 grep -q HUP "$out/mail-smtpd-l.signals" || fail "HUP not passed on"
  stop
  assertEquals 0 $?
  assertTrue "TERM was passed on" "grep -q TERM $out/mail-qmqpd-l.signals"
}

test_what_cannot_be_listened_at() {
  fresh
  for line in mail.example:25 192.0.2.1 2525 192.0.2.1:25:imap ::1:25 192.0.2.1:65536; do
    printf '127.0.0.1:%s\n%s\n' "$(free_port 2600)" "$line" > "$home/control/listen"
    timeout 60 "$home/bin/mail-start" listen 2> "$SCRATCH/err"
    assertEquals "$line" 111 $?
    assertTrue "$line: $(cat "$SCRATCH/err")" "grep -q 'control/listen must be address:port.*; this is not: $line' $SCRATCH/err"
  done
  a=$(free_port 2600)
  printf '127.0.0.1:%s\n127.0.0.1:%s:qmtp\n' "$a" "$a" > "$home/control/listen"
  timeout 60 "$home/bin/mail-start" listen 2> "$SCRATCH/err"
  assertEquals "one place twice" 111 $?
  assertTrue "$(cat "$SCRATCH/err")" "grep -q 'unable to listen on 127.0.0.1:$a.* (a program has it already: INSTALL, 8, .*: Address' $SCRATCH/err"
  assertFalse "no server was started" "ls $out/*.lives"
}

test_where_nothing_is_said_it_is_port_25() {
  need_root || return 0
  fresh
  rm -f "$home/control/listen"
  unshare -n "$home/bin/mail-start" listen 2>> "$SCRATCH/log" &
  started=$!
  on_exit "kill $started 2>/dev/null"
  wait_for 60 started_all mail-smtpd-l || fail "did not start"
  assertEquals "a socket of each family" 2 "$(cat /proc/$started/net/tcp /proc/$started/net/tcp6 | grep -c ':0019 0*:0000 0A')"
  stop
  assertEquals 0 $?
}

test_sockets_that_are_handed_on() {
  fresh
  echo "192.0.2.1:9" > "$home/control/listen"    # nobody reads that
  python3 -S - "$home/bin/mail-start" 2>> "$SCRATCH/log" <<'EOF' &
import os, socket, sys
kept = [socket.create_server(("127.0.0.1", 0)) for name in range(3)]
for s in kept:
    os.dup2(s.fileno(), 20 + kept.index(s))
for i in range(3):
    os.dup2(20 + i, 3 + i)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="3", LISTEN_FDNAMES="mail.socket:qmtp:smtp")
os.execv(sys.argv[1], [sys.argv[1], "listen"])
EOF
  started=$!
  on_exit "kill $started 2>/dev/null"
  wait_for 60 started_all mail-smtpd-l mail-qmtpd-l || fail "did not start"
  assertEquals "a name that is no service's is SMTP" 2 "$(variable mail-smtpd-l LISTEN_FDS)"
  assertEquals "one for QMTP" 1 "$(variable mail-qmtpd-l LISTEN_FDS)"
  assertEquals "and nothing else" "0 1 2 3" "$(awk 'NF == 2 && $1 ~ /^[0-9]$/ { print $1 }' "$out/mail-qmtpd-l" | xargs)"
  stop
  assertEquals 0 $?
  rm "$home/control/listen"
}

run_tests
