# fair.sh - one user's mail, however much or slow, holds up no other's
#
# joe fills the queue in one way after the other, and nothing of it goes away until the end; beside all that an honest
# sender's mail to ann, and to another host, arrives within seconds. Short here; tests/long/fair.sh has the full numbers.

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
joe=61851 ann=61852
if [ "${FAIR_FULL:-no}" = yes ]; then probes=20 within=5 largest=99999 larges=70 thousands=1600 waiting=10000
else probes=2 within=15 largest=30000 larges=6 thousands=40 waiting=60; fi

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" fair.example || exit 1
  mailbox "$home" joe $joe
  mailbox "$home" ann $ann
  "$home/bin/mail-newu" || exit 1
  deliver default ./Maildir/
  deliver sleep-default "|touch $home/people/joe/asleep.\$\$; until [ -e $SCRATCH/over ]; do sleep 1; done"
  deliver mbox ./mbox
  mkdir "$SCRATCH/sink"
  python3 -S "$stub/smtpsink.py" "$SCRATCH/sink" "$SCRATCH/sink/lmtp" & on_exit "kill $!"
  python3 -S "$stub/deaf.py" "$SCRATCH/deaf" & deaf=$!
  wait_for 60 test -f "$SCRATCH/sink/port" -a -f "$SCRATCH/deaf" || exit 1
  echo "fast.example:lmtp:$SCRATCH/sink/lmtp" > "$home/control/transports"
  echo "slow.example:127.0.0.1:$(cat "$SCRATCH/deaf")" > "$home/control/smtproutes"
  for group in queue send; do
    "$home/bin/mail-start" $group > "$SCRATCH/$group.log" 2>&1 < /dev/null &
    on_exit "kill $! 2>/dev/null; touch $SCRATCH/over; wait $! 2>/dev/null"
  done
  on_exit "kill $deaf"                  # before those who wait for it
  wait_for 60 test -S "$home/run/queue" || exit 1
}

deliver() { # EXTENSION LINE
  echo "$2" > "$home/people/joe/.qmail-$1"
  chown $joe:$joe "$home/people/joe/.qmail-$1"
}
as() { # UID COMMAND...
  uid=$1
  shift
  setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
}
envelope() { python3 -S -c 'import sys
sys.stdout.write("Fjoe@fair.example\0" + "".join("T" + sys.argv[1] % n + "\0" for n in range(int(sys.argv[2]))) + "\0")' "$@"; }
flood() { # TIMES PATTERN RECIPIENTS: so many messages of joe's, each to so many addresses
  envelope "$2" "$3" > "$SCRATCH/envelope"
  echo "Subject: flood" > "$SCRATCH/flood"
  n=0
  while [ $n -lt "$1" ]; do
    n=$((n + 1))
    as $joe "$home/bin/mail-queue" < "$SCRATCH/flood" 1< "$SCRATCH/envelope" || { fail "not taken: $?"; return; }
  done
}
came() { grep -qr "$1" "$home/people/ann/Maildir/new"; }
went() { grep -qr "$1" "$SCRATCH/sink"; }
mail_to() { echo "Subject: $2" | as $ann "$home/bin/mail-inject" -fann@fair.example "$1"; }
honest_mail_arrives() { # WHAT
  n=0
  while [ $n -lt $probes ]; do
    n=$((n + 1))
    word=probe-$(echo "$1" | tr ' ' -)-$n
    mail_to ann@fair.example "$word" && mail_to "ann@fast.example" "$word"
    wait_for $within came "$word" || fail "$1: $n, to ann: $(tail -n 20 "$SCRATCH/send.log")"
    wait_for $within went "$word" || fail "$1: $n, to another host: $(tail -n 20 "$SCRATCH/send.log")"
  done
}
logged() { grep -q -e "$1" "$SCRATCH/send.log"; }
asleep() { [ "$(find "$home/people/joe" -name 'asleep.*' | wc -l)" -ge "$1" ]; }

test_sleeping_programs() {
  need_root || return 0
  n=0
  while [ $n -lt 30 ]; do n=$((n + 1)); mail_to joe-sleep-$n@fair.example s; done
  wait_for 60 asleep 4 || fail "nothing sleeps: $(cat "$SCRATCH/send.log")"
  honest_mail_arrives "sleeping programs"
  assertFalse "no more than one may have" "asleep 5"
  assertTrue "told" "logged 'mail-send: busy to=joe-sleep-'"
  assertFalse "no try is counted" "logged 'deferred .* to=joe-sleep-'"
}

test_locked_mbox() {
  need_root || return 0
  as $joe python3 -S -c "import fcntl, time
f = open('$home/people/joe/mbox', 'a'); fcntl.flock(f, fcntl.LOCK_EX); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(3000)" &
  on_exit "kill $!"
  wait_for 60 test -e "$home/people/joe/mbox"
  n=0
  while [ $n -lt 12 ]; do n=$((n + 1)); mail_to joe-mbox@fair.example m; done
  honest_mail_arrives "locked mbox"
}

test_slow_domain() {
  need_root || return 0
  n=0
  while [ $n -lt $waiting ]; do n=$((n + 1)); mail_to "joe@slow.example" w; done
  honest_mail_arrives "slow domain"
}

test_a_thousand_recipients_each() {
  need_root || return 0
  flood $thousands joe-%d@fair.example 1000
  honest_mail_arrives "a thousand recipients each"
}

test_the_largest_messages() {
  need_root || return 0
  flood $larges joe-%d@fair.example $largest
  honest_mail_arrives "the largest messages"
  flood 1 %d@slow.example $largest
  honest_mail_arrives "the largest to a slow domain"
}

run_tests
