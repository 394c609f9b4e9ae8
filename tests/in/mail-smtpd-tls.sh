#!/bin/sh
# mail-smtpd-tls.sh - STARTTLS: what is offered, what is forgotten, what is in the trace; and all that goes wrong with it
#
# tests/stub/tlsd.py stands in mail-tlsd's place, for its faults.

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() {
  smtpd_setup
  tls=$SCRATCH/tls
  mkdir "$tls" && chmod 0755 "$tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=mx.example.org \
    -keyout "$tls/key" -out "$tls/cert" 2> /dev/null
  tls_start
}
tls_start() {
  rm -f "$home/run/tlsin/tls"           # of the one before
  python3 -S "$stub/tlsd.py" "$home/run/tlsin/tls" "$tls" 2> "$SCRATCH/tlsd.log" &
  tlsd=$!
  on_exit "kill $tlsd 2>/dev/null"
  wait_for 60 test -S "$home/run/tlsin/tls"
}
goes_wrong() { rm -f "$tls/mode"; [ -z "$1" ] || echo "$1" > "$tls/mode"; }

# a dialogue as under inetd; it is in $out, the log in $SCRATCH/log
visit() {
  out=$(python3 -I -S "$stub/tlsmail.py" "${server:-$smtpd}" "$@" 2> "$SCRATCH/log")
  echo "$out" >> "$SCRATCH/all"
}
codes() { echo "$out" | sed 's/^\([0-9][0-9][0-9]\) .*/\1/; s/^tls .*/tls/' | xargs; }
reply() { echo "$out" | sed -n "$1p"; }
logged() { grep -q "$1" "$SCRATCH/log"; }
message() { printf '%s\n' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA; }
last() { ls "$store" | sort -V | sed -n 's/\.mess$//p' | tail -n 1; }
offers() { printf 'EHLO c\r\n' | python3 -I -S "$stub/smtp-client" -tcp 127.0.0.1 "$smtpd" 2> /dev/null | grep -c 'STARTTLS$'; }

test_a_message() {
  need openssl openssl || return 0
  forget
  visit 'EHLO c.example' STARTTLS tls 'EHLO d.example' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA \
    '=Subject: x\r\n\r\nx\r\n.\r\n' '?' QUIT
  assertEquals '220 250 220 tls 250 250 250 354 250 221 exit 0' "$(codes)"
  assertEquals '220 2.0.0 begin TLS' "$(reply 3)"
  assertTrue 'trace' "mess $(last) | sed q | grep -q '^Received: from d.example ('"
  assertTrue 'protocol' "mess $(last) | sed -n 2p | grep -q '^  by mx.example.org with ESMTPS; '"
  assertTrue 'log' "grep -q 'accepted pid=.* helo=d.example tls=TLSv1.3/TLS_[A-Z0-9_]* from=a@b.example ' '$SCRATCH/log'"
  visit 'EHLO c' STARTTLS tls 'EHLO d' 'MAIL FROM:<a@b.example> SMTPUTF8' 'RCPT TO:<yes@mx.example.org>' DATA '=.\r\n' '?'
  assertTrue 'with SMTPUTF8' "mess $(last) | grep -q ' with UTF8SMTPS; '"
  assertEquals 'no QUIT is no QUIT' 'exit 0' "$(echo "$out" | tail -n 1)"
}

# RFC 3207 4.2
test_what_was_said_in_clear_is_forgotten() {
  need openssl openssl || return 0
  forget
  visit 'EHLO c.example' STARTTLS tls 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA '=x\r\n.\r\n' '?' QUIT
  assertEquals '220 250 220 tls 250 250 354 250 221 exit 0' "$(codes)"
  assertTrue 'name and EHLO' "mess $(last) | sed q | grep -q '^Received: from unknown '"
  assertTrue 'protocol' "mess $(last) | grep -q ' with SMTP; '"
}

test_where_it_is_offered() {
  need openssl openssl || return 0
  forget
  assertEquals 'here' 1 "$(offers)"
  echo 0 > "$home/control/starttls"
  assertEquals 'not with 0' 0 "$(offers)"
  visit 'EHLO c' STARTTLS QUIT
  assertEquals '220 250 502 221 exit 0' "$(codes)"
  rm "$home/control/starttls"
  echo starttls > "$home/control/ehlohide"
  assertEquals 'not when hidden' 0 "$(offers)"
  visit STARTTLS
  assertEquals '220 502 exit 0' "$(codes)"
  rm "$home/control/ehlohide"
  visit 'EHLO c' STARTTLS tls '=EHLO c\r\nQUIT\r\n' rest
  assertNotContains 'not again' "$(echo "$out" | sed '1,/^tls/d')" STARTTLS
  mv "$home/run/tlsin/tls" "$home/run/tlsin/away"
  assertEquals 'not without mail-tlsd' 0 "$(offers)"
  mv "$home/run/tlsin/away" "$home/run/tlsin/tls"
  talk 'EHLO c' STARTTLS
  assertEquals "nor to a program of this host" "220 250 502" "$(whole | sed -n 's/^\([0-9]*\) .*/\1/p' | xargs)"
}

