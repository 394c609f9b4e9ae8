#!/bin/sh
# mail-smtpd-proxy.sh - behind a front end: who the client is, who may not say so, and what a front end may not do

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

four='PROXY TCP4 198.51.100.7 203.0.113.1 35646 25\r\n'
# the same and [2001:db8::7] in version 2, with a field that is skipped
block='\r\n\r\n\000\r\nQUIT\n\041\021\000\017\306\063\144\007\313\000\161\001\213\076\000\031\004\000\000'
block6='\r\n\r\n\000\r\nQUIT\n\041\041\000\044\040\001\015\270\000\000\000\000\000\000\000\000\000\000\000\007\040\001\015\270\000\000\000\000\000\000\000\000\000\000\000\001\000\001\000\031'
lone='\r\n\r\n\000\r\nQUIT\n\040\000\000\000'
mail='HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@mx.example.org>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n'
taken='220 250 250 250 354 250 221 exit 0'

fronts() { # ENTRY... - and the connection comes from 192.0.2.1
  forget
  printf '%s\n' "$@" > "$home/control/proxyhosts"
  export TCPREMOTEIP=192.0.2.1 TCPREMOTEHOST=front.example TCPREMOTEINFO=frontinfo TCPLOCALIP=10.0.0.1
}
tearDownFronts() { unset TCPREMOTEIP TCPREMOTEHOST TCPREMOTEINFO TCPLOCALIP; }
from() { mess "$(ls "$store" | sort -V | sed -n 's/\.env//p' | tail -n1)" | sed 1q; }

test_the_client_is_the_one_told() {
  fronts 192.0.2.1
  for header in "$four" "$block" "$block6"; do
    talk_raw "$header$mail"
    assertEquals "$taken" "$(codes)"
    ip=198.51.100.7 text=198.51.100.7
    [ "$header" = "$block6" ] && ip=2001:db8::7 text=IPv6:2001:db8::7
    assertEquals "Received: from c ([$text])" "$(from)"
    assertTrue 'logged' "grep -q '^mail-smtpd: accepted pid=[0-9]* ip=$ip via=192.0.2.1 helo=c from=' '$SCRATCH/log'"
    assertNotContains 'nothing of the front end' "$(cat "$SCRATCH/log")" frontinfo
  done
  talk_raw "${four}HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes@[203.0.113.1]>\r\nRCPT TO:<yes@[10.0.0.1]>\r\n"
  assertEquals 'its address of ours' '220 250 250 250 550 exit 0' "$(codes)"
  tearDownFronts
}

test_the_front_ends_own_connection() {
  fronts 192.0.2.1
  for header in 'PROXY UNKNOWN\r\n' "$lone"; do
    talk_raw "$header$mail"
    assertEquals "$taken" "$(codes)"
    assertEquals 'Received: from c (front.example [192.0.2.1])' "$(from)"
  done
  tearDownFronts
}

# whoever is no front end cannot make himself one, and a client behind one cannot speak for it
test_strangers() {
  fronts 192.0.2.2 2001:db8::/32
  talk_raw "$four$mail"
  assertEquals 'an unknown command' "220 500 ${taken#220 }" "$(codes)"
  assertEquals 'Received: from c (front.example [192.0.2.1])' "$(from)"
  mode=-hold
  talk_raw "$block"
  mode=
  assertEquals 'version 2 ends the session' '220 500 500 500 exit 0' "$(codes)"
  rm "$home/control/proxyhosts"
  talk_raw "$four"
  assertEquals 'no front ends at all' '220 500 exit 0' "$(codes)"
  : > "$home/control/proxyhosts"
  talk_raw "$four"
  assertEquals 'an empty list' '220 500 exit 0' "$(codes)"
  fronts 192.0.2.1
  talk_raw "$four$four$mail"
  assertEquals 'once' "220 500 ${taken#220 }" "$(codes)"
  assertEquals 'Received: from c ([198.51.100.7])' "$(from)"
  tearDownFronts
}

