# mail-qread: messages, recipients and marks, sound and damaged; and the queue's directories made strange
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home queue=$SCRATCH/home/queue
# IDs of 14 Nov 2023
id1=060a24181e4000000001aaaaaa id2=060a24181e4001000001aaaaaa id3=060a24191e4001000001aaaaaa
oneTimeSetUp() {
  instance "$home" host.example.org || fail "no instance"
  cc -std=c11 -D_GNU_SOURCE -Isrc -o "$SCRATCH/enqueue" tests/stub/enqueue.c src/door/envelope.c \
    src/door/param.c src/door/state.c src/lib/io/io.c src/lib/msg/crc32.c src/lib/msg/id.c -lskarnet || fail "no enqueue"
}
setUp() {
  this=$_shunit_test_ why=
  [ ! -d "$queue" ] || find "$queue/todo" "$queue/mess" "$queue/state" -type f -exec rm -f {} +
}
enqueue() {
  "$SCRATCH/enqueue" "$queue" "$@" || fail "enqueue $*"
  [ $ROOT = no ] || {
    find "$queue/todo" "$queue/mess" -type f -exec chown 61002:61003 {} + -exec chmod 0640 {} +
    find "$queue/state" -type f -exec chown 61003:61003 {} + -exec chmod 0600 {} +
  }
}
qread() { "$home/bin/mail-qread" > "$SCRATCH/out" 2> "$SCRATCH/err"; }
todo() { echo "$queue/todo/$(echo "$1" | cut -c 7-8)/$1"; }

test_an_empty_queue() {
  qread
  assertEquals 0 $?
  assertEquals "" "$(cat "$SCRATCH/out" "$SCRATCH/err")"
}

test_messages_in_the_order_of_arrival() {
  enqueue $id3 "" root@a.b
  enqueue $id2 'x y@b.c' r@a.b:K s@a.b t@a.b:D u@a.b:B
  enqueue $id1 joe@a.b "$(printf 'evil\033[2J\n@c\\d\303\251')"
  qread || fail "exit $?: $(cat "$SCRATCH/err")"
  cat > "$SCRATCH/want" <<EOF
14 Nov 2023 22:13:20 GMT  #$id1  7  <joe@a.b>
	evil\\x1b[2J\\x0a@c\\x5cd\\xc3\\xa9
14 Nov 2023 22:13:20 GMT  #$id2  7  <x y@b.c>  tried 2, next 15 Jan 2027 08:00:00 GMT
  done	r@a.b
	s@a.b
  failed	t@a.b
  failed	u@a.b
14 Nov 2023 22:13:36 GMT  #$id3  7  <>
	root@a.b
EOF
  diff "$SCRATCH/want" "$SCRATCH/out" || fail "not what was wanted"
}

test_held_mail_has_no_next_try() {
  NEXT=99999999999 enqueue $id1 joe@a.b r@a.b:K
  qread || fail "exit $?: $(cat "$SCRATCH/err")"
  assertTrue "$(cat "$SCRATCH/out")" "grep -q '  tried 2, next held$' $SCRATCH/out"
}

test_damaged_files_are_named() {
  enqueue $id1 joe@a.b root@a.b
  enqueue $id2 joe@a.b root@a.b:K
  enqueue $id3 joe@a.b root@a.b
  file=$(todo $id1)
  for damage in 'truncate -s 0' 'truncate -s 40' 'truncate -s -1' 'truncate -s +1' 'sed -i s/joe/jim/'; do
    cp -p "$file" "$SCRATCH/saved"
    $damage "$file"
    [ $ROOT = no ] || chown 61002:61003 "$file"
    qread || fail "$damage: exit $?"
    grep -q "#$id1  damaged envelope: queue/todo/" "$SCRATCH/out" || fail "$damage: $(cat "$SCRATCH/out")"
    assertEquals "$damage: the others" 2 "$(grep -c '<joe@a.b>' "$SCRATCH/out")"
    cp -p "$SCRATCH/saved" "$file"
  done
  rm "$file"
  ln -s /etc/passwd "$file"
  qread
  grep -q "#$id1  .*: queue/todo/" "$SCRATCH/out" || fail "a link: $(cat "$SCRATCH/out")"
  rm "$file"
  mkfifo "$file"
  timeout 60 "$home/bin/mail-qread" > "$SCRATCH/out" || fail "a fifo: exit $?"
  grep -q "#$id1  .*: queue/todo/" "$SCRATCH/out" || fail "a fifo: $(cat "$SCRATCH/out")"
  rm "$file"
  truncate -s 20 "$(echo "$(todo $id2)" | sed 's|/todo/|/state/|')"
  rm "$(echo "$(todo $id3)" | sed 's|/todo/|/mess/|')"
  qread || fail "exit $?"
  grep -q "#$id2 .*  damaged state$" "$SCRATCH/out" || fail "state: $(cat "$SCRATCH/out")"
  grep -q "#$id3 .*  the message itself is missing$" "$SCRATCH/out" || fail "lost: $(cat "$SCRATCH/out")"
}

test_strange_names_are_counted() {
  enqueue $id1 joe@a.b root@a.b
  touch "$queue/todo/00/.hidden" "$queue/todo/00/$id2" "$queue/todo/ff/$id1-1-2-3"
  qread || fail "exit $?"
  grep -q '^files in queue/todo that are no messages: 3$' "$SCRATCH/out" || fail "$(cat "$SCRATCH/out")"
}

test_others_may_not_look() {
  need_root || return 0
  setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-qread" > "$SCRATCH/out" 2> "$SCRATCH/err"
  assertEquals 100 $?
  grep -q 'only root' "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
}

test_envelopes_are_not_read_as_root() {
  need_root || return 0
  need strace strace || return 0
  enqueue $id1 joe@a.b root@a.b
  strace -f -o "$SCRATCH/trace" -e trace=setresuid,openat,open "$home/bin/mail-qread" > /dev/null
  awk '/setresuid\(61003, 61003, 61003\) *= 0/ { changed = 1 } /'$id1'/ { if (!changed) exit 1; seen = 1 }
    END { exit !(seen && changed) }' "$SCRATCH/trace" || fail "$(cat "$SCRATCH/trace")"
}

test_failures() {
  "$home/bin/mail-qread" argument 2> /dev/null
  assertEquals 100 $?
  enqueue $id1 joe@a.b root@a.b
  "$home/bin/mail-qread" > /dev/full 2> "$SCRATCH/err"
  assertEquals 111 $?
  mv "$queue/todo/7f" "$queue/todo/7f.away"
  qread
  assertEquals 111 $?
  mv "$queue/todo/7f.away" "$queue/todo/7f"
}

run_tests
