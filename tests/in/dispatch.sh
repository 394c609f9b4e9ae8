# dispatch.sh - sessions under a dispatcher: whom a process serves, what is left of a client, what ends whom
#
# The porter is a stub (tests/stub/porter.py); its rules tell the dispatcher who comes from where.

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() {
  smtpd_setup
  port=$(free_port 2900)
  told=$SCRATCH/told log=$SCRATCH/smtpd.log
  cat > "$home.rules" <<'EOR'
127.0.0.2 from=192.0.2.2
127.0.0.3 from=192.0.2.3
127.0.0.4 from=192.0.2.4
127.0.0.5 from=192.0.2.2 relay=
127.0.0.6 from=192.0.2.77
127.0.0.7 from=192.0.2.2 databytes=1000 greetdelay=1
127.0.0.8 from=192.0.2.8 hurry=500
127.0.0.9 from=192.0.2.9
127.0.0.10 from=2001:db8::2
127.0.0.11 from=2001:db8::3
EOR
  echo 192.0.2.77 > "$home/control/proxyhosts"
  mkfifo "$SCRATCH/silent"
  begin
}

# a dispatcher in $dispatcher; its news in $told, its log and that of its sessions in $log
begin() { # [PROGRAM]
  rm -f "$SCRATCH/orders" "$told"
  mkfifo "$SCRATCH/orders"
  python3 -I -S "$stub/porter.py" "$home" "${1:-mail-smtpd}" "$port" "$told" < "$SCRATCH/orders" > "$SCRATCH/dispatcher" 2> "$log" 4<&- &
  porter=$!
  exec 4> "$SCRATCH/orders"
  on_exit "kill $porter 2>/dev/null"
  wait_for 60 grep -q 'ready\|gone' "$told"
  dispatcher=$(cat "$SCRATCH/dispatcher")
}
finish_it() {
  echo stop >&4
  exec 4>&-
  wait $porter
}
anew() { # [PROGRAM]
  finish_it
  begin "$@"
}
order() { echo "$1" >&4; }
sessions() { cat "/proc/$dispatcher/task/$dispatcher/children"; }
one() { [ "$(sessions | wc -w)" = 1 ]; }
news() { grep -c "^$1" "$told"; }
has_news() { [ "$(news "$1")" -ge "$2" ]; }

# a whole dialogue of a client from that address; its replies are printed
visit() { # ADDRESS LINE...
  from=$1
  shift
  over=$(($(news over) + 1))
  tcpclient -i "$from" -RHl0 127.0.0.1 "$port" sh -c '
    reply() { while IFS= read -r l <&6; do echo "$l"; case $l in ???-*) ;; *) return;; esac; done; }
    reply
    for line; do
      printf "%s\r\n" "$line" >&7
      case $line in Subject:*|"") ;; *) reply ;; esac
    done' visit "$@" | tr -d '\r'
  wait_for 60 has_news over $over
}
mail() { visit "$1" "EHLO ${2:-c}" 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA 'Subject: x' '' . QUIT; }
# the process that served last; its address
last_pid() { sed -n 's/.*session ended pid=\([0-9]*\) .*/\1/p' "$log" | tail -n 1; }

# a client that stays: N is the number of a descriptor, and its name
enter() { # N ADDRESS
  enter_silent "$@"
  heard "$1" '^220'
}
enter_silent() { # N ADDRESS
  rm -f "$SCRATCH/client.$1"
  mkfifo "$SCRATCH/client.$1"
  tcpclient -i "$2" -RHl0 127.0.0.1 "$port" sh -c '{ cat <&6; echo EOF; } & exec cat >&7' \
    < "$SCRATCH/client.$1" > "$SCRATCH/heard.$1" 4>&- 2>/dev/null &
  eval "exec $1> '$SCRATCH/client.$1'"
}
say() { n=$1; shift; printf '%s\r\n' "$@" >&"$n"; }
heard() { wait_for 60 grep -aq "$2" "$SCRATCH/heard.$1"; } # N PATTERN
leave() { eval "exec $1>&-"; }
# it makes its session write a line of the log: the process
who() { # N
  say "$1" "EHLO client$1" 'MAIL FROM:<a@b.example>' 'RCPT TO:<no@mx.example.org>' RSET
  heard "$1" '^550' && wait_for 60 grep -q "refused pid=.* helo=client$1 " "$log"
  sed -n "s/.*refused pid=\([0-9]*\) .* helo=client$1 .*/\1/p" "$log" | tail -n 1
}

