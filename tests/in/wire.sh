#!/bin/sh
# wire.sh - nothing that a session waits for keeps it beyond its time, nor when its client has gone

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"
. "$stub/netmail.sh"

oneTimeSetUp() {
  smtpd_setup
  qmtpd=$home/bin/mail-qmtpd
}

SOON=6          # a client that has ended its side of a TCP connection has three seconds of waiting
# what becomes of PROGRAM, after the bytes in $SCRATCH/in, with a client that leaves in that way
stays() { # HOW PROGRAM [SECONDS]
  python3 -I -S "$stub/leave.py" "$1" "${3:-$SOON}" "$2" < "$SCRATCH/in" 2> "$SCRATCH/log"
}
# one that is there longer has three tries, where others use the machine, too
goes() { # HOW PROGRAM
  for try in 1 2 3; do
    was=$(stays "$@")
    [ "$was" != gone ] || break
    echo "# try $try: there after $SOON seconds" >&2
  done
  echo "$was"
}
bytes() { printf "$1" > "$SCRATCH/in"; }
start='EHLO c\r\nMAIL FROM:<a@b.example>\r\n'

ways() { # WHAT PROGRAM: the session ends with its client, whatever the connection
  assertEquals "$1: a TCP client has gone" gone "$(goes tcp "$2")"
  assertEquals "$1: a local client has gone" gone "$(goes unix "$2")"
}
in_time() { # WHAT PROGRAM
  echo 2 > "$home/control/sessiontime"
  assertEquals "$1: the session's time is over" gone "$(goes tcp-stay "$2")"
  rm "$home/control/sessiontime"
}

test_bad_and_refused_recipients_hold_no_slot() {
  forget
  echo 0 > "$home/control/brtlimit"
  # shellcheck disable=SC2046
  protocol=qmtp request '\nx\n' a@b $(yes bad@address..example | head -n 1000) > "$SCRATCH/in"
  ways 'no addresses' "$qmtpd"
  in_time 'no addresses' "$qmtpd"
  # shellcheck disable=SC2046
  protocol=qmtp request '\nx\n' a@b $(yes no@mx.example.org | head -n 1000) > "$SCRATCH/in"
  ways 'nobody there' "$qmtpd"
  in_time 'nobody there' "$qmtpd"
  bytes "$start$(yes 'RCPT TO:<no@mx.example.org>\r\n' | head -n 1000 | tr -d '\n')"
  ways 'nobody there by SMTP' "$smtpd"
  in_time 'nobody there by SMTP' "$smtpd"
}

# Both slots are taken by clients that have sent much to refuse and left: how long does the next one wait? Three seconds
# by design (wire.c, GRACE); without that for the 45 of the recipients' pauses and more.
test_an_honest_client_beside_attackers() {
  need tcpserver ucspi-tcp-ipv6 || return 0
  forget
  echo 0 > "$home/control/brtlimit"
  # shellcheck disable=SC2046
  protocol=qmtp request '\nx\n' a@b $(yes bad@address..example | head -n 1000) > "$SCRATCH/attack"
  protocol=qmtp request '\nhonest\n' a@b yes@mx.example.org > "$SCRATCH/in"
  port=$(free_port 2810)
  tcpserver -HRl0 -c 2 127.0.0.1 "$port" "$qmtpd" 2> "$SCRATCH/log" & server=$!
  on_exit "kill $server 2>/dev/null"
  # five seconds are enough on a machine that has nothing else to do; a busy one gets three tries for it
  python3 -I -S - "$port" "$SCRATCH/attack" "$SCRATCH/in" > "$SCRATCH/out" <<'P'
import socket, sys, time
def connect():
    for _ in range(600):
        try: return socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        except ConnectionRefusedError: time.sleep(0.1)
def attack_and_ask():
    for _ in range(2):
        s = connect()
        s.sendall(open(sys.argv[2], "rb").read())
        s.close()
    start = time.monotonic()
    s = connect()
    s.sendall(open(sys.argv[3], "rb").read())
    return b":K" in s.recv(1000), time.monotonic() - start
for _ in range(3):
    answered, took = attack_and_ask()
    print("answered" if answered else "refused", took)
    if took < 5: sys.exit()
sys.exit(1)
P
  assertTrue "within five seconds: $(cat "$SCRATCH/out")" $?
  assertNotContains "$(cat "$SCRATCH/out")" refused
  kill $server
}

