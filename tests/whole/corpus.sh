# corpus.sh - kinds of messages, by sendmail -t and SMTP, to a Maildir and an mbox: exactly whose they are, byte for byte
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" one.example > /dev/null || exit 1
  port=$(free_port 2800)
  mailbox "$home" ann 61050
  printf '%s\n' "+:ann:61050:61050:$home/people/ann:-::" . > "$home/users/assign"
  printf '%s\n' ./Maildir/ ./mbox > "$home/people/ann/.qmail-default"
  chown 61050:61050 "$home/people/ann/.qmail-default"
  "$home/bin/mail-newu" || exit 1
  listen_at "$home" 127.0.0.1 "$port"
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/send" "$home/service/smtpd"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 smtp_up "$port" || { echo "the server does not come up"; cat "$home"/log/*/current; exit 1; }
}

test_corpus() {
  need_root || return 0
  assertTrue "there are messages" "[ $(ls "$TOP/tests/whole/corpus" | wc -l) -ge 60 ]"
  /usr/bin/python3 -S "$stub/corpus.py" "$home" "$port" "$TOP/tests/whole/corpus" > "$SCRATCH/out" 2>&1
  assertEquals "$(cat "$SCRATCH/out")" 0 $?
}

run_tests