test_a_process_serves_one_address() {
  for a in 2 3 2 3 2 10 11 10; do assertContains "$a" "$(mail 127.0.0.$a)" '250 2.0.0 ok'; done
  sed -n 's/.*session ended pid=\([0-9]*\) ip=\([^ ]*\) .*/\1 \2/p' "$log" | tail -n 8 > "$SCRATCH/served"
  assertEquals 'as many processes as addresses' 4 "$(cut -d' ' -f1 "$SCRATCH/served" | sort -u | wc -l)"
  assertEquals 'and each has one' 4 "$(sort -u "$SCRATCH/served" | wc -l)"
  assertTrue 'one line each, with what was done' "[ $(grep -c 'session ended.* messages=1 rcpts=1 refused=0 bytes=12 seconds=[0-9]*: ' "$log") = 8 ]"
  assertEquals 'all are over' 8 "$(news over)"
}

# the next visit of that address has another process, and the one of this visit ends
alone() { # WHAT ADDRESS LINE...
  what=$1
  shift
  mail 127.0.0.2 > /dev/null
  visit "$@" > /dev/null
  pid=$(last_pid)
  wait_for 60 ended "$pid"
  assertTrue "$what: it ends" $?
  mail "${next:-$1}" > /dev/null
  assertNotEquals "$what" "$pid" "$(last_pid)"
}

test_nobody_comes_after_these() {
  alone 'an error' 127.0.0.2 'EHLO c' HUH QUIT
  alone 'a refused recipient' 127.0.0.2 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<no@mx.example.org>' QUIT
  alone 'one that is refused for now' 127.0.0.2 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<later@mx.example.org>' QUIT
  echo '31 mail server permanently rejected message' > "$store/answer"
  alone 'a refused message' 127.0.0.2 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA . QUIT
  rm "$store/answer"
  alone 'no QUIT' 127.0.0.2 'EHLO c'
  alone 'the loopback' 127.0.0.1 'EHLO c' QUIT
  next=127.0.0.2
  alone 'RELAYCLIENT' 127.0.0.5 'EHLO c' QUIT
  next=
  mail 127.0.0.2 > /dev/null
  pid=$(last_pid)
  assertContains 'relays' "$(visit 127.0.0.5 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<x@elsewhere.example>' QUIT)" '250 2.1.5'
  assertNotEquals 'RELAYCLIENT gets no process that was used' "$pid" "$(last_pid)"
}

test_a_front_end_has_processes_of_its_own() {
  for client in 192.0.2.2 192.0.2.2; do
    over=$(($(news over) + 1))
    printf 'PROXY TCP4 %s 127.0.0.1 1 2\r\nEHLO c\r\nQUIT\r\n' $client > "$SCRATCH/in"
    tcpclient -i 127.0.0.6 -RHl0 127.0.0.1 "$port" sh -c 'cat >&7; cat <&6' < "$SCRATCH/in" > "$SCRATCH/out"
    wait_for 60 has_news over $over
    assertContains "$(cat "$SCRATCH/out")" '221 2.0.0'
  done
  grep 'session ended.* ip=192.0.2.2 via=192.0.2.77 ' "$log" | sed 's/ ip=.*//' > "$SCRATCH/served"
  assertEquals 'two' 2 "$(sort -u "$SCRATCH/served" | wc -l)"
}

