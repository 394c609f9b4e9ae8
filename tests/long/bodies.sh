# bodies.sh - 2,015,539 bodies: all of length 0 to 8 over {CR, LF, ., NUL, a, 0x85}; one in, one out, or refused
#
# In process (tests/stub/bodies-cuts.c): all of them, with an end mark and without, cut in two at every place, through
# the server's reader and, when good, cut again at every place, through the client's writer.
# End to end (the rest): all of them, each written uncut after its 354, over TCP to the running mail-smtpd, into the
# queue, whose files are looked at, out by mail-remote to a strict receiver (tests/stub/strict.py). And all up to
# length 6 straight to mail-queued, as if mail-smtpd's reader were broken.
# What is right is told by a reference of the test's own (tests/stub/bodies.h). That it can tell wrong is shown with a
# reader that takes LF.LF for an end. BODIES_LONGEST=5 makes all of it short.

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
longest=${BODIES_LONGEST:-8}

oneTimeSetUp() {
  all=0 power=1
  for i in $(seq 0 "$longest"); do all=$((all + power)) power=$((power * 6)); done
  cc="gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Isrc -Itests/stub"
  # the broken reader: a LF after a dot ends the message too
  sed "s/if (c == '\\\\r') b->state = BODY_DOTCR;/if (c == '\\\\n') b->state = BODY_END; else &/" src/in/body.c \
    > "$SCRATCH/broken.c"
  if cmp -s src/in/body.c "$SCRATCH/broken.c"; then echo "the mutation does not fit src/in/body.c any more"; exit 1; fi
  for reader in src/in/body.c "$SCRATCH/broken.c"; do
    $cc -o "$SCRATCH/cuts-$(basename "$reader" .c)" "$stub/bodies-cuts.c" "$reader" src/lib/smtp/dots.c || exit 1
  done
  [ $ROOT = yes ] || return 0
  instance "$home" bodies.example 61500 || exit 1
  make -s HOMEDIR="$home" USERS="$home.users" build/sys/room-in.a build/sys/shared.a build/sys/in/mail-smtpd.o || exit 1
  sh src/instance "$home" "$home.users" > "$SCRATCH/instance.c"
  link="build/sys/shared.a -lskarnet"
  # shellcheck disable=SC2086
  $cc -o "$SCRATCH/smtp" "$stub/bodies-smtp.c" &&
    $cc -o "$SCRATCH/door" "$stub/bodies-door.c" "$SCRATCH/instance.c" $link &&
    $cc -o "$SCRATCH/broken" "$SCRATCH/broken.c" "$SCRATCH/instance.c" build/sys/in/mail-smtpd.o build/sys/room-in.a \
      $link || exit 1
  port=$(free_port 2700)
  sinkport=$(free_port $((port + 1)))
  echo "sink.example:127.0.0.1:$sinkport" > "$home/control/smtproutes"
  echo sink.example > "$home/control/rcpthosts"
  listen_at "$home" 127.0.0.1 "$port"
  supervise_start "$SCRATCH" "$home/service/queue" "$home/service/smtpd"
  on_exit "supervise_stop $SCRATCH"
  wait_for 60 smtp_up "$port" || { echo "the server does not come up"; cat "$home"/log/*/current; exit 1; }
}

queued() { find "$home/queue/todo" -type f | wc -l; }

# All bodies below END to the server, by four clients at once: what they say.
smtp_bodies() { # END
  clients=
  for w in 0 1 2 3; do
    "$SCRATCH/smtp" "$port" "$SCRATCH/ledger.$w" $w 4 "$1" > "$SCRATCH/smtp.$w" &
    clients="$clients $!"
  done
  result=0
  for w in $clients; do wait "$w" || result=1; done
  cat "$SCRATCH"/smtp.?
  return $result
}

test_every_cut_through_reader_and_writer() {
  said=$("$SCRATCH/cuts-body" "$longest")
  assertEquals "$said" 0 $?
  echo "$said"
  assertTrue "all of them" "echo '$said' | grep -q '^$all bodies'"
}

test_a_broken_reader_is_found() {
  said=$("$SCRATCH/cuts-broken" 4)
  assertEquals "$said" 1 $?
}

test_a_broken_server_is_found() {
  need_root || return 0
  cp -p "$home/bin/mail-smtpd" "$SCRATCH/sound"
  cp "$SCRATCH/broken" "$home/bin/mail-smtpd.new" && chmod 0755 "$home/bin/mail-smtpd.new" &&
    mv "$home/bin/mail-smtpd.new" "$home/bin/mail-smtpd"
  said=$(smtp_bodies 300)
  assertEquals "$said" 1 $?
  mv "$SCRATCH/sound" "$home/bin/mail-smtpd"
  # whatever it let in is no part of what follows
  find "$home/queue/mess" "$home/queue/todo" -type f -exec rm -f {} +
}

test_into_the_queue() {
  need_root || return 0
  began=$(date +%s)
  said=$(smtp_bodies $all)
  assertEquals "$said" 0 $?
  echo "$said in $(($(date +%s) - began)) seconds"
  assertEquals "each got its answer" $all "$(echo "$said" | awk '{ n += $2 + $4 } END { print n }')"
  said=$("$SCRATCH/door" "$SCRATCH/ledger.door" "$((longest < 6 ? longest : 6))")
  assertEquals "$said" 0 $?
  cat "$SCRATCH"/ledger.* | sort > "$SCRATCH/taken"
  assertTrue "some were taken" "[ $(wc -l < "$SCRATCH/taken") -gt 10 ]"
  assertEquals "one in the queue for each that was taken" "$(wc -l < "$SCRATCH/taken")" "$(queued)"
  assertEquals "no CR, no NUL in it" 0 "$(find "$home/queue/mess" -type f -exec cat {} + | tr -dc '\r\000' | wc -c)"
}

test_out_to_a_strict_receiver() {
  need_root || return 0
  : > "$SCRATCH/received"
  /usr/bin/python3 "$stub/strict.py" "$SCRATCH/received" "$sinkport" &
  on_exit "kill $! 2>/dev/null"
  wait_for 60 smtp_up "$sinkport" || fail "the receiver does not come up"
  "$home/bin/mail-start" send > "$SCRATCH/send.log" 2>&1 < /dev/null &
  on_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
  began=$(date +%s)
  wait_for 900 is_empty || fail "the queue does not empty: $("$home/bin/mail-qstat"); $(tail -n 20 "$SCRATCH/send.log")"
  echo "$(wc -l < "$SCRATCH/received") received in $(($(date +%s) - began)) seconds"
  assertEquals "nothing out of order" "" "$(grep '^BAD' "$SCRATCH/received" | head)"
  sort "$SCRATCH/received" > "$SCRATCH/out"
  assertEquals "each once, bit for bit" "" "$(diff "$SCRATCH/taken" "$SCRATCH/out" | head)"
}

run_tests
