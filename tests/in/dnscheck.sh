#!/bin/sh
# dnscheck.sh - block lists and the sender's domain, with a fake name server

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() {
  smtpd_setup
  mkdir "$SCRATCH/dns"
  python3 -I -S "$stub/dns.py" "$SCRATCH/dns" 127.0.0.1 "$SCRATCH/zone" &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/dns/port"
}

begin() { # < ZONE
  forget
  rm -f "$home/control/mfcheck"
  cat > "$SCRATCH/zone"
  : > "$SCRATCH/dns/log"
  echo "127.0.0.1:$(cat "$SCRATCH/dns/port")" > "$home/control/dnsservers"
}
asked() { wc -l < "$SCRATCH/dns/log"; }
# the reply to RCPT for a client with this address
client() {
  TCPREMOTEIP=$1; export TCPREMOTEIP
  talk 'HELO c' 'MAIL FROM:<a@b.example>' "RCPT TO:<${2:-yes@mx.example.org}>"
  unset TCPREMOTEIP
  reply 4
}

test_block_list() {
  begin <<'EOF'
2.0.0.127.list.example A 127.0.0.2
9.2.0.192.list.example A 127.0.0.4
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.example A 127.0.0.2
EOF
  echo list.example > "$home/control/dnsbllist"
  assertEquals "550 5.7.1 the client's address 192.0.2.9 is listed at list.example" "$(client 192.0.2.9)"
  assertEquals 'one question, for A' '' "$(grep -v '^udp 9.2.0.192.list.example A edns$' "$SCRATCH/dns/log")"
  assertTrue 'logged' "grep -q 'refused pid=.* ip=192.0.2.9 .*: 550 5.7.1 ' '$SCRATCH/log'"
  assertEquals "550 5.7.1 the client's address 2001:db8::1 is listed at list.example" "$(client 2001:DB8::1)"
  assertEquals '250 2.1.5 ok' "$(client 192.0.2.10)"
  assertEquals 'the postmaster is reached' '250 2.1.5 ok' "$(client 192.0.2.9 Postmaster@mx.example.org)"
  export RELAYCLIENT=
  assertEquals 'our own clients are not asked about' '250 2.1.5 ok' "$(client 192.0.2.9)"
  unset RELAYCLIENT
  : > "$SCRATCH/dns/log"
  TCPREMOTEIP=192.0.2.10; export TCPREMOTEIP
  talk 'HELO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes1@mx.example.org>' 'RCPT TO:<yes2@mx.example.org>' RSET \
    'MAIL FROM:<b@b.example>' 'RCPT TO:<yes1@mx.example.org>'
  unset TCPREMOTEIP
  assertEquals 'once a session' 1 "$(asked)"
}

test_answers_that_count() {
  begin <<'EOF'
1.2.0.192.a.example A 127.255.255.254
1.2.0.192.b.example A 127.0.0.11
1.2.0.192.c.example A 203.0.113.5
2.2.0.192.b.example A 127.0.0.3
3.2.0.192.b.example A 127.0.1.7
4.2.0.192.a.example A 127.0.0.1
EOF
  printf '%s\n' a.example 'b.example:127.0.0.2-127.0.0.10,127.0.1.7:see b.example/why' c.example > "$home/control/dnsbllist"
  assertEquals '250 2.1.5 ok' "$(client 192.0.2.1)"
  for odd in 'a.example: the answer 127.255.255.254' 'b.example: the answer 127.0.0.11' 'c.example: the answer 203.0.113.5'; do
    grep -q "block list $odd does not count" "$SCRATCH/log" || fail "not logged: $odd"
  done
  assertEquals "550 5.7.1 the client's address 192.0.2.2 is listed at b.example: see b.example/why" "$(client 192.0.2.2)"
  assertEquals '550' "$(client 192.0.2.3 | cut -c1-3)"
  assertEquals '127.0.0.1 is none' '250 2.1.5 ok' "$(client 192.0.2.4)"
  echo 'a.example:127.0.0.0-127.255.255.255' > "$home/control/dnsbllist"
  assertEquals '127.255.255.x never counts' '250 2.1.5 ok' "$(client 192.0.2.1)"
}

test_trouble_refuses_nobody() {
  begin <<'EOF'
1.2.0.192.a.example CODE 2
1.2.0.192.b.example CODE 5
1.2.0.192.c.example A 127.0.0.2
EOF
  printf '%s\n' a.example b.example > "$home/control/dnsbllist"
  assertEquals '250 2.1.5 ok' "$(client 192.0.2.1)"
  assertTrue "grep -q 'block list a.example: no answer' '$SCRATCH/log'"
  echo c.example >> "$home/control/dnsbllist"
  assertEquals 'the next list is asked' 550 "$(client 192.0.2.1 | cut -c1-3)"
  : > "$SCRATCH/zone"
  echo '1.2.0.192.a.example SILENT' > "$SCRATCH/zone"
  echo a.example > "$home/control/dnsbllist"
  before=$(date +%s)
  assertEquals '250 2.1.5 ok' "$(client 192.0.2.1)"
  assertTrue 'in bounded time' "[ $(($(date +%s) - before)) -lt 20 ]"
}