# nobody is greeted; the log has the front end's address
test_no_header_no_word() {
  fronts 192.0.2.1
  mode=-hold
  for start in 'EHLO c\r\n' 'PROXY\r\nxxxxxxxxx' 'PROXY TCP4 198.51.100.7 203.0.113.1 35646 25\n' 'PROXY TCP4 x\r\n' \
    "PROXY UNKNOWN $(printf '%0200d' 0)\r\n" '\r\n\r\n\000\r\nQUIT\n\061\021\000\000' '\r\n\r\n\000\r\nQUIT\n\040\000\377\377' \
    '\026\003\001\002\000\001\000\001\374\003\003' 'GET / HTTP/1.1\r\n'; do
    talk_raw "$start$mail"
    assertEquals "$start" 'exit 0' "$out"
    grep -q "^mail-smtpd: session ended pid=[0-9]* ip=192.0.2.1: the front end's PROXY header: it is" "$SCRATCH/log" ||
      fail "not logged: $start"
  done
  mode=
  talk_raw 'PROXY TCP4 198.51.'
  assertEquals 'exit 0' "$out"
  assertTrue "grep -q 'PROXY header: the connection ended before it' '$SCRATCH/log'"
  echo 1 > "$home/control/timeoutsmtpd"
  mode=-hold
  talk_raw 'PROXY TCP4 198.51.'
  mode=
  assertEquals 'exit 0' "$out"
  assertTrue "grep -q 'PROXY header: it did not come in time' '$SCRATCH/log'"
  assertEquals 0 "$(stored)"
  tearDownFronts
}

# RELAYCLIENT in the rules for the front end's address is no permission for its clients, nor for itself
test_no_open_relay() {
  fronts 192.0.2.1
  export RELAYCLIENT=
  for header in "$four" "$block" "$lone" 'PROXY UNKNOWN\r\n'; do
    talk_raw "${header}HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<x@other.example>\r\nRCPT TO:<yes@mx.example.org>\r\nDATA\r\nx\r\n.\r\n"
    assertEquals "$header" '220 250 250 550 250 354 250 exit 0' "$(codes)"
    assertContains 'and is a stranger in Received' "$(from)" 'Received: from c ('
  done
  TCPREMOTEIP=192.0.2.2
  talk_raw 'HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<x@other.example>\r\n'
  assertEquals 'who comes directly has it' '220 250 250 250 exit 0' "$(codes)"
  unset RELAYCLIENT
  tearDownFronts
}

test_programs_of_the_site() {
  fronts 192.0.2.1
  mkdir -p -m 0777 "$SCRATCH/got"
  cat > "$home/bin/filter" <<F
#!/bin/sh
cat > /dev/null
cat <&1 > /dev/null
echo "\$TCPREMOTEIP \$TCPREMOTEPORT \${TCPREMOTEHOST-none} \${TCPREMOTEINFO-none} \$TCPLOCALIP \$TCPLOCALPORT \${RELAYCLIENT-none}" > $SCRATCH/got/filter
F
  cat > "$home/bin/check" <<F
#!/bin/sh
while read -r line; do
  echo "\$line \$TCPREMOTEIP" >> $SCRATCH/got/check
  [ "\$line" ] || printf 'action=DUNNO\n\n'
done
F
  chmod 0755 "$home/bin/filter" "$home/bin/check"
  export QMAILQUEUE=bin/filter RCPTCHECK=bin/check RELAYCLIENT=
  talk_raw "$four$mail"
  assertEquals "$taken" "$(codes)"
  assertEquals '198.51.100.7 35646 none none 203.0.113.1 25 none' "$(cat "$SCRATCH/got/filter")"
  assertTrue 'asked about it' "grep -qx 'client_address=198.51.100.7 198.51.100.7' '$SCRATCH/got/check'"
  assertTrue "grep -qx 'client_name=unknown 198.51.100.7' '$SCRATCH/got/check'"
  talk_raw "$lone$mail"
  assertEquals "192.0.2.1  front.example frontinfo 10.0.0.1  none" "$(cat "$SCRATCH/got/filter")"
  unset QMAILQUEUE RCPTCHECK RELAYCLIENT
  tearDownFronts
}