test_nothing_of_a_client_is_left() {
  visit 127.0.0.2 HUH QUIT > /dev/null # so the next one's process is new, and the queue service has heard nothing of it
  visit 127.0.0.2 'EHLO first.example' 'MAIL FROM:<first@b.example>' 'RCPT TO:<yes@mx.example.org>' \
    'BDAT 0' QUIT > "$SCRATCH/out"
  pid=$(last_pid)
  n=$(stored)
  assertContains 'half a message is not in its way' "$(mail 127.0.0.2 next.example)" '250 2.0.0 ok'
  assertEquals 'of the same process' "$pid" "$(last_pid)"
  assertEquals 1 "$(($(stored) - n))"
  n=$(stored)
  visit 127.0.0.2 'RCPT TO:<yes@mx.example.org>' QUIT > "$SCRATCH/out"
  assertEquals 'the same process' "$pid" "$(last_pid)"
  assertContains 'no sender' "$(cat "$SCRATCH/out")" '503 5.5.1 MAIL comes first'
  assertTrue 'no HELO' "tail -n 1 '$log' | grep -q ' helo=<> messages=0 rcpts=0 refused=0 bytes=0 '"
  mail 127.0.0.2 > /dev/null
  assertContains 'its rule' "$(visit 127.0.0.7 'EHLO c' QUIT)" '250-SIZE 1000'
  pid=$(last_pid)
  assertContains 'is not the next one'"'s" "$(visit 127.0.0.2 'EHLO c' QUIT)" '250-SIZE 0'
  assertEquals 'in the same process' "$pid" "$(last_pid)"
  mail 127.0.0.2 last.example > /dev/null
  assertEquals 'in the same process' "$pid" "$(last_pid)"
  assertEquals 'half a message is none' $((n + 2)) "$(stored)"
  assertEquals 'and whole ones have their own' 'Fa@b.example|Tyes@mx.example.org|' "$(env_of "$(stored)")"
  assertContains "$(mess "$(stored)" | head -n 1)" 'from last.example ([192.0.2.2])'
}

test_few_rest_and_not_for_long() {
  mail 127.0.0.2 > /dev/null
  wait_for 60 one
  assertTrue 'the spare one stays' $?
}

test_first_command_in_a_hurry() {
  enter 5 127.0.0.8
  heard 5 '^421 4.4.2'
  assertTrue 'late' $?
  leave 5
  # what it says is there with it: a program that is started for it may take longer than a client in a hurry has
  assertEquals 'then there is time' '220 250 221' "$(python3 -I -S -c '
import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), source_address=("127.0.0.8", 0))
s.sendall(b"NOOP\r\n")
lines = s.makefile("rb")
codes = [lines.readline()[:3] for _ in range(2)]
time.sleep(1)
s.sendall(b"QUIT\r\n")
print(*(c.decode() for c in codes + [lines.readline()[:3]]))' "$port")"
}

test_room_is_made_by_the_longest_silent() {
  enter 5 127.0.0.2
  enter 6 127.0.0.3
  say 6 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA
  heard 6 '^354'
  sleep 1.1
  enter 7 127.0.0.4
  order room
  heard 5 '^421 4.3.2'
  assertTrue 'who came first' $?
  heard 5 EOF
  order room
  sleep 0.3
  assertFalse 'in a message' "grep -q '^421' '$SCRATCH/heard.6'"
  say 6 'Subject: x' '' .
  heard 6 '^250 2.0.0 ok'
  heard 6 '^421 4.3.2'
  assertTrue 'after it' $?
  say 7 QUIT
  heard 7 '^221'
  assertTrue 'the last one stays' $?
  for n in 5 6 7; do leave $n; done
  assertEquals 2 "$(grep -c 'session ended.*: others need the place' "$log")"
}

