# interop.sh - mail to and from Debian's Postfix, Exim and OpenSMTPD, both ways, bit for bit
#
# The peers' packages are unpacked below build/ and run in a cage (tests/stub/cage), never installed. A set of messages
# (tests/stub/interop.py) goes by SMTP to our server, through our queue and mail-remote to the peer's server and into
# its mailbox; and to the peer's server, by its client to our server and into a Maildir.

. "$(dirname "$0")/../lib.sh"
. "$stub/certs.sh"

home=$SCRATCH/home
maildir=$home/people/ann/Maildir/new

oneTimeSetUp() {
  [ $ROOT = yes ] || return 0
  instance "$home" bulkhead.example > /dev/null || exit 1
  port=$(free_port 2800)
  peerport=$(free_port $((port + 1)))
  mailbox "$home" ann 61650
  printf '%s\n' "+:ann:61650:61650:$home/people/ann:-::" . > "$home/users/assign"      # everybody is ann
  echo ./Maildir/ > "$home/people/ann/.qmail-default"
  "$home/bin/mail-newu" || exit 1
  echo "peer.example:127.0.0.1:$peerport" > "$home/control/smtproutes"
  printf '%s\n' bulkhead.example peer.example > "$home/control/rcpthosts"
  listen_at "$home" 127.0.0.1 "$port"
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/send" "$home/service/smtpd"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 smtp_up "$port" || { echo "the server does not come up"; cat "$home"/log/*/current; exit 1; }
}

arrived() { [ "$(find "$1" -type f | wc -l)" -ge "$all" ]; }
words() { # what the peer and our own services say
  cat "$SCRATCH/$1.log" "$SCRATCH/$1/cage/log" 2>/dev/null | tail -n 40
  tail -n 20 "$home/log/send/current"
}

both_ways() { # PEER
  peer=$SCRATCH/$1
  all=$(/usr/bin/python3 -S "$stub/interop.py" count)
  rm -f "$maildir"/*
  sh "$stub/cage" "$peer" "$UNPACKED" "$stub/peers/$1" "$peerport" "$port" > "$SCRATCH/$1.log" 2>&1 < /dev/null &
  cage=$!
  on_exit "kill -KILL $cage 2>/dev/null"
  wait_for 60 smtp_up "$peerport" || { fail "$1 does not come up: $(words "$1")"; return; }
  /usr/bin/python3 -S "$stub/interop.py" send "$port" peer.example || fail "our server does not take all"
  /usr/bin/python3 -S "$stub/interop.py" send "$peerport" bulkhead.example || fail "$1 does not take all"
  wait_for 60 arrived "$peer/cage/new" || fail "not all came to $1: $(words "$1")"
  wait_for 60 arrived "$maildir" || fail "not all came from $1: $(words "$1")"
  said=$(/usr/bin/python3 -S "$stub/interop.py" check "$peer/cage/new")
  assertEquals "to $1: $said" 0 $?
  said=$(/usr/bin/python3 -S "$stub/interop.py" check "$maildir")
  assertEquals "from $1: $said" 0 $?
  kill -KILL $cage      # unshare passes no TERM on
  wait $cage 2>/dev/null
  true
}

test_postfix() {
  can_run postfix usr/lib/postfix/sbin/smtpd || return 0
  both_ways postfix
}

# one message to it by TLS, at a level of ours: LEVEL WORDS-OF-THE-LOG
# A mail-remote that waits for more mail has the settings of its start.
at_level() {
  echo "peer.example:$1" > "$home/control/tlspolicy"
  svc -h "$SCRATCH"/service/*-send
  wait_for 60 no_remotes "$home"
  seen=$(wc -l < "$home/log/send/current")
  printf 'To: r1@peer.example\n\n%s\n' "$1" | "$home/bin/mail-inject" -fann@bulkhead.example
  wait_for 60 later "$2" || fail "$1: no $2: $(words postfix-tls)"
}
later() { tail -n +"$((seen + 1))" "$home/log/send/current" | grep -q "$1"; }

# our levels with Postfix, and its strictest with us
test_postfix_by_tls() {
  need_tls && can_run postfix usr/lib/postfix/sbin/smtpd || return 0
  peer=$SCRATCH/postfix-tls
  mkdir -p "$peer/cage/tls"
  certs_setup "$SCRATCH/certs" && certificate "$certs/peer" 9 mx.peer.example && certificate "$certs/us" 9 bulkhead.example ||
    fail "no certificates"
  cp "$certs/peer" "$certs/ca.pem" "$peer/cage/tls"
  cp "$certs/ca.pem" "$home/ca.pem"
  echo "$home/ca.pem" > "$home/control/tlscafile"
  "$home/bin/mail-newcert" bulkhead.example "$certs/us.crt" "$certs/us.key" > "$SCRATCH/newcert" 2>&1 || fail "$(cat "$SCRATCH/newcert")"
  "$home/bin/mail-start" tls > "$SCRATCH/tls.log" 2>&1 & tls=$!
  on_exit "kill $tls 2>/dev/null"
  wait_for 60 test -S "$home/run/tlsout/tls" || fail "no service tls: $(cat "$SCRATCH/tls.log")"
  sh "$stub/cage" "$peer" "$UNPACKED" "$stub/peers/postfix" "$peerport" "$port" > "$SCRATCH/postfix-tls.log" 2>&1 < /dev/null &
  cage=$!
  on_exit "kill -KILL $cage 2>/dev/null"
  wait_for 60 smtp_up "$peerport" || { fail "it does not come up: $(words postfix-tls)"; return; }
  at_level none 'delivered .*:[0-9]* delay='
  at_level may 'delivered .* tls=TLSv1.3/[A-Z0-9_]* delay='
  at_level encrypt 'delivered .* tls=TLSv1.3/[A-Z0-9_]* delay='
  at_level secure:mx.peer.example 'delivered .* tls=TLSv1.3/[A-Z0-9_]*,verified delay='
  at_level secure:other.example 'deferred .* reply=4.7.5 no TLS with 127.0.0.1'
  rm -f "$maildir"/*
  all=$(/usr/bin/python3 -S "$stub/interop.py" count)
  /usr/bin/python3 -S "$stub/interop.py" send "$peerport" bulkhead.example || fail "it does not take all"
  wait_for 60 arrived "$maildir" || fail "not all came: $(words postfix-tls)"
  assertEquals 'all by TLS' "$all" "$(grep -l 'with ESMTPS' "$maildir"/* | wc -l)"
  kill -KILL $cage
  wait $cage 2>/dev/null
  kill $tls
  wait $tls
  rm "$home/control/tlspolicy"
}

test_exim() {
  can_run exim4-daemon-light usr/sbin/exim4 || return 0
  both_ways exim
}

test_opensmtpd() {
  can_run opensmtpd usr/sbin/smtpd || return 0
  both_ways opensmtpd
}

run_tests
