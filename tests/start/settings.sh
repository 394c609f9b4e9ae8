# settings.sh - daemons started with wrong values in control/: each says the file, the value and what it should be; where
# the default is safe it counts, else the daemon waits, without a loop, until the value is put right
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
ann=61390
log() { cat "$SCRATCH/queue.log" "$SCRATCH/send.log"; }
said() { log | grep -qF -- "$1"; }
count() { log | grep -cF -- "$1"; }
delivered() { grep -qs "^Subject: $1" "$home"/people/ann/Maildir/new/*; }
send() { # SUBJECT
  printf 'To: ann\nFrom: ann\nSubject: %s\n\nx\n' "$1" | "$home/bin/mail-inject"
}

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" settings.example || exit 1
  mailbox "$home" ann $ann
  "$home/bin/mail-newu" || exit 1
}

begin() {
  for group in queue send; do
    : > "$SCRATCH/$group.log"   # now: what it said before is no news
    "$home/bin/mail-start" $group > "$SCRATCH/$group.log" 2>&1 < /dev/null &
    eval "$group=$!"
    on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  done
}
end() { kill "$queue" "$send"; wait "$queue" "$send"; }

wrong_and_safe() {
  awk '{ print $1 }' <<'LIST'
bouncebytes
bouncehost
concurrencylocal
concurrencyperuser
concurrencyremote
delaynotice
queueconnections
queueidle
queuelifetime
queuenetwork
queuereserve
queuetimeout
timeoutlocal
LIST
}

test_the_default_counts_where_that_is_safe() {
  need_root || return 0
  for s in $(wrong_and_safe); do echo "no sense" > "$home/control/$s"; done
  begin
  send one
  assertEquals 0 $?
  wait_for 60 delivered one || fail "not delivered: $(log)"
  for s in $(wrong_and_safe); do
    wait_for 60 said "control/$s must be " || fail "not said: $s"
  done
  assertTrue "the value" "said 'control/queueidle must be a number from 1 to 1000000, of decimal digits alone; this is not: no sense'"
  assertFalse "no riddle" "said 'Invalid argument'"
  end
  for s in $(wrong_and_safe); do rm "$home/control/$s"; done
}

# a wrong least uid, or a wrong delivery for all, must not be passed over
test_else_the_daemon_waits() {
  need_root || return 0
  echo Maildir/ > "$home/control/defaultdelivery"
  begin
  send two
  wait_for 60 said 'waits for these settings' || fail "$(log)"
  sleep 1.5                     # a loop would show: mail-start starts again what ended a second before
  assertEquals "said once" 1 "$(count 'control/defaultdelivery must be ')"
  assertTrue "the value" "said 'this is not: Maildir/'"
  assertFalse "does not end" "said 'mail-lspawn exited'"
  assertFalse "nothing is delivered" "delivered two"
  echo ./Maildir/ > "$home/control/defaultdelivery"
  wait_for 60 delivered two || fail "not delivered after the mistake was put right: $(log)"
  end
  rm "$home/control/defaultdelivery"
}

# nothing is known of whose mail is ours
test_mail_send_waits_and_ends() {
  need_root || return 0
  mkdir "$home/control/locals"
  begin
  wait_for 60 said 'mail-send: waits for these settings' || fail "$(log)"
  end
  assertEquals "ends while it waits" 0 $?
  begin
  send three
  wait_for 60 said 'mail-send: waits for these settings' || fail "$(log)"
  rmdir "$home/control/locals"
  kill -HUP "$send"
  wait_for 60 delivered three || fail "$(log)"
  end
}

test_at_hup_the_old_value_stays() {
  need_root || return 0
  echo 7 > "$home/control/concurrencylocal"
  begin
  wait_for 60 said 'mail-send: ' ; send four
  wait_for 60 delivered four || fail "$(log)"
  echo seven > "$home/control/concurrencylocal"
  kill -HUP "$send"
  wait_for 60 said 'control/concurrencylocal must be a number from 0 to 250' || fail "$(log)"
  assertFalse "no change" "said 'control/concurrencylocal was 7'"
  end
  rm "$home/control/concurrencylocal"
}

test_me_is_not_ours() {
  need_root || return 0
  echo elsewhere.example > "$home/control/locals"
  begin
  wait_for 60 said 'control/me, settings.example, is in neither control/locals nor control/virtualdomains' || fail "$(log)"
  end
  rm "$home/control/locals"
}

run_tests
