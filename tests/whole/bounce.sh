# bounce.sh - failures come back: to a sender, to the postmaster, and then to nobody

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
ann=61490

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" bounce.example 61400 || exit 1
  mailbox "$home" ann $ann
  mailbox "$home" postmaster 61491
  for u in ann postmaster; do
    echo ./Maildir/ > "$home/people/$u/.qmail"
    chown --reference="$home/people/$u/Maildir" "$home/people/$u/.qmail"
  done
  "$home/bin/mail-newu" || exit 1
  queue_and_send || exit 1
}

send_mail() { # SENDER RECIPIENT...
  sender=$1
  shift
  printf 'From: ann@bounce.example\nSubject: a test\n\nthe secret body\n' |
    setpriv --reuid $ann --regid $ann --clear-groups "$home/bin/mail-inject" -a -f"$sender" "$@"
}
mails() { find "$home/people/$1/Maildir/new" -type f | wc -l; } # USER
has() { [ "$(mails "$1")" = "$2" ]; }

test_a_failure_comes_back_to_the_sender() {
  need_root || return 0
  send_mail ann@bounce.example nobody-1@bounce.example ann@bounce.example nobody-2@bounce.example
  wait_for 60 is_empty || fail "not done: $(cat "$SCRATCH/send.log")"
  f=$(grep -l '^Auto-Submitted: auto-replied' "$home"/people/ann/Maildir/new/*)
  assertNotNull "a bounce came" "$f"
  for n in $(seq "$(echo "$f" | wc -l)"); do "$stub/dsn" "$(echo "$f" | sed -n "${n}p")"; done > "$SCRATCH/facts"
  for n in 1 2; do
    assertTrue "nobody-$n: $(cat "$SCRATCH/facts")" \
      "grep -q '^block Final-Recipient: rfc822; nobody-$n@bounce.example | Action: failed | Status: 5.1.1' $SCRATCH/facts"
  done
  assertFalse "who got it is not named" "grep -q 'Final.*rfc822; ann@' $SCRATCH/facts"
  # shellcheck disable=SC2086
  assertFalse "the body stays" "grep -q 'secret body' $f"
  # shellcheck disable=SC2086
  assertTrue "for bounce" "grep -q '^Return-Path: <>' $(echo $f | cut -d' ' -f1)"
}

test_a_bounce_that_fails_goes_to_the_postmaster() {
  need_root || return 0
  send_mail nobody@bounce.example nobody-3@bounce.example
  wait_for 60 has postmaster 1 || fail "no double bounce: $(cat "$SCRATCH/send.log")"
  assertTrue "its sender" "grep -q '^Return-Path: <#@\[\]>' $home/people/postmaster/Maildir/new/*"
  wait_for 60 is_empty || fail "not done: $(cat "$SCRATCH/send.log")"
}

test_a_double_bounce_that_fails_is_discarded() {
  need_root || return 0
  echo nobody > "$home/control/doublebounceto"
  kill -HUP "$(pgrep -u "$(awk '$1 == "mailb" { print $2 }' "$home.users")" -x mail-bounce)"
  send_mail nobody@bounce.example nobody-4@bounce.example
  wait_for 60 is_empty || fail "not done: $(cat "$SCRATCH/send.log")"
  assertTrue "the postmaster got no more" "[ $(mails postmaster) = 1 ]"
  assertTrue "logged" "grep -q 'a double bounce failed' $SCRATCH/send.log"
  wait_for 60 no_files_left || fail "files are left in the queue"
}

run_tests
