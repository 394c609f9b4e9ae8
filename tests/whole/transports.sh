# transports.sh - control/transports in a live instance: LMTP to a Unix socket, a program, and what comes of each

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
ann=61890

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" way.example || exit 1
  mailr=$(awk '$1 == "mailr" { print $2 }' "$home.users")
  mailbox "$home" ann $ann
  echo ./Maildir/ > "$home/people/ann/.qmail"
  chown $ann:$ann "$home/people/ann/.qmail"
  "$home/bin/mail-newu" || exit 1
  mkdir "$SCRATCH/sink" "$SCRATCH/made"
  chown "$mailr" "$SCRATCH/made"
  python3 -S "$stub/smtpsink.py" "$SCRATCH/sink" "$SCRATCH/sink/lmtp" 'rcpt:no@box.example=550 5.1.1 no such box' \
    'dot:full@box.example=552 5.2.2 full' & on_exit "kill $!"
  cat > "$SCRATCH/p" <<P
#!/bin/sh
{ id -u; id -G; sed -n 's/^CapEff:[[:space:]]*0*//p' /proc/self/status; cat; } > $SCRATCH/made/message
shift 2
for r; do case \$r in bad*) printf 'h5.1.6 moved away\\0' ;; *) printf 'r\\0' ;; esac; done
printf 'Ktaken\\0'
P
  chmod 755 "$SCRATCH/p"
  wait_for 60 test -f "$SCRATCH/sink/port" || exit 1
  printf '%s\n' "box.example:lmtp:$SCRATCH/sink/lmtp" "uucp.example:program:$SCRATCH/p" > "$home/control/transports"
  queue_and_send || exit 1
}

logged() { grep -q -e "$1" "$SCRATCH/send.log" || { echo "# not logged: $1"; cat "$SCRATCH/send.log"; return 1; }; }
bounced() { sed -n 's/^Final-Recipient: rfc822; //p; s/^Status: //p' "$home/people/ann/Maildir/new/"* | xargs; }
send_mail() { # RCPT...
  find "$home/people/ann/Maildir/new" -type f -delete
  printf 'Subject: %s\n\nthe text\n' "$1" |
    setpriv --reuid $ann --regid $ann --clear-groups "$home/bin/mail-inject" -fann@way.example "$@" || fail "not taken"
  wait_for 60 is_empty || fail "it stays: $("$home/bin/mail-qstat") $(cat "$SCRATCH/send.log")"
}

test_lmtp() {
  need_root || return 0
  send_mail a@box.example no@box.example full@box.example b@box.example
  assertEquals 'one message for all' 1 "$(grep -c ' message ' "$SCRATCH/sink/log")"
  assertTrue 'delivered' "logged 'delivered .*to=b@box.example relay=$SCRATCH/sink/lmtp '"
  assertTrue 'refused' "logged 'failed .*to=no@box.example relay=$SCRATCH/sink/lmtp .*550 5.1.1 no such box'"
  assertEquals 'the bounce' 'no@box.example 5.1.1 full@box.example 5.2.2' "$(bounced)"
}

test_program() {
  need_root || return 0
  send_mail a@uucp.example bad@uucp.example
  assertEquals 'as mailr alone, without rights' "$mailr $mailr " "$(head -n 3 "$SCRATCH/made/message" | tr '\n' ' ' | sed 's/ $//')"
  assertEquals 'the message' 'the text' "$(tail -n 1 "$SCRATCH/made/message")"
  assertTrue 'delivered' "logged 'delivered .*to=a@uucp.example relay=$SCRATCH/p .*reply=2.0.0 $SCRATCH/p: taken$'"
  assertEquals 'the bounce' 'bad@uucp.example 5.1.6' "$(bounced)"
}

run_tests
