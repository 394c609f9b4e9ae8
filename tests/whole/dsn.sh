# dsn.sh - what senders ask for in NOTIFY, RET, ENVID and ORCPT (RFC 3461) comes back to them, and nothing else

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
ann=61590

# A host of the network, NAME.example, with its folder of that name
host() { # NAME [SMTPSINK ARGUMENT]
  mkdir "$SCRATCH/$1"
  python3 -S "$stub/smtpsink.py" "$SCRATCH/$1" 127.0.0.1 ${2:+"$2"} &
  on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  wait_for 60 test -s "$SCRATCH/$1/port" || exit 1
  echo "$1.example:127.0.0.1:$(cat "$SCRATCH/$1/port")" >> "$home/control/smtproutes"
}

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" dsn.example 61500 || exit 1
  mailbox "$home" ann $ann
  mailbox "$home" bob 61591
  for u in ann bob; do
    echo ./Maildir/ > "$home/people/$u/.qmail"
    chown --reference="$home/people/$u/Maildir" "$home/people/$u/.qmail"
  done
  "$home/bin/mail-newu" || exit 1
  echo "far.example:127.0.0.1:$(free_port 2590)" > "$home/control/smtproutes"     # nobody is there
  host plain 'ehlo=250-sink|250 PIPELINING'
  host asks 'ehlo=250-sink|250-PIPELINING|250 DSN'
  echo 1 > "$home/control/delaynotice"
  queue_and_send || exit 1
}

new() { find "$home/people/$1/Maildir/new" -type f; } # USER
has() { [ "$(new "$1" | wc -l)" = "$2" ]; }

# RECORDS: those of the envelope, with a comma between them, and \x2c for one inside
send_mail() {
  find "$home/people/ann/Maildir/new" "$home/people/bob/Maildir/new" -type f -delete
  setpriv --reuid $ann --regid $ann --clear-groups "$stub/submit" "$home/run/queue" @v @m \
    '@c:Subject: a test\n\nthe secret body\n' @e "@R:$1" > "$SCRATCH/answer"
  assertTrue "taken: $(cat "$SCRATCH/answer")" "grep -q '^0 ' $SCRATCH/answer"
}
# The only notice that ann has, as facts
notice() {
  wait_for 60 has ann 1 || fail "ann has $(new ann | wc -l): $(cat "$SCRATCH/send.log")"
  new ann | while read -r f; do "$stub/dsn" "$f"; done > "$SCRATCH/facts"
}
fact() { assertTrue "$1 in: $(cat "$SCRATCH/facts")" "grep -qxF -- '$1' '$SCRATCH/facts'"; }
done_with() { wait_for 60 no_files_left || fail "files are left: $(find "$home/queue" -type f)"; }

test_success() {
  need_root || return 0
  send_mail 'Fann@dsn.example,rFULL,eQQ+2B1,Tbob@dsn.example,nSUCCESS\x2cFAILURE,orfc822;Robert@dsn.example'
  notice
  fact "Subject: Your mail was delivered"
  fact "block Original-Recipient: rfc822; Robert@dsn.example | Final-Recipient: rfc822; bob@dsn.example | Action: delivered | Status: 2.0.0"
  assertTrue "the envelope id" "grep -q '^block Original-Envelope-Id: QQ+1 ' $SCRATCH/facts"
  assertFalse "RET is for failures" "grep -rq 'secret body' '$home/people/ann/Maildir/new'"
  assertTrue "bob has it" "has bob 1"
  done_with
}

test_failure_with_the_whole_message() {
  need_root || return 0
  send_mail 'Fann@dsn.example,rFULL,Tnobody@dsn.example,nFAILURE,Tbob@dsn.example,nFAILURE'
  notice
  fact "Subject: Your mail could not be delivered"
  fact "parts text/plain message/delivery-status message/rfc822"
  fact "the secret body"
  fact "block Final-Recipient: rfc822; nobody@dsn.example | Action: failed | Status: 5.1.1"
  done_with
}

test_never() {
  need_root || return 0
  send_mail 'Fann@dsn.example,Tnobody@dsn.example,nNEVER,Tbob@dsn.example,nNEVER,Tnobody-1@dsn.example,nSUCCESS'
  wait_for 60 has bob 1 || fail "bob has nothing"
  done_with
  assertTrue "ann hears nothing" "has ann 0"
  assertTrue "the log does" "grep -q 'failed .*to=nobody-1@dsn.example' $SCRATCH/send.log"
}