test_wrong_settings() {
  begin < /dev/null
  for line in 'a.example:10.0.0.1' 'a.example:127.0.0.2-' 'a.example:127.0.0.9-127.0.0.2' 'a.example:x' 'a..example' 'a b'; do
    echo "$line" > "$home/control/dnsbllist"
    client 192.0.2.1 > /dev/null
    assertEquals "$line" '421 exit 111' "$(codes)"
  done
  rm "$home/control/dnsbllist"
  echo maybe > "$home/control/mfcheck"
  client 192.0.2.1 > /dev/null
  assertEquals '421 exit 111' "$(codes)"
  echo 1 > "$home/control/mfcheck"
  echo nowhere > "$home/control/dnsservers"
  client 192.0.2.1 > /dev/null
  assertEquals '421 exit 111' "$(codes)"
}

sender() {
  talk 'HELO c' "MAIL FROM:<$1>" 'RCPT TO:<yes@mx.example.org>'
  reply 4
}

test_domain_of_the_sender() {
  begin <<'EOF'
mx.test MX 10 mail.elsewhere.test
a.test A 192.0.2.1
aaaa.test AAAA 2001:db8::1
null.test MX 0 .
two.test MX 0 .
two.test MX 10 mail.elsewhere.test
bare.test CODE 0
xn--b-1ga.test A 192.0.2.1
broken.test CODE 2
empty.test CNAME gone.test
EOF
  assertEquals 'off by default' '250 2.1.5 ok' "$(sender x@nowhere.test)"
  assertEquals 0 "$(asked)"
  echo 1 > "$home/control/mfcheck"
  for good in x@mx.test x@MX.Test x@a.test x@aaaa.test x@two.test 'x@[192.0.2.1]' ''; do
    assertEquals "<$good>" '250 2.1.5 ok' "$(sender "$good")"
  done
  none="550 5.1.8 the sender's domain does not exist or has no mail server"
  for bad in x@nowhere.test x@bare.test x@empty.test; do assertEquals "$bad" "$none" "$(sender $bad)"; done
  assertEquals "550 5.7.27 the sender's domain says that it takes no mail" "$(sender x@null.test)"
  assertEquals "451 4.4.3 cannot find out now whether the sender's domain exists" "$(sender x@broken.test)"
  o=$(printf '\303\266')
  talk 'EHLO c' "MAIL FROM:<x@b$o.test> SMTPUTF8" 'RCPT TO:<yes@mx.example.org>' RSET "MAIL FROM:<x@nowhere$o.test> SMTPUTF8" \
    'RCPT TO:<yes@mx.example.org>'
  assertEquals 'beyond ASCII' '220 250 250 250 250 250 550 exit 0' "$(codes)"
  export RELAYCLIENT=
  assertEquals 'our own clients' '250 2.1.5 ok' "$(sender x@nowhere.test)"
  unset RELAYCLIENT
  : > "$SCRATCH/dns/log"
  talk 'HELO c' 'MAIL FROM:<x@nowhere.test>' 'RCPT TO:<yes@mx.example.org>' 'RCPT TO:<yes1@mx.example.org>' RSET \
    'MAIL FROM:<y@nowhere.test>' 'RCPT TO:<yes@mx.example.org>' RSET 'MAIL FROM:<y@a.test>' 'RCPT TO:<yes@mx.example.org>'
  assertEquals '220 250 250 550 550 250 250 550 250 250 250 exit 0' "$(codes)"
  assertEquals 'asked once for a domain' 1 "$(grep -c nowhere "$SCRATCH/dns/log")"
}

# the network is the resolver's alone: the session has nothing but its two sockets, and a dead resolver refuses nobody
test_resolver_that_dies() {
  begin <<'EOF'
9.2.0.192.list.example A 127.0.0.4
EOF
  echo list.example > "$home/control/dnsbllist"
  cat > "$SCRATCH/late" <<'EOF'
import subprocess, sys, time
p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
assert p.stdout.readline().startswith(b"220")
children = open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()
assert len(children) == 1, children
subprocess.run(["kill", "-9", children[0]])
p.stdin.write(b"HELO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<yes@mx.example.org>\r\nQUIT\r\n")
p.stdin.close()
print(p.stdout.read().decode().split("\r\n")[2])
EOF
  TCPREMOTEIP=192.0.2.9; export TCPREMOTEIP
  assertEquals '250 2.1.5 ok' "$(python3 -S "$SCRATCH/late" "$home/bin/mail-smtpd")"
  unset TCPREMOTEIP
}

test_rblsmtpd_in_front() {
  need rblsmtpd ucspi-tcp-ipv6 || return 0
  begin < /dev/null
  printf '#!/bin/sh\nexec rblsmtpd %s\n' "$home/bin/mail-smtpd" > "$home/bin/front"
  chmod 0755 "$home/bin/front"
  smtpd=$home/bin/front
  RBLSMTPD=''; export RBLSMTPD
  assertEquals 'not listed' '250 2.1.5 ok' "$(client 192.0.2.1)"
  RBLSMTPD=-listed
  assertEquals 'refused by rblsmtpd' '553 listed' "$(client 192.0.2.1)"
  unset RBLSMTPD
  smtpd=$home/bin/mail-smtpd
}

run_tests
