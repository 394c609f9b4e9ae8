# listen.sh - the network servers as their own porters: who is let in, and that mail goes on whatever others do
#
# An instance with its real queue; clients come from many addresses of the loopback's network.
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
log=$SCRATCH/log
SLOW=4000       # ms without a message that are too long: 2 s are promised, and others use this machine, too

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" mx.example > /dev/null || exit 1
  mailbox "$home" ann 61050
  "$home/bin/mail-newu" || exit 1
  port=$(free_port 2600) qmtp=$(free_port $((port + 1))) qmqp=$(free_port $((qmtp + 1)))
  printf '%s\n' "0.0.0.0:$port" "[::1]:$port" "127.0.0.1:$qmtp:qmtp" "127.0.0.1:$qmqp:qmqp" > "$home/control/listen"
  echo 0 > "$home/control/listenrate"
  echo 0 > "$home/control/listenratenet"
  "$home/bin/mail-start" queue > "$SCRATCH/queue.log" 2>&1 &
  on_exit "kill $! 2>/dev/null"
  start_listening
}
start_listening() {
  "$home/bin/mail-start" listen >> "$log" 2>&1 &
  listening=$!
  on_exit "kill $listening 2>/dev/null"
  wait_for 60 greets 127.0.0.1 220 || { echo "no server"; cat "$log"; exit 1; }
}

visit() { python3 -I -S "$stub/visitors.py" "$port" "$@"; }
stay() { exec python3 -I -S "$stub/visitors.py" "$port" "$@"; }        # in the background
greets() { visit greet "$1" 2>/dev/null | grep -q "^$2"; } # ADDRESS START
logged() { grep -q "$1" "$log"; }
porter() { pgrep -P $listening -f 'bin/mail-smtpd -l'; }
dispatcher() { pgrep -P "$(porter)" -f 'bin/mail-smtpd -w'; }
set_to() { # VALUE SETTING, and the servers read it
  if [ "$1" ]; then echo "$1" > "$home/control/$2"; else rm -f "$home/control/$2"; fi
  reread
}
reread() {
  before=$(dispatcher)
  kill -HUP $listening
  wait_for 60 another_dispatcher "$before" || fail "no new dispatcher"
}
another_dispatcher() { d=$(dispatcher | xargs) && [ "$d" != "$1" ] && [ "${d% *}" = "$d" ] && [ -n "$d" ]; } # the only one
rules() { tcprules "$home/control/smtp.cdb" "$home/control/smtp.tmp"; }

# Honest mail for some seconds, while something happens to the servers or to others: it goes on.
goes_on() { # WHAT SECONDS COMMAND...
  what=$1 seconds=$2
  shift 2
  rm -f "$SCRATCH/clock"
  stay honest 127.0.1.1 ann@mx.example "$seconds" "$SCRATCH/clock" > "$SCRATCH/honest" &
  honest=$!
  wait_for 60 test -s "$SCRATCH/clock" || fail "$what: nothing came through"
  "$@"
  wait $honest
  read -r done longest < "$SCRATCH/honest"
  assertTrue "$what: $done messages" "[ $done -ge 2 ]"
  assertTrue "$what: nothing for $longest ms" "[ $longest -lt $SLOW ]"
}

test_a_message_each_way() {
  need_root || return 0
  assertEquals "IPv4" "250 2.0.0 ok" "$(visit mail 127.0.0.1 ann@mx.example | cut -c1-12)"
  assertEquals "IPv6" "250 2.0.0 ok" "$(visit mail ::1 ann@mx.example | cut -c1-12)"
  wait_for 60 logged 'mail-smtpd: accepted pid=.* ip=::1 ' || fail "not in the log"
  assertEquals "unknown" "550 5.1.1" "$(visit mail 127.0.0.1 nobody-here@mx.example | cut -c1-9)"
  assertEquals "no relaying" "550 5.7.1" "$(visit mail 127.0.0.1 x@elsewhere.example | cut -c1-9)"
}