# also where it is forwarded to
test_never_by_way_of_a_forward() {
  need_root || return 0
  echo '&nobody@dsn.example' > "$home/people/bob/.qmail-fwd"
  chown 61591:61591 "$home/people/bob/.qmail-fwd"
  send_mail 'Fann@dsn.example,Tbob-fwd@dsn.example,nNEVER'
  wait_for 60 grep -q 'failed .*to=nobody@dsn.example' "$SCRATCH/send.log" || fail "not forwarded"
  done_with
  assertTrue "ann hears nothing" "has ann 0"
  send_mail 'Fann@dsn.example,eQQ,Tbob-fwd@dsn.example,nFAILURE,orfc822;Bob@dsn.example'
  notice
  fact "block Original-Recipient: rfc822; Bob@dsn.example | Final-Recipient: rfc822; nobody@dsn.example | Action: failed | Status: 5.1.1"
  done_with
}

said_to() { assertTrue "$1 heard $2: $(cat "$SCRATCH/$1/log")" "grep -qxF -- '$2' '$SCRATCH/$1/log'"; } # HOST LINE

# RFC 3461 5.2.2: the next host will tell nobody, so this one does
test_relayed() {
  need_root || return 0
  send_mail "$(echo 'Fann@dsn.example,rFULL,eQQ+2B1,Tx@plain.example,nSUCCESS\x2cFAILURE,orfc822;Robert@dsn.example' \
    ',Ty@plain.example,nFAILURE,Tz@plain.example' | tr -d ' ')"
  notice
  fact "Subject: Your mail was relayed"
  fact "$(echo 'block Original-Recipient: rfc822; Robert@dsn.example | Final-Recipient: rfc822; x@plain.example' \
    '| Action: relayed | Status: 2.0.0')"
  assertTrue "the envelope id" "grep -q '^block Original-Envelope-Id: QQ+1 ' $SCRATCH/facts"
  assertEquals "nobody else" 1 "$(grep -c 'Final-Recipient' "$SCRATCH/facts")"
  said_to plain '1> MAIL FROM:<ann@dsn.example>'
  for r in x y z; do said_to plain "1> RCPT TO:<$r@plain.example>"; done
  done_with
  assertTrue "once" "has ann 1"
}

# RFC 3461 5.2.1: a host that offers DSN is asked, and will tell itself
test_passed_on() {
  need_root || return 0
  send_mail "$(echo 'Fann@dsn.example,rHDRS,eQQ+2B1,Tx@asks.example,nSUCCESS\x2cFAILURE,orfc822;Robert@dsn.example' \
    ',Ty@asks.example,nNEVER,Tz@asks.example' | tr -d ' ')"
  wait_for 60 grep -q '^1 message ' "$SCRATCH/asks/log" || fail "not sent: $(cat "$SCRATCH/send.log")"
  said_to asks '1> MAIL FROM:<ann@dsn.example> RET=HDRS ENVID=QQ+2B1'
  said_to asks '1> RCPT TO:<x@asks.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Robert@dsn.example'
  said_to asks '1> RCPT TO:<y@asks.example> NOTIFY=NEVER'
  said_to asks '1> RCPT TO:<z@asks.example>'
  done_with
  assertTrue "ann hears nothing" "has ann 0"
}

# the last with mail that stays: none may be left in those before
test_delay() {
  need_root || return 0
  send_mail 'Fann@dsn.example,Tx@far.example,nDELAY,Ty@far.example'
  wait_for 60 grep -q 'deferred .*to=y@far.example' "$SCRATCH/send.log" || fail "no try: $(cat "$SCRATCH/send.log")"
  sleep 1.2
  send=$(pgrep -u "$(awk '$1 == "mails" { print $2 }' "$home.users")" -x mail-send)
  kill -ALRM "$send"
  notice
  fact "Subject: Your mail is delayed"
  assertTrue "x waits: $(cat "$SCRATCH/facts")" \
    "grep -q '^block Final-Recipient: rfc822; x@far.example | Action: delayed | Status: 4' $SCRATCH/facts"
  assertFalse "nobody asked about y" "grep -q 'y@far' $SCRATCH/facts"
  wait_for 60 grep -q '^mail-send: notice ' "$SCRATCH/send.log"
  kill -ALRM "$send"
  sleep 1
  assertTrue "only once" "has ann 1"
}

test_no_notice_of_a_notice() {
  need_root || return 0
  send_mail 'F,Tbob@dsn.example,nSUCCESS'
  wait_for 60 has bob 1 || fail "bob has nothing"
  wait_for 60 grep -q "^mail-send: end id=$(cut -d' ' -f2 "$SCRATCH/answer" | head -n 1)" "$SCRATCH/send.log" ||
    fail "not done: $(cat "$SCRATCH/send.log")"
  assertTrue "none" "has ann 0"
  assertFalse "nor to the postmaster" "grep -q '^mail-bounce: queued .*to=postmaster' $SCRATCH/send.log"
}

run_tests