test_who_only_ends_its_side_is_answered() {
  forget
  bytes "${start}RCPT TO:<yes@mx.example.org>\r\nDATA\r\nx\r\n.\r\n"
  assertEquals gone "$(stays tcp-half "$smtpd" 60)"
  assertEquals 1 "$(stored)"
}

test_lookups() {
  forget
  bytes "${start}RCPT TO:<hang@mx.example.org>\r\n"
  ways 'mail-lookup' "$smtpd"
  in_time 'mail-lookup' "$smtpd"
  protocol=qmtp request '\nx\n' a@b hang@mx.example.org > "$SCRATCH/in"
  ways 'mail-lookup by QMTP' "$qmtpd"
  in_time 'mail-lookup by QMTP' "$qmtpd"
}

test_the_queue_service() {
  forget
  echo hang > "$store/answer"
  bytes "${start}RCPT TO:<yes@mx.example.org>\r\nDATA\r\nx\r\n.\r\n"
  in_time 'an answer' "$smtpd"
  protocol=qmtp request '\nx\n' a@b yes@mx.example.org > "$SCRATCH/in"
  in_time 'an answer by QMTP' "$qmtpd"
  protocol=qmqp request 'x\n' a@b yes@mx.example.org > "$SCRATCH/in"
  RELAYCLIENT= in_time 'an answer by QMQP' "$home/bin/mail-qmqpd"
}

test_services_that_are_away() {
  forget
  services_stop
  bytes "${start}RCPT TO:<yes@mx.example.org>\r\n"
  ways 'no mail-lookup' "$smtpd"
  in_time 'no mail-lookup' "$smtpd"
  protocol=qmtp request '\nx\n' a@b yes@mx.example.org > "$SCRATCH/in"
  ways 'no queue service by QMTP' "$qmtpd"
  in_time 'no queue service by QMTP' "$qmtpd"
  services_start
}

# a queue of callers that is full: a service that is stopped, or far too busy
test_a_service_that_takes_nobody() {
  forget
  services_stop
  python3 -S - "$home/run/queue" <<'P' &
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
s.listen(0)
full = [socket.socket(socket.AF_UNIX) for _ in range(3)]
for c in full:
    c.setblocking(False)
    try:
        c.connect(sys.argv[1])
    except BlockingIOError:
        pass
open(sys.argv[1] + ".full", "w").close()
time.sleep(120)
P
  taker=$!
  on_exit "kill $taker 2>/dev/null"
  wait_for 60 test -e "$home/run/queue.full"
  protocol=qmtp request '\nx\n' a@b yes@mx.example.org > "$SCRATCH/in"
  in_time 'nobody is taken' "$qmtpd"
  kill $taker
  wait $taker 2>/dev/null
  rm -f "$home/run/queue" "$home/run/queue.full"
  services_start
}

test_the_sites_programs() {
  forget
  printf '#!/bin/sh\nexec sleep 60\n' > "$SCRATCH/sleeper"
  chmod 755 "$SCRATCH/sleeper"
  bytes "${start}RCPT TO:<yes@mx.example.org>\r\nDATA\r\nx\r\n.\r\n"
  export RCPTCHECK="$SCRATCH/sleeper"
  ways RCPTCHECK "$smtpd"
  in_time RCPTCHECK "$smtpd"
  unset RCPTCHECK
  export QMAILQUEUE="$SCRATCH/sleeper"
  ways QMAILQUEUE "$smtpd"
  in_time QMAILQUEUE "$smtpd"
  unset QMAILQUEUE
}

test_the_dns() {
  forget
  python3 -S -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(300)' > "$SCRATCH/port" &
  silent=$!
  on_exit "kill $silent 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/port"
  echo "127.0.0.1:$(cat "$SCRATCH/port")" > "$home/control/dnsservers"
  echo 1 > "$home/control/mfcheck"
  bytes "${start}RCPT TO:<yes@mx.example.org>\r\n"
  ways 'the DNS' "$smtpd"
  in_time 'the DNS' "$smtpd"
  kill $silent
}

test_a_front_ends_header() {
  forget
  echo 127.0.0.1 > "$home/control/proxyhosts"
  bytes 'PROXY TCP4'
  in_time 'no header' "$smtpd"
}

run_tests