test_rules() {
  need_root || return 0
  printf '#!/bin/sh\ncat > %s/hooked.$$\nenv > %s/hooked.env\n' "$SCRATCH/hooks" "$SCRATCH/hooks" > "$SCRATCH/hook"
  mkdir -p "$SCRATCH/hooks" && chmod 0777 "$SCRATCH/hooks" && chmod 0755 "$SCRATCH/hook"
  echo 127.0.0.26/31 > "$home/control/relayclients"
  reread
  rules << EOF
127.0.0.20:deny
127.0.0.21:allow,RELAYCLIENT=""
127.0.0.22:allow,DATABYTES="777"
127.0.0.23:allow,QMAILQUEUE="$SCRATCH/hook"
127.0.0.24:allow,EHLOHIDE="SIZE DSN"
127.0.0.26:allow
EOF
  assertEquals "denied" closed "$(visit greet 127.0.0.20)"
  wait_for 60 logged 'refused connection ip=127.0.0.20: denied' || fail "not in the log"
  assertEquals "may relay" 250 "$(visit mail 127.0.0.21 x@elsewhere.example | cut -c1-3)"
  assertEquals "by relayclients" 250 "$(visit mail 127.0.0.27 x@elsewhere.example | cut -c1-3)"
  assertEquals "not where a rule is" 550 "$(visit mail 127.0.0.26 x@elsewhere.example | cut -c1-3)"
  assertEquals "bytes" "552 5.3.4" "$(visit say 127.0.0.22 'EHLO x' 'MAIL FROM:<a@b.example> SIZE=778' | tail -n 1 | cut -c1-9)"
  assertEquals "others may have more" 250 "$(visit say 127.0.0.1 'EHLO x' 'MAIL FROM:<a@b.example> SIZE=778' | tail -n 1 | cut -c1-3)"
  assertEquals "what EHLO hides" 555 "$(visit say 127.0.0.24 'EHLO x' 'MAIL FROM:<a@b.example> SIZE=1' | tail -n 1 | cut -c1-3)"
  assertEquals "a hook" 250 "$(visit mail 127.0.0.23 ann@mx.example hooked | cut -c1-3)"
  assertTrue "got it" "grep -q '^hooked' $SCRATCH/hooks/hooked.[0-9]*"
  assertTrue "with its client" "grep -qx TCPREMOTEIP=127.0.0.23 $SCRATCH/hooks/hooked.env"
  assertEquals "which nobody else has" 250 "$(visit mail 127.0.0.1 ann@mx.example others | cut -c1-3)"
  assertFalse "nobody" "grep -q '^others' $SCRATCH/hooks/hooked.[0-9]*"
  echo '127.0.0.20:allow' | rules
  assertEquals "new rules hold at once" 220 "$(visit greet 127.0.0.20 | cut -c1-3)"
  echo damaged > "$home/control/smtp.tmp" && mv "$home/control/smtp.tmp" "$home/control/smtp.cdb"
  assertEquals "damaged ones" "421 4.3.0" "$(visit greet 127.0.0.1 | cut -c1-9)"
  rm "$home/control/smtp.cdb"
  assertEquals "none" 220 "$(visit greet 127.0.0.1 | cut -c1-3)"
}

held() { [ -s "$SCRATCH/held.$1" ]; }
hold() { # WHAT ADDRESS N CODE:TIMES...: how they were greeted
  rm -f "$SCRATCH/held.$2"
  stay hold "$2" "$3" "$SCRATCH/held.$2" &
  holding=$!
  on_exit "kill $holding 2>/dev/null"
  wait_for 60 held "$2"
  assertEquals "$1" "$4" "$(sed -n 1p "$SCRATCH/held.$2")"
}
let_go() { kill $holding 2>/dev/null; wait $holding 2>/dev/null; }

refused_and_logged() { greets "$1" 421 && logged "refused connection ip=$1: 4.7.0 $2"; } # there is a line a second

test_limits_at_a_time() {
  need_root || return 0
  echo 5 > "$home/control/listenperip"
  set_to 8 listenpernet
  hold "of an address" 127.0.2.1 7 "220:5 421:2"
  one=$holding
  hold "of a network" 127.0.2.2 5 "220:3 421:2"
  assertTrue "not of others" "greets 127.0.3.1 220"
  assertEquals "why" "421 4.7.0 too many connections from your network" "$(visit greet 127.0.2.3)"
  wait_for 60 refused_and_logged 127.0.2.1 'too many connections from your address' || fail "not in the log"
  kill $one
  wait_for 60 greets 127.0.2.3 220 || fail "places are not free again"
  let_go
  echo 127.0.2.0/24 > "$home/control/relayclients"
  reread
  hold "not of who may relay" 127.0.2.4 9 220:9
  let_go
  rm "$home/control/relayclients" "$home/control/listenperip"
  set_to "" listenpernet
}

test_limits_in_a_minute() {
  need_root || return 0
  echo 3 > "$home/control/listenrate"
  set_to 4 listenratenet
  visit reset 127.0.4.1 2
  assertTrue "the third" "greets 127.0.4.1 220"
  assertEquals "the fourth" "421 4.7.0 too many new connections from your address in a minute" "$(visit greet 127.0.4.1)"
  assertTrue "another" "greets 127.0.4.2 220"
  assertEquals "of the network" "421 4.7.0 too many new connections from your network in a minute" "$(visit greet 127.0.4.2)"
  echo 0 > "$home/control/listenrate"
  set_to 0 listenratenet
}

