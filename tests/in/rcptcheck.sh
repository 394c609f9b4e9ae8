#!/bin/sh
# rcptcheck.sh - the site's own check of recipients (RCPTCHECK): what it is asked, what its answers do, and its troubles

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() {
  smtpd_setup
  mkdir -m 0777 "$SCRATCH/got"
}

check() { # < SCRIPT - becomes bin/check; a question has been read when next returns 0; $recipient, $sender, ... are set
  {
    cat <<'EOF'
#!/bin/sh
next() {
  read -r line || return 1
  while [ "$line" ]; do
    [ "${line%%=*}" = recipient ] && recipient=${line#*=}
    echo "$line" >> questions
    read -r line || return 1
  done
}
cd "$GOT"
echo $$ >> started
env > env
EOF
    cat
  } > "$home/bin/check"
  chmod 0755 "$home/bin/check"
  rm -f "$SCRATCH"/got/*
}
session() { # RECIPIENT... - one transaction with them
  GOT=$SCRATCH/got RCPTCHECK=bin/check
  export GOT RCPTCHECK
  for r; do set -- "$@" "RCPT TO:<$r>"; shift; done
  talk 'HELO c.example' 'MAIL FROM:<a@b.example>' "$@" QUIT
  unset GOT RCPTCHECK
}
answers() { # ACTION - gives it to every question
  check <<EOF
while next; do printf 'action=%s\n\n' '$1'; done
EOF
}
after_rcpt() {
  answers "$1"
  session yes@mx.example.org
  reply 4
}

test_questions() {
  forget
  answers DUNNO
  export TCPREMOTEIP=192.0.2.1 TCPREMOTEHOST=host.example TCPREMOTEINFO='() { :;}; x'
  session yes1@mx.example.org no@mx.example.org 'yes"=2'@mx.example.org
  unset TCPREMOTEIP TCPREMOTEHOST TCPREMOTEINFO
  assertTrue 'no function for old shells' "grep -qx 'TCPREMOTEINFO= () { :;}; x' '$SCRATCH/got/env'"
  assertEquals '220 250 250 250 550 501 221 exit 0' "$(codes)"
  assertEquals 'request=smtpd_access_policy
protocol_state=RCPT
protocol_name=SMTP
helo_name=c.example
client_address=192.0.2.1
client_name=host.example
sender=a@b.example
recipient=yes1@mx.example.org' "$(cat "$SCRATCH/got/questions")"
  session yes1@mx.example.org yes2@mx.example.org
  assertEquals 'one process a session' 2 "$(wc -l < "$SCRATCH/got/started")"
  assertTrue 'the host is not known' "grep -q '^client_name=unknown$' '$SCRATCH/got/questions'"
}

test_answers() {
  forget
  assertEquals '250 2.1.5 ok' "$(after_rcpt OK)"
  assertEquals '250 2.1.5 ok' "$(after_rcpt 'prepend X-Seen: yes')"
  assertEquals '550 5.7.1 no, thanks' "$(after_rcpt 'REJECT no, thanks')"
  assertEquals '550 5.7.1 mail to this address is not taken here' "$(after_rcpt reject)"
  assertEquals '450 4.7.1 greylisted' "$(after_rcpt 'DEFER_IF_PERMIT greylisted')"
  assertEquals '552 5.2.2 mailbox full' "$(after_rcpt '552 5.2.2 mailbox full')"
  assertEquals '450 4.7.1 wait' "$(after_rcpt '421 wait')"
  assertEquals '451 4.3.0 this recipient cannot be checked now' "$(after_rcpt DISCARD)"
  assertEquals '550 5.7.1 a?b' "$(printf 'while next; do printf "action=REJECT a\\001b\\n\\n"; done\n' | check
    session yes@mx.example.org
    reply 4)"
}

test_troubles() {
  forget
  trouble='451 4.3.0 this recipient cannot be checked now'
  for script in 'next; exit 0' 'exit 0' 'next; echo nonsense; echo' 'next; kill -9 $$' 'while next; do yes; done' \
    'next; printf "action=OK\n\naction=REJECT\n\n"; next' 'next; printf "action=OK\000\n\n"; next' 'exec < /dev/null; next'; do
    printf '%s\n' "$script" | check
    session yes@mx.example.org
    assertEquals "$script" "$trouble" "$(reply 4)"
  done
  # it is started again, but not for ever; the answers of the new one count
  printf '[ $(wc -l < started) = 1 ] && exit\nnext; printf "action=OK\\n\\n"; next; exit\n' | check
  session yes1@mx.example.org yes2@mx.example.org yes3@mx.example.org yes4@mx.example.org yes5@mx.example.org
  assertEquals '220 250 250 451 250 451 250 451 221 exit 0' "$(codes)"
  session yes1@mx.example.org yes2@mx.example.org yes3@mx.example.org yes4@mx.example.org yes5@mx.example.org \
    yes6@mx.example.org yes7@mx.example.org
  assertEquals '3 troubles, then no more starts' 451 "$(reply 10 | cut -c1-3)"
  GOT=$SCRATCH/got RCPTCHECK=bin/missing; export GOT RCPTCHECK
  talk 'HELO c.example' 'MAIL FROM:<a@b.example>' 'RCPT TO:<yes@mx.example.org>' QUIT
  unset GOT RCPTCHECK
  assertEquals 'missing' "$trouble" "$(reply 4)"
}

# In one request of QMTP each recipient has its own answer, though all of them go out together
test_each_recipient_of_qmtp() {
  forget
  check <<'EOF'
while next; do
  case $recipient in
    yes1@*) a='DEFER come again' ;;
    yes2@*) a='REJECT never' ;;
    *) a=OK ;;
  esac
  printf 'action=%s\n\n' "$a"
done
EOF
  export GOT="$SCRATCH/got" RCPTCHECK=bin/check
  (printf '3:\nx\n,3:a@b,69:'; for i in 1 2 3; do printf '19:yes%s@mx.example.org,' $i; done; printf ,) > "$SCRATCH/qmtp"
  answers=$("$home/bin/mail-qmtpd" < "$SCRATCH/qmtp" 2> "$SCRATCH/log")
  unset GOT RCPTCHECK
  assertContains "$answers" '17:Z4.7.1 come again,12:D5.7.1 never,'
  assertEquals 1 "$(stored)"
}

# what comes after an answer is not the next question's
test_late_words() {
  forget
  check <<'EOF'
next; printf 'action=OK\n\n'
until [ -e answered ]; do sleep 0.1; done
printf 'action=OK\n\n'; echo > late
while next; do printf 'action=REJECT\n\n'; done
EOF
  GOT=$SCRATCH/got RCPTCHECK=bin/check
  export GOT RCPTCHECK
  : > "$SCRATCH/half"
  {
    printf 'HELO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<yes1@mx.example.org>\r\n'
    wait_for 60 grep -q '250 2.1.5' "$SCRATCH/half"
    echo > "$SCRATCH/got/answered"
    wait_for 60 test -e "$SCRATCH/got/late"
    printf 'RCPT TO:<yes2@mx.example.org>\r\nQUIT\r\n'
  } | "$smtpd" > "$SCRATCH/half" 2> "$SCRATCH/log"
  unset GOT RCPTCHECK
  assertEquals '220 250 250 250 451 221 ' "$(cut -c1-3 "$SCRATCH/half" | tr '\n' ' ')"
}

# what it leaves behind goes with the session
test_check_that_stays_is_killed() {
  forget
  printf 'next; printf "action=OK\\n\\n"; exec sleep 60\n' | check
  session yes@mx.example.org
  assertEquals '250 2.1.5 ok' "$(reply 4)"
  pid=$(cat "$SCRATCH/got/started")
  wait_for 60 ended "$pid" || fail 'it is still there'
}

run_tests