test_out_of_order() {
  need openssl openssl || return 0
  forget
  visit 'EHLO c' 'STARTTLS now' 'MAIL FROM:<a@b.example>' STARTTLS RSET STARTTLS tls STARTTLS 'EHLO c' STARTTLS QUIT
  assertEquals '220 250 501 250 503 250 220 tls 503 250 503 221 exit 0' "$(codes)"
  assertEquals '503 5.5.1 TLS is on already' "$(reply 9)"
}

# what an attacker puts behind the command, in clear, so that it counts as the client's own
test_commands_behind_it() {
  need openssl openssl || return 0
  forget
  before=$(stored)
  visit 'EHLO c' '=STARTTLS\r\nRSET\r\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<yes@mx.example.org>\r\n' rest
  assertEquals '220 250 554 closed exit 0' "$(codes)"
  assertTrue 'log' "logged 'session ended pid=.*: sent on in clear behind STARTTLS$'"
  visit 'EHLO c' '=STARTTLS\r\nx' rest
  assertEquals 'half a command' '220 250 554 closed exit 0' "$(codes)"
  visit 'EHLO c' STARTTLS '=MAIL FROM:<evil@b.example>\r\n' rest
  assertEquals 'in the place of a handshake' '220 250 220' "$(codes | cut -c1-11)"
  assertTrue 'log' "logged 'session ended pid=.*: the TLS handshake: failed'"
  visit 'EHLO c' STARTTLS tls 'MAIL FROM:<a@b.example>' close
  assertEquals 'a transaction with nothing of theirs' '220 250 220 tls 250 exit 0' "$(codes)"
  assertEquals 'nothing is stored' "$before" "$(stored)"
}

test_a_client_that_stalls() {
  need openssl openssl || return 0
  forget
  echo 2 > "$home/control/timeoutsmtpd"
  visit 'EHLO c' STARTTLS rest
  assertEquals '220 250 220' "$(codes | cut -c1-11)"
  assertTrue 'log' "logged 'session ended pid=.*: the TLS handshake: failed'"
  visit 'EHLO c' STARTTLS close
  assertEquals 'one that leaves' '220 250 220 exit 0' "$(codes)"
}

test_mail_tlsd_fails() {
  need openssl openssl || return 0
  forget
  goes_wrong unready
  visit 'EHLO c' STARTTLS 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA '=x\r\n.\r\n' '?' QUIT
  assertEquals 'no process: mail goes on in clear' '220 250 454 250 250 354 250 221 exit 0' "$(codes)"
  assertEquals '454 4.7.0 TLS is not available now' "$(reply 3)"
  assertTrue 'log' "logged '^mail-smtpd: error: no TLS pid=.* helo=c: the TLS service '"
  for how in later die mangled; do
    goes_wrong $how
    visit 'EHLO c' STARTTLS rest
    assertEquals "$how" '220 250 220 closed exit 0' "$(codes)"
    assertTrue "$how: log" "logged 'session ended pid=.*: no TLS: '"
  done
  goes_wrong cut
  visit 'EHLO c' STARTTLS tls '=EHLO d\r\nMAIL FROM:<a@b.example>\r\n' rest
  assertTrue 'in the middle' "logged 'session ended pid=.*: the client closed the connection\|the connection broke'"
  goes_wrong mute
  echo 1 > "$home/control/timeoutsmtpd"
  visit 'EHLO c' STARTTLS rest
  assertEquals 'no answer' '220 250 220 closed exit 0' "$(codes)"
  goes_wrong ''
  kill $tlsd; wait $tlsd 2> /dev/null
  visit 'EHLO c' STARTTLS QUIT
  assertEquals 'nobody listens' '220 250 454 221 exit 0' "$(codes)"
  tls_start
}