test_when_all_are_taken_the_silent_go() {
  need_root || return 0
  set_to 8 listenconnections
  hold "all" 127.0.5.1 8 220:8
  goes_on "all taken" 3 true
  wait_for 60 grep -qx 421 "$SCRATCH/held.127.0.5.1"
  assertTrue "some had to go" $?
  let_go
  set_to "" listenconnections
}

test_others_do_what_they_like() {
  need_root || return 0
  stay drip 127.0.6.1 50 &
  dripping=$!
  on_exit "kill $dripping 2>/dev/null"
  goes_on "300 that are reset" 3 visit reset 127.0.6.2 300
  hold "more than an address may have" 127.0.6.3 60 "220:50 421:10"
  goes_on "a flood" 3 visit reset 127.0.6.3 200
  let_go
  kill $dripping
}

kill_session() { kill -9 $(pgrep -P "$(dispatcher)" -f mail-smtpd); }

test_any_of_them_is_killed() {
  need_root || return 0
  goes_on "a session" 3 wait_for 60 kill_session
  goes_on "the dispatcher" 4 kill -9 "$(dispatcher)"
  wait_for 60 logged 'mail-smtpd -w has ended' || fail "not in the log"
  goes_on "the porter" 5 kill -9 "$(porter)"
}

test_settings_anew() {
  need_root || return 0
  echo "mx.example hello" > "$home/control/smtpgreeting"
  visit say 127.0.0.7 > /dev/null
  reread
  assertEquals "the new greeting" "220 mx.example hello ESMTP" "$(visit greet 127.0.0.7)"
  echo "not a number" > "$home/control/maxrcpt"
  echo "no address" > "$home/control/relayclients"
  kill -HUP $listening
  wait_for 60 logged 'the old settings stay' || fail "not in the log"
  assertTrue "mail goes on" "greets 127.0.0.7 220"
  rm "$home/control/maxrcpt" "$home/control/relayclients" "$home/control/smtpgreeting"
}

test_whose_mail_ends_here_needs_no_signal() {
  need_root || return 0
  assertTrue "a stranger's domain" "says 550"
  printf '%s\n' mx.example new.example > "$home/control/locals"
  wait_for 60 says 250 || fail "a new domain is not taken"
  rm "$home/control/locals"
  wait_for 60 says 550 || fail "a domain that is gone is taken"
}
says() { [ "$(visit mail 127.0.0.7 ann@new.example | cut -c1-3)" = "$1" ]; }

dispatchers() { dispatcher | grep -c .; }
are_dispatchers() { [ "$(dispatchers)" = "$1" ]; }
# And each has a session, the newest its spare one: it has said that it is ready, and whoever comes next is its client.
are_at_work() { are_dispatchers "$1" && for d in $(dispatcher); do pgrep -P "$d" || return 1; done; }
have_read() { [ "$(times_read)" -gt "$1" ]; } # BEFORE
times_read() { grep -c 'mail-smtpd: settings read' "$log"; }

# Each keeps a connection, and so it stays when it is retired. The ninth has to wait.
test_no_more_than_eight_dispatchers() {
  need_root || return 0
  held_by= first=
  for n in 1 2 3 4 5 6 7; do
    hold "one" 127.0.8.$n 1 220:1
    held_by="$held_by $holding" first=${first:-$holding}
    kill -HUP $listening
    wait_for 60 are_at_work $((n + 1)) || fail "$n retired, and $(dispatchers) in all"
  done
  wait_for 60 greets 127.0.0.7 220 || fail "the last one does not serve"
  read_before=$(times_read)
  echo "mx.example later" > "$home/control/smtpgreeting"
  kill -HUP $listening
  wait_for 60 have_read "$read_before" || fail "HUP is not heard"
  assertEquals "the old one serves on" "220 mx.example ESMTP" "$(visit greet 127.0.0.7)"
  assertEquals 8 "$(dispatchers)"
  kill $first
  wait_for 60 greets 127.0.0.7 "220 mx.example later" || fail "there was a place for the new one"
  kill $held_by 2>/dev/null
  wait_for 60 are_dispatchers 1 || fail "$(dispatchers) are left"
  rm "$home/control/smtpgreeting"
  reread
}

# One after another, of one address: a session of its own for each would take minutes.
test_a_dispatcher_has_served_long_enough() {
  need_root || return 0
  [ -n "${LISTEN_CONNECTIONS:-}" ] || return 0      # tests/long/listen.sh
  set_to 1 listenloopback
  before=$(dispatcher)
  visit quit 127.0.0.1 9900 > /dev/null
  assertEquals "not yet" "$before" "$(dispatcher)"
  assertEquals "none is refused" 220:200 "$(visit quit 127.0.0.1 200)"
  wait_for 60 another_dispatcher "$before" || fail "the old one works on"
  set_to "" listenloopback
}