test_who_does_not_go_is_cut_off() {
  enter 5 127.0.0.2
  pid=$(who 5)
  over=$(news over)
  kill -STOP "$pid"
  sleep 1.2
  order room
  heard 5 EOF
  assertTrue 'its connection has an end' $?
  wait_for 60 has_news over $((over + 1)) || fail 'it keeps its place'
  kill -CONT "$pid"
  leave 5
  wait_for 60 ended "$pid"
}

test_ends() {
  enter 5 127.0.0.2
  enter 6 127.0.0.3
  enter 7 127.0.0.4
  before=$(news over)
  kill -TERM "$(who 6)"
  wait_for 60 has_news over $((before + 1))
  assertTrue 'an end that an administrator wants is one' $?
  kill -SEGV "$(who 7)"
  wait_for 60 has_news alert 1
  assertTrue 'a crash is told' $?
  assertTrue "grep -q 'alert: session [0-9]* died of signal 11' '$log'"
  order retire
  say 5 RSET 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA 'Subject: x' '' .
  heard 5 '^250 2.0.0 ok'
  assertTrue 'who is there is served' $?
  wait_for 60 one               # the spare one may take its time to end
  assertTrue 'without more of them' $?
  say 5 QUIT
  heard 5 '^221'
  wait_for 60 has_news gone 1
  assertEquals 'then it ends' 'gone 0' "$(tail -n 1 "$told")"
  for n in 5 6 7; do leave $n; done
  anew
}

test_sessions_outlive_the_others() {
  mail 127.0.0.3 > /dev/null
  resting=$(last_pid)
  enter 5 127.0.0.2
  pid=$(who 5)
  kill -KILL "$dispatcher"
  wait_for 60 has_news gone 1
  wait_for 60 ended "$resting"
  assertTrue 'who rests has no more to do' $?
  say 5 QUIT
  heard 5 '^221'
  assertTrue 'who serves goes on' $?
  leave 5
  wait_for 60 ended "$pid"
  assertTrue 'and ends' $?
  anew
  enter 5 127.0.0.2
  order leave
  say 5 QUIT
  heard 5 '^221'
  assertTrue 'without a porter' $?
  leave 5
  wait_for 60 has_news gone 1
  assertEquals 'gone 0' "$(tail -n 1 "$told")"
  anew
}

# what a broken session, with all rights of one, can reach of the others: tests/stub/poke.c makes it try
test_a_broken_session_reaches_nobody() {
  need_root || return 0
  [ "$(uname -m)" = x86_64 ] || { why="poke is for x86-64 only"; return 0; }
  poke=$SCRATCH/poke
  [ -x "$poke" ] || cc -O2 -D_GNU_SOURCE -o "$poke" "$stub/poke.c"
  mail 127.0.0.3 > /dev/null
  enter 5 127.0.0.2
  enter 6 127.0.0.4
  pid=$(who 5)
  others="$dispatcher $(sessions | tr ' ' '\n' | grep -vx "$pid" | xargs)"
  assertTrue 'a dispatcher, one that rests, one at work, a spare one' "[ $(echo "$others" | wc -w) -ge 4 ]"
  for other in $others; do
    for attempt in "kill $other" "trace $other" "open /proc/$other/mem" "open /proc/$other/fd/3"; do
      # shellcheck disable=SC2086
      got=$("$poke" "$pid" $attempt)
      case $got in EPERM|EACCES|ENOENT) ;; *) fail "$attempt: $got" ;; esac
    done
  done
  for attempt in "open $home/control/me" "list $home" "connect-inet $port" "bind 0"; do
    # shellcheck disable=SC2086
    got=$("$poke" "$pid" $attempt)
    case $got in EPERM|EACCES) ;; *) fail "$attempt: $got" ;; esac
  done
  assertEquals 'the descriptors: orders, log, connection, its neighbours' 6 "$(ls "/proc/$pid/fd" | wc -l)"
  say 6 QUIT
  heard 6 '^221'
  say 5 QUIT
  heard 5 '^221'
  for n in 5 6; do leave $n; done
  assertContains 'the next one is served by another' "$(mail 127.0.0.2)" '250 2.0.0 ok'
  assertNotEquals "$pid" "$(last_pid)"
}

