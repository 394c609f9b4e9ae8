#!/bin/sh
# helpers.sh - the processes beside a session: none that no rule can need, and each within limits of its own

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

locked() { grep -q '^Seccomp:.*2' "/proc/$session/status"; }
helpers() { ps -o pid= --ppid "$session" | xargs; }
# a session that waits for its client, its process in $session
begin() { # PROGRAM
  rm -f "$SCRATCH/client"
  mkfifo "$SCRATCH/client"
  "$home/bin/$1" < "$SCRATCH/client" > "$SCRATCH/out" 2> "$SCRATCH/log" &
  session=$!
  exec 7> "$SCRATCH/client"
  wait_for 60 locked
}
end() {
  exec 7>&-
  wait $session
}
with() { # HOW-MANY PROGRAM WHY
  begin "$2"
  assertEquals "$3: $2" "$1" "$(helpers | wc -w)"
  end
}

test_none_that_no_rule_needs() {
  forget
  export TCPREMOTEIP=192.0.2.1
  with 0 mail-smtpd 'nothing is set'
  echo 1 > "$home/control/mfcheck"
  echo zone.example > "$home/control/dnsbllist"
  with 1 mail-smtpd 'a resolver'
  with 1 mail-qmtpd 'a resolver'
  export RCPTCHECK=/bin/true
  with 2 mail-smtpd 'a resolver and a starter'
  export RELAYCLIENT=
  with 0 mail-qmqpd 'recipients are not asked about'
  with 1 mail-smtpd 'the DNS is not asked about own clients'
  unset RCPTCHECK
  with 0 mail-qmtpd 'the DNS is not asked about own clients'
  export QMAILQUEUE=/bin/true
  with 1 mail-qmqpd 'a starter'
  unset RELAYCLIENT QMAILQUEUE TCPREMOTEIP
  rm "$home/control/mfcheck"
  with 0 mail-smtpd 'a client without an address is on no list'
}

limit() { awk -v name="$2" -v n="$3" 'index($0, name) == 1 { sub(name " *", ""); print $n }' "/proc/$1/limits"; } # PID NAME 1-or-2

# it may take its time to bound itself, which nobody waits for
is_bound() { wait_for 60 has_limit "$@"; assertEquals "$4: $2" "$5" "$(limit "$1" "$2" "$3")"; } # PID NAME 1-or-2 OF-WHAT N
has_limit() { [ "$(limit "$1" "$2" "$3")" = "$5" ]; }

test_limits() {
  forget
  echo 1 > "$home/control/mfcheck"
  begin mail-smtpd
  helper=$(helpers)
  is_bound "$helper" 'Max open files' 2 'the resolver' 16
  is_bound "$helper" 'Max address space' 2 'the resolver' 67108864
  end
  rm "$home/control/mfcheck"
  printf '#!/bin/sh\n{ ulimit -Sn; ulimit -Sv; } > "$0.limits"\ncat > /dev/null\ncat <&1 > /dev/null\n' > "$store/program"
  chmod 755 "$store/program"
  : > "$store/program.limits"
  chmod 666 "$store/program.limits"
  export QMAILQUEUE="$store/program"
  begin mail-smtpd
  helper=$(helpers)
  is_bound "$helper" 'Max open files' 1 'the starter' 32
  is_bound "$helper" 'Max address space' 1 'the starter' 67108864
  printf '%s\r\n' 'HELO c' 'MAIL FROM:<a@b>' 'RCPT TO:<yes@mx.example.org>' DATA x . >&7
  wait_for 60 grep -q '2.0.0 ok' "$SCRATCH/out"
  unset QMAILQUEUE
  assertEquals 'programs have those of the session before' "$(ulimit -Sn) $(ulimit -Sv)" "$(xargs < "$store/program.limits")"
  assertEquals 'they are back' 32 "$(limit "$helper" 'Max open files' 1)"
  end
}

run_tests