test_the_others() {
  need_root || return 0
  netmail() { python3 -I -S "$stub/netmail.py" "$@"; }
  ask() { python3 -I -S "$stub/visitors.py" "$1" ask 127.0.0.1; } # PORT < REQUEST
  assertTrue "QMTP" "netmail qmtp '\nSubject: x\n\nx\n' a@b.example ann@mx.example | ask $qmtp | grep -q ':K'"
  assertTrue "QMQP is for those who may relay" \
    "netmail qmqp 'Subject: x\n\nx\n' a@b.example ann@mx.example | ask $qmqp | grep -q ':Z4.7.1'"
  echo '127.:allow,RELAYCLIENT=""' | tcprules "$home/control/qmqp.cdb" "$home/control/qmqp.tmp"
  assertTrue "QMQP" "netmail qmqp 'Subject: x\n\nx\n' a@b.example ann@mx.example | ask $qmqp | grep -q ':K'"
  rm "$home/control/qmqp.cdb"
}

# as systemd does it for a socket unit: no mail-start
test_sockets_of_systemd() {
  need_root || return 0
  python3 -I -S - "$home/bin/mail-smtpd" "$SCRATCH" 2> "$SCRATCH/log.systemd" << 'EOF' &
import os, socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[2] + "/notify")
os.chmod(sys.argv[2] + "/notify", 0o666)
s = socket.create_server(("127.0.0.1", 0))
pid = os.fork()
if not pid:
    os.dup2(s.fileno(), 20)
    os.dup2(20, 3)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=sys.argv[2] + "/notify")
    os.execv(sys.argv[1], [sys.argv[1], "-l"])
s.close
with open(sys.argv[2] + "/ready.new", "w") as f:
    print(manager.recv(100).decode(), s.getsockname()[1], pid, file=f)
os.rename(sys.argv[2] + "/ready.new", sys.argv[2] + "/ready")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOF
  systemd=$!
  on_exit "kill $systemd 2>/dev/null"
  wait_for 60 test -e "$SCRATCH/ready" || { fail "not ready"; cat "$SCRATCH/log.systemd"; return; }
  read -r word itsport pid < "$SCRATCH/ready"
  assertEquals "READY=1" "$word"
  assertEquals "a message" 250 "$(python3 -I -S "$stub/visitors.py" "$itsport" mail 127.0.0.1 ann@mx.example | cut -c1-3)"
  assertEquals "as maild" "$(awk '$1 == "maild" { print $2 }' "$home.users")" "$(stat -c %u "/proc/$pid")"
  kill "$pid"
  wait $systemd
  assertEquals "TERM" 0 $?
  LISTEN_FDS=1 LISTEN_PID=1 "$home/bin/mail-smtpd" -l 2> "$SCRATCH/err"
  assertEquals "nothing for it" 100 $?
  assertTrue "it says so: $(cat "$SCRATCH/err")" "grep -q 'no listening sockets' $SCRATCH/err"
  sh -c "LISTEN_FDS=1 LISTEN_PID=\$\$ exec $home/bin/mail-smtpd -l" 3< /dev/null 2> "$SCRATCH/err"
  assertEquals "no socket" 100 $?
  assertTrue "it says so: $(cat "$SCRATCH/err")" "grep -q 'descriptor 3 is no TCP socket that listens' $SCRATCH/err"
}

# What is under way is finished; who is silent is sent away; nobody else comes.
test_term() {
  need_root || return 0
  hold "three" 127.0.7.1 3 220:3
  python3 -I -S - "$port" "$SCRATCH" > "$SCRATCH/last" << 'EOF' &
import os, socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
f = s.makefile("rwb")
f.readline()
for line in b"HELO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<ann@mx.example>", b"DATA":
    f.write(line + b"\r\n")
    f.flush()
    f.readline()
open(sys.argv[2] + "/within", "w").close()
while not os.path.exists(sys.argv[2] + "/finish"):
    f.write(b"line\r\n")
    f.flush()
    time.sleep(0.1)
f.write(b".\r\n")
f.flush()
print(f.readline().decode().rstrip(), flush=True)
EOF
  last=$!
  on_exit "kill $last 2>/dev/null"
  wait_for 60 test -e "$SCRATCH/within" || fail "no message begun"
  kill $listening
  wait_for 60 refuses || fail "others may still come"
  wait_for 60 grep -q 421 "$SCRATCH/held.127.0.7.1" || fail "nobody was sent away"
  assertFalse "it waits" "ended $listening"
  touch "$SCRATCH/finish"
  wait $last
  assertTrue "the message is taken: $(cat "$SCRATCH/last")" "grep -q '^250 2.0.0' $SCRATCH/last"
  wait $listening
  assertEquals 0 $?
  let_go
}
refuses() { ! visit greet 127.0.0.1 2>/dev/null; }

run_tests