# the header is no early talk; what the client sends behind it is
test_greeting_delay() {
  fronts 192.0.2.1
  echo 1 > "$home/control/greetdelay"
  mode=-hold
  talk_raw "${four}EHLO c\r\n"
  assertEquals '554 exit 0' "$(codes)"
  mode=
  out=$(printf '%b' "$four" | python3 -I -S -c "
import socket, subprocess, sys
ours, theirs = socket.socketpair()
p = subprocess.Popen([sys.argv[1]], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
theirs.close()
ours.settimeout(60)
ours.sendall(sys.stdin.buffer.read())
print(ours.recv(100)[:3].decode())
ours.sendall(b'QUIT\r\n')
print(ours.recv(100)[:3].decode(), p.wait())" "$smtpd")
  assertEquals '220
221 0' "$out"
  tearDownFronts
}

test_networks() {
  fronts 192.0.2.0/31 2001:db8:ff00::/40
  for ip in 192.0.2.0 192.0.2.1 ::ffff:192.0.2.1 2001:db8:ff00::1 2001:DB8:FFFF::; do
    TCPREMOTEIP=$ip
    talk_raw "${four}QUIT\r\n"
    assertEquals "$ip" '220 221 exit 0' "$(codes)"
  done
  for ip in 192.0.2.2 192.0.3.0 2001:db8:fe00::1 2001:db9:ff00:: ::1 nonsense; do
    TCPREMOTEIP=$ip
    talk_raw "${four}QUIT\r\n"
    assertEquals "$ip" '220 500 221 exit 0' "$(codes)"
  done
  tearDownFronts
  echo 127.0.0.1 > "$home/control/proxyhosts"
  mode='-tcp 127.0.0.1'
  talk_raw "${four}QUIT\r\n"
  mode=
  assertEquals 'the socket tells' '220 221 exit 0' "$(codes)"
}

test_entries_that_are_none() {
  for entry in front.example 192.0.2 192.0.2.1/ 192.0.2.1/33 192.0.2.1/24 0.0.0.0/0 ::/0 2001:db8::1/129 2001:db8::1/64 \
    192.0.2.0/024 192.0.2.0/24x '192.0.2.0/ 24' ::ffff:192.0.2.1 192.0.2.1,192.0.2.2 fe80::1%lo 192.0.2.0/-1 :/8; do
    fronts 192.0.2.7 "$entry"
    talk 'HELO c'
    assertEquals "$entry" '421 exit 111' "$(codes)"
    grep -Eq 'control/proxyhosts must be ' "$SCRATCH/log" || fail "not in the log: $entry"
  done
  fronts '# a comment' '192.0.2.1  ' '' 10.0.0.0/8
  talk_raw "${four}QUIT\r\n"
  assertEquals '220 221 exit 0' "$(codes)"
  tearDownFronts
}

test_every_cut_in_two() {
  fronts 192.0.2.1
  mode=-splits
  for header in "$four" "$block"; do
    talk_raw "${header}HELO c\r\nBLA\r\nQUIT\r\n"
    assertEquals '220 250 500 221 exit 0' "$(codes)"
    assertNotContains "$out" differs
  done
  mode=-bytes
  talk_raw "$block6$mail"
  mode=
  assertEquals "$taken" "$(codes)"
  tearDownFronts
}

# the other servers of the room have it too
test_qmtp_and_qmqp() {
  fronts 192.0.2.1
  request='3:\nx\n,3:a@b,22:18:yes@mx.example.org,,'
  smtpd=$home/bin/mail-qmtpd
  talk_raw "$four$request"
  assertContains "$out" ':K2.0.0 ok '
  assertEquals 'Received: from unknown ([198.51.100.7])' "$(from)"
  talk_raw "$request"
  assertEquals 'exit 0' "$out"
  smtpd=$home/bin/mail-qmqpd RELAYCLIENT=
  export RELAYCLIENT
  talk_raw "$four"
  assertContains 'whom it serves the front end cannot tell' "$out" ':Z4.7.1 '
  unset RELAYCLIENT
  smtpd=$home/bin/mail-smtpd
  tearDownFronts
}

run_tests
