#!/bin/sh
# mail-smtpd-guard.sh - who may talk: early talkers, pipelining where none is allowed, foreign protocols

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

test_early_talker() {
  forget
  echo 1 > "$home/control/greetdelay"
  mode=-hold
  talk 'EHLO c' NOOP
  mode=
  assertEquals '554 exit 0' "$(codes)"
  grep -q 'session ended.*talked before the greeting' "$SCRATCH/log"
  assertTrue 'in the log' $?
  GREETDELAY=0; export GREETDELAY
  talk 'EHLO c'
  assertEquals 'the environment wins' '220 250 exit 0' "$(codes)"
  GREETDELAY=soon
  talk 'EHLO c'
  unset GREETDELAY
  assertEquals '421 exit 111' "$(codes)"
}

test_patient_client() {
  forget
  echo 1 > "$home/control/greetdelay"
  out=$(python3 -I -S - "$smtpd" << 'P'
import socket, subprocess, sys, time
ours, theirs = socket.socketpair()
start = time.monotonic()
p = subprocess.Popen([sys.argv[1]], stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL)
theirs.close()
ours.settimeout(30)
greeting = ours.recv(100)
print(greeting[:3].decode(), time.monotonic() - start >= 1)
ours.sendall(b"QUIT\r\n")
print(ours.recv(100)[:3].decode(), p.wait())
P
)
  assertEquals '220 True
221 0' "$out"
}

test_strict_pipelining() {
  forget
  talk 'EHLO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x .
  assertEquals 'off' '220 250 250 250 354 250 exit 0' "$(codes)"
  echo 1 > "$home/control/strictpipelining"
  for line in 'EHLO c' 'HELO c'; do
    talk "$line" NOOP
    assertEquals "$line" '220 554 exit 0' "$(codes)"
  done
  talk 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' NOOP DATA
  assertEquals 'where it is allowed' '220 250 250 250 354 exit 0' "$(codes)"
  talk 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x . 'NOOP'
  assertEquals 'a message before its 354' '220 250 250 554 exit 0' "$(codes)"
}

test_foreign_protocols() {
  forget
  mode=-hold
  for first in 'GET / HTTP/1.1\r\n' 'POST / HTTP/1.0\r\n' 'connect a:25 HTTP/1.1\r\n' 'PRI * HTTP/2.0\r\n' 'SSH-2.0-x\r\n' \
    '\026\003\001\002\000\001\000\001\374\003\003'; do
    talk_raw "${first}Host: x\r\nMAIL FROM:<a@b>\r\n"
    assertEquals "$first" '220 500 exit 0' "$(codes)"
  done
  talk_raw '\026\003\001\002\000\001'
  assertEquals 'no line end' '220 500 exit 0' "$(codes)"
  mode=
  talk GETTY GET
  assertEquals 'merely unknown' '220 500 500 exit 0' "$(codes)"
}

test_errors_are_answered_later() {
  forget
  start=$(date +%s%N)
  talk 1 2 3 4 5 6 7 8 9 10 11 12
  assertTrue 'two wait' "[ $((($(date +%s%N) - start) / 1000000)) -ge 1000 ]"
}

run_tests