# as it is among others: what they have in common is shared
test_memory_of_an_idle_session() {
  need_root || return 0
  python3 -I -S -c '
import socket, sys
clients = [socket.create_connection(("127.0.0.1", int(sys.argv[1]))) for _ in range(40)]
for c in clients: c.recv(100)
print("all", flush=True)
sys.stdin.read()' "$port" < "$SCRATCH/silent" > "$SCRATCH/clients" 4>&- &
  exec 5> "$SCRATCH/silent"
  wait_for 60 grep -q all "$SCRATCH/clients"
  for p in $(sessions); do sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$p/smaps_rollup"; done | sort -n > "$SCRATCH/pss"
  pss=$(sed -n 20p "$SCRATCH/pss")
  echo "# an idle session: $pss KiB"
  [ "${MUSL:-yes}" = yes ] && [ -s build/musl/skalibs/lib/libskarnet.a ] && assertTrue "$pss KiB" "[ $pss -le 60 ]"
  exec 5>&-
}

test_resolver() {
  mkdir "$SCRATCH/dns"
  echo '9.2.0.192.list.example A 127.0.0.2' > "$SCRATCH/zone"
  python3 -I -S "$stub/dns.py" "$SCRATCH/dns" 127.0.0.1 "$SCRATCH/zone" 4>&- &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/dns/port"
  echo "127.0.0.1:$(cat "$SCRATCH/dns/port")" > "$home/control/dnsservers"
  echo list.example > "$home/control/dnsbllist"
  anew
  children() { cat "/proc/$1/task/$1/children"; }
  for p in $(sessions); do [ "$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$p/status")" = "$dispatcher" ] && service=$p && break; done
  assertEquals 'no resolver before a question' '' "$(children "$service" | tr -d ' ')"
  enter 5 127.0.0.9
  say 5 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>'
  heard 5 '^550 5.7.1 the client.s address 192.0.2.9 is listed'
  assertTrue 'refused' $?
  assertEquals 'one for the session' 1 "$(children "$service" | wc -w)"
  assertContains 'others are not' "$(mail 127.0.0.2)" '250 2.0.0 ok'
  assertContains 'nor are our own' "$(visit 127.0.0.5 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<x@y.example>' QUIT)" '250 2.1.5'
  assertEquals 'nobody asked about them' 2 "$(children "$service" | wc -w)"
  say 5 QUIT
  heard 5 '^221'
  leave 5
  few() { [ "$(children "$service" | wc -w)" -le 1 ]; }
  wait_for 60 few
  assertTrue 'it ends with its session' $?
  mail 127.0.0.2 > /dev/null
  pid=$(last_pid)
  # shellcheck disable=SC2046
  kill -KILL $(children "$service")
  none() { [ -z "$(children "$service" | tr -d ' ')" ]; }
  wait_for 60 none
  echo '2.2.0.192.list.example A 127.0.0.2' >> "$SCRATCH/zone"
  assertContains 'no list, no refusal' "$(mail 127.0.0.2)" '250 2.0.0 ok'
  assertEquals 'in the process that has lost its resolver' "$pid" "$(last_pid)"
  assertContains 'the next one asks again' "$(mail 127.0.0.2)" '550 5.7.1'
  assertNotEquals 'since it is another' "$pid" "$(last_pid)"
  kill -KILL "$service"
  wait_for 60 has_news gone 1
  assertEquals 'without the service it starts anew' 'gone 111' "$(tail -n 1 "$told")"
  rm "$home/control/dnsbllist" "$home/control/dnsservers"
  anew
}

# the other protocols: a process for each connection, whoever comes
netstring() { printf '%s:%s,' "$(printf %s "$1" | wc -c)" "$1"; }
request() { # ADDRESS BYTES
  over=$(($(news over) + 1))
  printf %s "$2" > "$SCRATCH/in"
  tcpclient -i "$1" -RHl0 127.0.0.1 "$port" sh -c 'cat >&7; head -c 12 <&6' < "$SCRATCH/in"
  wait_for 60 has_news over $over
}
served_by() { sed -n "s/^$1: session ended pid=\([0-9]*\) .*/\1/p" "$log" | sort -u | wc -l; }