listens() { python3 -I -S "$stub/tlsmail.py" "127.0.0.1:$port" QUIT | grep -q ^221; }
# the processes of the visits that say EHLO counted: those of others may reach the log at any time
served() { sed -n 's/.*session ended pid=\([0-9]*\) ip=127.0.0.1 helo=counted .*/\1/p' "$SCRATCH/listen.log"; }
has_served() { [ "$(served | wc -l)" -ge "$1" ]; }
# One of ten visits has the process of another one, or of those that came before: it may take its time to be free.
serves_again() {
  visits=$((${visits:-0} + 10))
  [ "$(python3 -I -S "$stub/visitors.py" "$port" quit 127.0.0.9 10)" = 220:10 ] && wait_for 60 all_of_these &&
    [ "$(of_these | sort -u | wc -l)" -lt $visits ]
}
of_these() { sed -n 's/.*session ended pid=\([0-9]*\) ip=127.0.0.9 .*/\1/p' "$SCRATCH/listen.log"; }
all_of_these() { [ "$(of_these | wc -l)" = $visits ]; }

begins() { visit 'EHLO c' STARTTLS close; [ "$(codes)" = "220 250 $1" ]; }

test_under_the_listener() {
  need_root && need openssl openssl || return 0
  forget
  port=$(free_port 3100)
  echo 1 > "$home/control/listenloopback"
  echo "127.0.0.1:$port" > "$home/control/listen"
  "$home/bin/mail-start" listen 2> "$SCRATCH/listen.log" &
  listening=$!
  on_exit "kill $listening 2>/dev/null"
  wait_for 60 listens
  server=127.0.0.1:$port
  mv "$home/run/tlsin/tls" "$home/run/tlsin/away"
  wait_for 60 begins 502
  assertTrue 'a service that has gone' $?
  mv "$home/run/tlsin/away" "$home/run/tlsin/tls"
  wait_for 60 begins 220
  assertTrue 'and one that is new' $?
  wait_for 60 serves_again
  assertTrue 'a process serves a second connection' $?
  visit 'EHLO c' STARTTLS tls 'EHLO counted' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA '=x\r\n.\r\n' \
    '?' QUIT rest
  assertEquals '220 250 220 tls 250 250 250 354 250 221 closed' "$(codes)"
  wait_for 60 has_served 1
  secured=$(served | tail -n 1)
  wait_for 60 ended "$secured"
  assertTrue 'after TLS it ends' $?
  visit 'EHLO counted' QUIT
  wait_for 60 has_served 2
  assertNotEquals 'another one comes' "$secured" "$(served | tail -n 1)"
  goes_wrong unready
  visit 'EHLO counted' STARTTLS QUIT
  goes_wrong ''
  wait_for 60 has_served 3
  wait_for 60 ended "$(served | tail -n 1)"
  assertTrue 'after a try of it, too' $?
  server=
  kill $listening
  wait $listening
}

# UCSPI-TLS: the program before us does it, as s6-ucspitlsd and ucspi-ssl
test_ucspi() {
  need openssl openssl || return 0
  forget
  server="/usr/bin/python3 -I -S $stub/ucspi.py $tls $smtpd"
  visit 'EHLO c' STARTTLS tls 'EHLO d' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' DATA '=x\r\n.\r\n' '?' QUIT rest
  assertEquals '220 250 220 tls 250 250 250 354 250 221 closed exit 0' "$(codes)"
  assertTrue 'log' "logged 'accepted pid=.* tls=TLSv1.3/TLS_[A-Z0-9_]* from='"
  assertTrue 'trace' "mess $(last) | grep -q ' with ESMTPS; '"
  visit 'EHLO c' STARTTLS '=rubbish\r\n\r\n\r\n\r\n\r\n\r\n' rest
  assertTrue 'no handshake' "logged 'session ended pid=.*: no TLS: the program before us'"
  server=
  SSLCTLFD=77 SSLREADFD=x SSLWRITEFD=3; export SSLCTLFD SSLREADFD SSLWRITEFD
  visit 'EHLO c' STARTTLS tls QUIT
  assertEquals 'numbers of nothing' '220 250 220 tls 221 exit 0' "$(codes)"
  unset SSLCTLFD SSLREADFD SSLWRITEFD
}

# as mail-smtpd-replies.sh sees to it for the others
test_every_reply_of_starttls_was_drawn() {
  need openssl openssl || return 0
  forget
  goes_wrong ''
  visit 'EHLO c' 'STARTTLS x' 'MAIL FROM:<a@b.example>' STARTTLS
  echo 0 > "$home/control/starttls"
  visit 'EHLO c' STARTTLS
  forget
  assertEquals '' "$(never_drawn src/in/starttls.c)"
}

run_tests