test_qmtp_and_qmqp() {
  message=$(netstring "$(printf '\nSubject: x\n\nx')") from=$(netstring a@b.example) to=$(netstring yes@mx.example.org)
  anew mail-qmtpd
  for i in 1 2; do assertContains "$(request 127.0.0.2 "$message$from$(netstring "$to")")" 'K2.0.0 ok'; done
  assertEquals 2 "$(served_by mail-qmtpd)"
  enter_silent 5 127.0.0.3
  is_sent_away() { order room; sleep 0.5; has_news over 3; }
  wait_for 6 is_sent_away
  assertTrue 'a silent one goes' $?
  leave 5
  anew mail-qmqpd
  for i in 1 2; do assertContains "$(request 127.0.0.5 "$(netstring "$message$from$to")")" 'K2.0.0 ok'; done
  assertEquals 2 "$(served_by mail-qmqpd)"
  assertContains 'no stranger' "$(request 127.0.0.2 "$(netstring "$message$from$to")")" 'Z4.7.1'
  anew
}

# with the porter that the program has itself; its clients are all of this host
test_under_the_real_porter() {
  finish_it
  echo 1 > "$home/control/listenloopback"
  log=$SCRATCH/real.log
  python3 -I -S -c '
import os, socket, sys
s = socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=512)
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[1], [sys.argv[1], "-l"])' "$smtpd" "$port" < /dev/null 2> "$log" &
  real=$!
  on_exit "kill $real 2>/dev/null"
  wait_for 60 grep -q ready "$log"
  for a in 2 3 2 3 2 3 2 3; do talk_to 127.0.0.$a; done
  wait_for 60 eight_have_ended  # a client may be gone before its line is in the log
  assertTrue 'all are served' $?
  assertEquals 'one address each' "$(cut -d' ' -f1 "$SCRATCH/served" | sort -u | wc -l)" "$(sort -u "$SCRATCH/served" | wc -l)"
  assertTrue 'some serve again' "[ $(sort -u "$SCRATCH/served" | wc -l) -lt 8 ]"
  enter 5 127.0.0.4
  broken=$(who 5)
  first=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$broken/status")
  kill -SEGV "$broken"
  heard 5 EOF
  wait_for 60 grep -q "alert: session $broken died of signal 11" "$log"
  leave 5
  wait_for 60 ended "$first"
  assertTrue 'the dispatcher goes' $?
  assertContains 'that address waits' "$(talk_to 127.0.0.4)" '421 4'
  assertContains 'others are served' "$(talk_to 127.0.0.2)" '250 2.0.0 ok'
  kill -TERM $real
  wait $real
  assertEquals 'and it ends' 0 $?
  rm "$home/control/listenloopback"
  log=$SCRATCH/smtpd.log
  begin
}
eight_have_ended() {
  sed -n 's/.*session ended pid=\([0-9]*\) ip=\([^ ]*\) .*/\1 \2/p' "$log" > "$SCRATCH/served"
  [ "$(wc -l < "$SCRATCH/served")" = 8 ]
}
talk_to() { # ADDRESS
  printf '%s\r\n' 'EHLO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA . QUIT > "$SCRATCH/in"
  tcpclient -i "$1" -RHl0 127.0.0.1 "$port" sh -c 'cat >&7; cat <&6' < "$SCRATCH/in"
}

test_settings_that_cannot_be_used() {
  echo x > "$home/control/databytes"
  anew
  assertEquals 'gone 111' "$(cat "$told")"
  assertTrue "grep -q 'fatal: cannot use control/databytes' '$log'"
  rm "$home/control/databytes"
  anew
}

run_tests
