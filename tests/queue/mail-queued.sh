#!/bin/sh
# mail-queued - the socket, the callers, the protocol; disk troubles are in mail-queued-disk.sh

. "$(dirname "$0")/../lib.sh"
. "$TOP/tests/queue/lib.sh"

oneTimeSetUp() { queue_home && queued_start; on_exit 'kill $queued $holders 2>/dev/null'; }

nothing_left() {
  assertEquals "$1: mess" 0 "$(files mess)"
  assertEquals "$1: tmp" 0 "$(files tmp)"
  assertEquals "$1: todo" 0 "$(files todo)"
}

test_queues_a_message() {
  clear_queue
  id=$(submit @v @m '@c:Subject: x\n\nbody\n' @e '@r:Fs@x,Ta@y,Tb@z' | sed -n 's/^0 //p')
  assertEquals 26 ${#id}
  m=$home/queue/mess/$(hh "$id")/$id t=$home/queue/todo/$(hh "$id")/$id
  assertEquals "600" "$(stat -c %a "$m")"
  assertEquals "640" "$(stat -c %a "$t")"
  assertEquals "$(queue_user)" "$(stat -c %u:%g "$t")"
  assertEquals "$(queue_user)" "$(stat -c %u:%g "$m")"
  head -n 1 "$m" | grep -qE '^Received: \(queued [a-z0-9 ]+\); [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} -0000$'
  assertTrue "Received" $?
  assertEquals "Subject: x//body/" "$(tail -n +2 "$m" | tr '\n' /)"
  want=$(printf 'bulkhead envelope 1/I%s|L%s|K%s|U%s|Fs@x|Ta@y|Tb@z|' "$id" "$(stat -c %s "$m")" \
    "$(python3 -S -c 'import sys,zlib;print("%08x"%zlib.crc32(open(sys.argv[1],"rb").read()))' "$m")" "$(id -u)")
  assertEquals "$want" "$(tr '\n\0' '/|' < "$t" | sed 's/Z[0-9]* [0-9a-f]*|$//')"
  assertEquals 0 "$(files tmp)"
  grep -q "queued id=$id uid=$(id -u) pid=[0-9]* origin=[a-z]* bytes=$(stat -c %s "$m") rcpts=2\$" "$qlog"
  assertTrue "log line" $?
}

# A record of mail-queued's own: what the header says, once, after the sender, and no caller's word for it.
test_the_message_id_is_noted() {
  clear_queue
  id=$(submit @v @m '@c:Subject: x\nmessage-' '@c:id:\n <a\x1b@b>\n\nMessage-ID: <c@d>\n' @e '@r:Fs@x,eQQ,Ta@y' | sed -n 's/^0 //p')
  tr '\0' '|' < "$home/queue/todo/$(hh "$id")/$id" | grep -qF '|Fs@x|m<a?@b>|eQQ|Ta@y|Z'
  assertTrue "in the envelope" $?
  assertEquals 91 "$(submit @v @m @c:x @e '@r:Fs@x,m<e@f>,Ta@y' | head -n 1 | cut -d' ' -f1)"
  submit @v @m '@c:Message-ID: <1@b>\n' @e '@r:F,Ta' @m '@c:none\n' @e '@r:F,Tb' > /dev/null
  assertEquals "not the message's before" 1 "$(grep -rlaF 'm<1@b>' "$home/queue/todo" | wc -l)"
}

test_many_messages_on_one_connection() {
  clear_queue
  submit @v @m @c:one @e @r:F,Ta @m @e @r:F,Ta @m @c:thr @c:ee @e @r:F,Ta > "$SCRATCH/out"
  assertEquals 3 "$(grep -c '^0 ' "$SCRATCH/out")"
  assertEquals 3 "$(files todo)"
  assertEquals "three" "$(cat "$(find "$home/queue/mess" -type f | sort | tail -n 1)" | tail -n 1)"
}

# all that is in it: dd ends with an error when nothing is left
drain_trigger() { dd if="$home/queue/lock/trigger" of=/dev/null bs=65536 iflag=nonblock 2>/dev/null || true; }

test_the_trigger_gets_the_id() {
  need_root || return 0
  drain_trigger
  id=$(submit @v @m @e @r:F,Ta | sed -n 's/^0 //p')
  assertEquals "$id" "$(timeout 60 head -n 1 < "$home/queue/lock/trigger")"
}

test_a_full_trigger_blocks_nobody() {
  need_root || return 0
  dd if=/dev/zero of="$home/queue/lock/trigger" bs=4096 count=16 oflag=nonblock 2>/dev/null
  assertEquals 0 "$(submit @v @m @e @r:F,Ta | head -n 1 | cut -d' ' -f1)"
  drain_trigger
}

test_zero_recipients_are_taken() {
  assertEquals 0 "$(submit @v @m @c:x @e @r:F | head -n 1 | cut -d' ' -f1)"
}

test_a_large_message_stays_as_it_is() {
  clear_queue
  python3 -S -c 'import random,sys
random.seed(1); b=bytes(random.randrange(256) for i in range(1<<20)).replace(b"\r",b"").replace(b"\0",b"")
sys.stdout.buffer.write(b*5)' > "$SCRATCH/big"
  printf 'F\0Ta\0\0' > "$SCRATCH/env"
  "$home/bin/mail-queue" < "$SCRATCH/big" 1< "$SCRATCH/env"
  assertEquals 0 $?
  tail -n +2 "$(the_file mess)" | cmp - "$SCRATCH/big"
  assertTrue "the same bytes" $?
}

test_the_origin_is_the_kernels() {
  need_root || return 0
  for pair in "maild=from network" "mailb=for bounce" "maila=by alias" "12345=by uid 12345"; do
    clear_queue
    as "${pair%%=*}" "$stub/submit" "$sock" @v @m @e @r:F,Ta >/dev/null
    assertEquals "Received: (queued ${pair#*=})" "$(head -n 1 "$(the_file mess)" | cut -d';' -f1)"
  done
}

test_cr_and_nul_are_refused() {
  clear_queue
  for bad in 'a\rb' 'a\r\nb' '\0' 'a\x00' '\r'; do
    assertEquals "$bad" "31 5.6.0 the message has a NUL or CR byte" "$(submit @v @m "@c:good" "@c:$bad" @n:60000 @e @r:F,Ta | head -n 1)"
  done
  nothing_left refused
  grep -q 'refused uid=[0-9]* pid=[0-9]* origin=[a-z]* code=31 text=5.6.0' "$qlog"
  assertTrue "log line" $?
}

test_after_a_refusal_the_connection_goes_on() {
  clear_queue
  assertEquals "31 0 eof" "$(submit @v @m '@c:\r' @e @r:F,Ta @m @c:x @e @r:F,Ta | cut -d' ' -f1 | xargs)"
  assertEquals 1 "$(files todo)"
}

test_bad_envelopes() {
  clear_queue
  long=$(printf '%01003d' 0)
  fits=$(printf '%01002d' 0)
  assertEquals 91 "$(submit @v @m @e @r: | cut -d' ' -f1 | head -n 1)"
  assertEquals 91 "$(submit @v @m @e @r:Ta | cut -d' ' -f1 | head -n 1)"
  assertEquals 91 "$(submit @v @m @e @r:F,F | cut -d' ' -f1 | head -n 1)"
  assertEquals 91 "$(submit @v @m @e @r:F,Xa | cut -d' ' -f1 | head -n 1)"
  assertEquals 91 "$(submit @v @m @e @r:F,,Ta | cut -d' ' -f1 | head -n 1)"
  assertEquals 91 "$(submit @v @m @e @u:2 Fa | cut -d' ' -f1 | head -n 1)"
  assertEquals 11 "$(submit @v @m @e "@r:F,T$long" | cut -d' ' -f1 | head -n 1)"
  assertEquals 11 "$(submit @v @m @e "@r:F$long" | cut -d' ' -f1 | head -n 1)"
  assertEquals 11 "$(submit @v @m @e @u:16777217 | cut -d' ' -f1 | head -n 1)"
  nothing_left envelopes
  assertEquals 0 "$(submit @v @m @e "@r:F$fits,T$fits" | cut -d' ' -f1 | head -n 1)"
  assertEquals 0 "$(submit @v @m @e "@r:F,tdsn,Ta,nnever" | cut -d' ' -f1 | head -n 1)"
}

test_bytes_that_are_no_protocol() {
  clear_queue
  assertEquals "91 eof" "$(submit '\x02' | cut -d' ' -f1 | xargs)"
  assertEquals "91 eof" "$(submit @v X | cut -d' ' -f1 | xargs)"
  assertEquals "91" "$(submit @v @m @u:65537 | cut -d' ' -f1 | head -n 1)"
  assertEquals "91" "$(submit @v @m @c:text @u:4294967294 | cut -d' ' -f1 | head -n 1)"
  assertEquals "eof" "$(submit)"
  assertEquals "eof" "$(submit @v)"
  nothing_left garbage
}

test_abort_drops_and_goes_on() {
  clear_queue
  assertEquals "0 eof" "$(submit @v @m @n:65536 @abort @m @c:x @e @r:F,Ta | cut -d' ' -f1 | xargs)"
  assertEquals 1 "$(files todo)"
  assertEquals 1 "$(files mess)"
  assertEquals 0 "$(files tmp)"
}

test_a_vanished_caller_leaves_nothing() {
  clear_queue
  before=$(grep -c 'went away' "$qlog")
  submit @v M >/dev/null
  submit @v @m >/dev/null
  submit @v @m '\0\0' >/dev/null
  submit @v @m @u:100 part >/dev/null
  submit @v @m @n:65536 @n:65536 >/dev/null
  submit @v @m @c:x @e >/dev/null
  submit @v @m @c:x @e @u:100 Fx >/dev/null
  submit @v @m @n:65536 @close >/dev/null
  gone() { [ "$(grep -c 'went away' "$qlog")" = $((before + 8)) ]; }
  wait_for 60 gone
  assertTrue "logged" $?
  nothing_left vanished
}

test_every_cut_of_the_protocol_leaves_nothing() {
  clear_queue
  python3 -S - "$sock" <<'P'
import socket, struct, sys
whole = b"\1M\0" + struct.pack(">I", 5) + b"abcde" + struct.pack(">I", 0) + struct.pack(">I", 5) + b"F\0Ta\0"
bad = 0
for cut in range(len(whole) + 1):
    s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect(sys.argv[1])
    for i in range(cut): s.sendall(whole[i:i+1])
    s.shutdown(socket.SHUT_WR)
    got = b""
    while True:
        b = s.recv(1000)
        if not b: break
        got += b
    s.close()
    if (cut == len(whole)) != (got[:1] == b"\0"): bad += 1
sys.exit(bad != 0)
P
  assertTrue "only the whole is queued" $?
  assertEquals 1 "$(files mess)"
  assertEquals 1 "$(files todo)"
}

test_ids_are_named_by_mailb_only() {
  need_root || return 0
  clear_queue
  parent=0660bd0000000000aaaaaaaaaa
  for id in $parent-1 $parent-1-2; do
    assertEquals 31 "$(submit @v "@m:$id" @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
    assertEquals 31 "$(as maild "$stub/submit" "$sock" @v "@m:$id" @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  done
  for id in $parent $parent-0 $parent-10000 $parent-1-1-1 "../../x" "x" "0660bd0000000000AAAAAAAAAA-1"; do
    assertEquals "$id" 31 "$(as mailb "$stub/submit" "$sock" @v "@m:$id" @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  done
  nothing_left ids
  assertEquals "0 $parent-1" "$(as mailb "$stub/submit" "$sock" @v "@m:$parent-1" @c:first @e @r:F,Ta | head -n 1)"
  assertEquals "0 $parent-1-2" "$(as mailb "$stub/submit" "$sock" @v "@m:$parent-1-2" @e @r:F,Ta | head -n 1)"
  assertEquals 2 "$(files todo)"
}

test_an_id_that_is_queued_already() {
  need_root || return 0
  clear_queue
  id=0660bd0000000000aaaaaaaaaa-7
  for text in first second '\r'; do
    assertEquals "0 $id" "$(as mailb "$stub/submit" "$sock" @v "@m:$id" "@c:$text" @e @r:F,Ta | head -n 1)"
  done
  assertEquals 1 "$(files todo)"
  assertEquals first "$(tail -n 1 "$home/queue/mess/00/$id")"
  grep -q "queued already id=$id " "$qlog"
  assertTrue "logged" $?
}

test_an_id_whose_writer_died_is_made_anew() {
  need_root || return 0
  clear_queue
  id=0660bd0000000000aaaaaaaaaa-8
  as mailq sh -c "umask 077; echo torn > '$home/queue/mess/00/$id'; echo torn > '$home/queue/tmp/$id'"
  assertEquals "0 $id" "$(as mailb "$stub/submit" "$sock" @v "@m:$id" @c:whole @e @r:F,Ta | head -n 1)"
  assertEquals whole "$(tail -n 1 "$home/queue/mess/00/$id")"
  assertEquals 0 "$(files tmp)"
}

test_an_id_that_is_being_written_is_for_later() {
  need_root || return 0
  clear_queue
  id=0660bd0000000000aaaaaaaaaa-9
  as mailb "$stub/submit" "$sock" @v "@m:$id" @c:one "@until:$SCRATCH/heard" @e @r:F,Ta > "$SCRATCH/one" &
  first=$!
  wait_for 60 test -f "$home/queue/mess/00/$id"
  assertEquals 71 "$(as mailb "$stub/submit" "$sock" @v "@m:$id" @c:two @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  : > "$SCRATCH/heard"
  wait $first
  assertEquals "0 $id" "$(head -n 1 "$SCRATCH/one")"
  assertEquals one "$(tail -n 1 "$home/queue/mess/00/$id")"
}

test_two_writers_at_once() {
  clear_queue
  many() { i=0; while [ $i -lt 30 ]; do send_one || return 1; i=$((i + 1)); done; }
  send_one() { "$home/bin/mail-queue" < "$SCRATCH/m2" 1< "$SCRATCH/e2"; }
  printf 'x\n' > "$SCRATCH/m2"; printf 'F\0Ta\0\0' > "$SCRATCH/e2"
  many & one=$!
  many & two=$!
  wait $one; assertTrue "first" $?
  wait $two; assertTrue "second" $?
  assertEquals 60 "$(files todo)"
  assertEquals 60 "$(files mess)"
}


# Opens a connection as somebody and holds it: hold ROLE PIECE...; waits until N are held: held N; ends all: let_go
holders=
hold() {
  who_holds=$1
  shift
  (exec_as "$who_holds" "$stub/submit" "$sock" "$@" @sleep:600) >/dev/null &
  holders="$holders $!"
}
held() {        # tests/stub/listen has bound it by that name
  is_held() { [ "$(awk -v s="$sock.new" '$8 == s && $6 == "03" && $7 != 0' /proc/net/unix | wc -l)" = "$1" ]; }
  wait_for 60 is_held "$1"
}
let_go() {
  # shellcheck disable=SC2086
  kill $holders
  # shellcheck disable=SC2086
  wait $holders 2>/dev/null
  holders=
  held 0
}

are_children() { [ "$(children | wc -w)" = "$1" ]; }
at_least() { [ "$(children | wc -w)" -ge "$1" ]; }

test_idle_connections_cost_no_process() {
  wait_for 60 are_children 1
  assertTrue "the spare one alone" $?
  hold "$(id -u)"
  held 1
  n=$(children | wc -w)
  let_go
  assertEquals 1 "$n"
}

# also where the next one has the same worker
test_a_fault_ends_with_its_message() {
  assertEquals 31 "$(submit @v @m "@c:\\0" @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  assertEquals "91 4.3.0 unknown version of the door" "$(submit X @answer | head -n 1)"
  assertEquals "91 4.3.0 no message starts here" "$(submit @v @m "@c:$(printf 'a\rb')" @e @r:F,Ta X | sed -n 2p)"
}

# How many children there are after each of these, and whether the first worker had the second message. A worker rests
# for 5 seconds: on a machine so busy that this takes longer all is done once more.
uids_in_turn() {
  /usr/bin/python3 -S - "$sock" "$queued" <<'P'
import os, socket, sys, time
def children(): return open("/proc/%s/task/%s/children" % (sys.argv[2], sys.argv[2])).read().split()
def one_of(uid):
    os.seteuid(uid)
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
    os.seteuid(0)
    s.sendall(b"\1M\0\0\0\0\0\0\0\0\5F\0Ta\0")
    s.shutdown(socket.SHUT_WR)
    while s.recv(1000): pass
def are_children(n):
    end = time.monotonic() + 60
    while len(children()) != n and time.monotonic() < end: time.sleep(0.01)
    return children()
for _ in range(20):
    start = len(are_children(1))
    begin = time.monotonic()
    one_of(12345)
    first = are_children(2)
    one_of(12345)
    again = children()
    one_of(12346)
    other = are_children(3)
    one_of(12346)
    one_of(12345)
    last = children()
    if time.monotonic() - begin < 4: break
print(start, len(first), "the same" if first == again else "another", len(other), len(last))
P
}

test_a_worker_serves_one_uid_alone() {
  need_root || return 0
  assertEquals "the same one again, another uid has another" "1 2 the same 3 3" "$(uids_in_turn)"
  wait_for 60 are_children 1
  assertTrue "they do not rest for ever" $?
}

test_few_workers_rest() {
  need_root || return 0
  for i in $(seq 24); do hold maild @v; done
  held 24
  wait_for 60 are_children 25
  assertTrue "each has one: $(children)" $?
  let_go
  few() { [ "$(children | wc -w)" -le 17 ]; }
  wait_for 4 few
  assertTrue "before they have rested for long: $(children)" $?
}

test_after_a_worker_crashed_it_starts_anew() {
  need_root || return 0
  hold 12345 @v
  held 1
  # shellcheck disable=SC2046
  kill -SEGV $(children)
  wait "$queued"
  assertEquals 111 $?
  assertTrue "$(cat "$qlog")" "grep -q 'alert: child [0-9]* died of signal 11' '$qlog' && grep -q 'starting anew' '$qlog'"
  exec 9<&-
  queued_start
  let_go
  assertEquals 0 "$(submit @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
}

# with settings in control/, and HUP to have them read
with() { # NAME VALUE
  echo "$2" > "$home/control/$1"
  n=$(grep -c 'settings read' "$qlog")
  kill -HUP "$queued"
  again() { [ "$(grep -c 'settings read' "$qlog")" -gt "$n" ]; }
  wait_for 60 again
}
without() { rm -f "$home/control/$1"; }

test_silent_callers_are_closed() {
  with queueidle 1
  assertEquals "before the first byte" eof "$(submit @eof | head -n 1)"
  assertEquals "between messages" eof "$(submit @v @eof | head -n 1)"
  assertEquals "in a message" "52 4.4.7 the message takes too long" "$(submit @v @m @u:10 x @answer | head -n 1)"
  without queueidle
  with queuetimeout 3600
  without queuetimeout
}

test_slow_callers_are_late() {
  with queuetimeout 2
  clear_queue
  slow=$(submit @v @m @u:100 @sleep:0.8 a @sleep:0.7 b @sleep:0.7 c @answer | grep '^[0-9]')
  assertEquals "52 4.4.7 the message takes too long" "$slow"
  nothing_left late
  # seven of them together are late, and none is by far
  assertEquals "a new message has its own time" "0 0 0 0 0 0 0" "$(submit @v $(for i in 1 2 3 4 5 6 7; do
    echo @m @sleep:0.3 @e @R:F,Ta; done) | grep '^0' | cut -d' ' -f1 | xargs)"
  without queuetimeout
}

test_too_big_messages() {
  need_root || return 0        # without root the caller is mailb too, whose bounces have no limit
  with queuebytes 100000
  clear_queue
  assertEquals "31 5.3.4 the message is too big" "$(submit @v @m @n:60000 @n:40001 @e @r:F,Ta | head -n 1)"
  nothing_left big
  assertEquals 0 "$(submit @v @m @n:60000 @n:40000 @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  without queuebytes
}

test_a_user_has_a_share() {
  need_root || return 0
  with queueperuser 2
  hold 12345 @v
  hold 12345
  held 2
  assertEquals "71 4.3.2 too many connections to the queue service" "$(as 12345 "$stub/submit" "$sock" | head -n 1)"
  assertEquals 0 "$(as 12346 "$stub/submit" "$sock" @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  # the refused one is in the middle of a large message, and sees why all the same
  dd if=/dev/zero bs=1000000 count=1 2>/dev/null | tr '\0' x > "$SCRATCH/large"
  printf 'F\0Ta\0\0' > "$SCRATCH/e2"
  as 12345 "$home/bin/mail-queue" < "$SCRATCH/large" 1< "$SCRATCH/e2"
  assertEquals 71 $?
  let_go
  without queueperuser
}

test_shares_of_all_connections() {
  need_root || return 0
  with queueconnections 8
  for u in 101 102 103 104 maild maild maild; do hold $u @v @m @c:x @busy; done
  held 7
  assertEquals "users have half" 71 "$(as 105 "$stub/submit" "$sock" | cut -d' ' -f1 | head -n 1)"
  assertEquals "root has a share of its own" 0 "$(as 0 "$stub/submit" "$sock" @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  assertEquals "mailb's share is left" 71 "$(as maild "$stub/submit" "$sock" | cut -d' ' -f1 | head -n 1)"
  assertEquals 0 "$(as mailb "$stub/submit" "$sock" @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  let_go
  without queueconnections
}

# rooms in which nothing ever has mail to send: only a break-in there would call
test_rooms_that_never_submit_are_refused() {
  need_root || return 0
  clear_queue
  : > "$qlog"
  for role in mailp mailv mails mailq maill mailt mailk; do
    assertEquals "$role" "31 5.7.1 this user of the mail system may not send mail" \
      "$(as $role "$stub/submit" "$sock" @v @m @e @r:F,Ta | grep -v broken | head -n 1)"
    grep -q "refused uid=$(role_uid $role) pid=[0-9]* code=31 text=5.7.1" "$qlog"
    assertTrue "$role is in the log" $?
    printf 'x\n' > "$SCRATCH/m2"; printf 'F\0Ta\0\0' > "$SCRATCH/e2"
    as $role "$home/bin/mail-queue" < "$SCRATCH/m2" 1< "$SCRATCH/e2"
    assertEquals "$role by mail-queue" 31 $?
  done
  nothing_left rooms
  for role in maild mailb maila 12345 0; do
    assertEquals "$role" 0 "$(as $role "$stub/submit" "$sock" @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  done
}

test_mailr_submits_only_for_transports() {
  need_root || return 0
  clear_queue
  assertEquals 55 "$(as mailr "$stub/submit" "$sock" @v @m @e @r:F,Ta | grep -v broken | cut -d' ' -f1 | head -n 1)"
  nothing_left mailr
  : > "$home/control/transports"
  assertEquals 0 "$(as mailr "$stub/submit" "$sock" @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
  rm "$home/control/transports"
}

# How long, in ms, it takes somebody honest to queue a message, retrying as programs do that are told "busy".
honest() { # ROLE
  as "$1" /usr/bin/python3 -S - "$sock" <<'P'
import socket, sys, time
begin = time.monotonic()
while time.monotonic() - begin < 60:
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
    try:
        s.sendall(b"\1M\0\0\0\0\0\0\0\0\5F\0Ta\0")
    except OSError: pass
    try:
        if s.recv(1) == b"\0": break
    except OSError: pass
    time.sleep(0.05)
print(int((time.monotonic() - begin) * 1000))
P
}

test_refused_connections_do_not_flood_the_log() {
  need_root || return 0
  with queueperuser 1
  : > "$qlog"
  as 12345 /usr/bin/python3 -S - "$sock" <<'P' > "$SCRATCH/refused" & flood=$!
import socket, sys, time
held = socket.socket(socket.AF_UNIX); held.connect(sys.argv[1]); held.sendall(b"\1M")
end, n = time.monotonic() + 3, 0
while time.monotonic() < end:
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
    n += s.recv(1) == b"\x47"
    s.close()
print(n)
P
  wait_for 60 grep -q 'refused uid=12345' "$qlog"
  ms=$(honest 12346)
  assertTrue "somebody else is served in $ms ms" "[ $ms -lt 5000 ]"
  wait $flood
  refused=$(cat "$SCRATCH/refused")
  counted() {
    [ "$(awk '/refused uid=12345/ { n++ } / times more uid=12345/ { n += $3 } END { print n + 0 }' "$qlog")" = "$refused" ]
  }
  wait_for 60 counted
  assertTrue "all $refused are counted: $(cat "$qlog")" $?
  lines=$(grep -c 'uid=12345' "$qlog")
  assertTrue "$lines lines for $refused" "[ $refused -gt 50 ] && [ $lines -le 8 ]"
  without queueperuser
}

test_refused_messages_do_not_flood_the_log() {
  need_root || return 0
  : > "$qlog"
  as 12345 /usr/bin/python3 -S - "$sock" <<'P' > "$SCRATCH/refused"
import socket, sys
one = b"M\0\0\0\0\1\r\0\0\0\0\0\0\0\5F\0Ta\0"
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b"\1")
f, n = s.makefile("rb"), 0
for i in range(300):
    s.sendall(one)
    head = f.read(2)
    n += head[0] == 31
    f.read(head[1])
print(n)
P
  assertEquals 300 "$(cat "$SCRATCH/refused")"
  counted() { [ "$(awk '/refused uid=12345/ { n++ } / times more uid=12345/ { n += $3 } END { print n + 0 }' "$qlog")" = 300 ]; }
  wait_for 60 counted
  assertTrue "counted: $(cat "$qlog")" $?
  assertTrue "few lines" "[ $(grep -c uid=12345 "$qlog") -lt 250 ]"
}

# Users with many uids that hold all the places there are for users, with nothing, a byte, or half a message.
hoard() { # PIECES, in Python
  /usr/bin/python3 -S - "$sock" "$1" <<'P' > "$SCRATCH/hoard" &
import os, socket, sys, time
def connect(uid):
    os.seteuid(uid)
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    os.seteuid(0)
    try: s.sendall(eval(sys.argv[2]))
    except OSError: pass
    return s
held = [connect(20000 + i) for i in range(140)]
print("held", flush=True)
time.sleep(60)
P
  hoarder=$!
}

test_idle_connections_keep_nobody_out() {
  need_root || return 0
  for pieces in 'b""' 'b"\1"' 'b"\1M"' 'b"\1M\0\0\0\0\x09abc"'; do
    : > "$SCRATCH/hoard"
    hoard "$pieces"
    wait_for 60 grep -q held "$SCRATCH/hoard" || fail "not full"
    [ "$pieces" = 'b""' ] || wait_for 60 at_least 129 || fail "not all have a worker"
    sleep 1.1       # now they are idle
    ms=$(honest 0)
    assertTrue "$pieces: root is served in $ms ms" "[ $ms -lt 5000 ]"
    ms=$(honest 12346)
    assertTrue "$pieces: a user is served in $ms ms" "[ $ms -lt 5000 ]"
    kill $hoarder
    wait $hoarder 2>/dev/null || true
  done
}

# its connection is closed meanwhile, before anything went over it
test_a_slow_writer_of_a_small_message_is_queued() {
  clear_queue
  with queueidle 1
  printf 'F\0Ta\0\0' > "$SCRATCH/e2"
  { printf 'Subject: slow\n\n'; sleep 1.5; echo late; } | "$home/bin/mail-queue" 1< "$SCRATCH/e2"
  assertEquals 0 $?
  assertEquals late "$(tail -n 1 "$(the_file mess)")"
  without queueidle
  with queuetimeout 3600
  without queuetimeout
}

# At most two calls a second have failed, one for a caller and one for the spare process, and two when it began.
pauses() {
  awk '/INJECTED/ { if (!n++) first = $1; last = $1 } END { exit n > 2 * (last - first) + 4 }' "$SCRATCH/failed"
}

test_without_processes_or_descriptors_it_pauses() {
  need_root && need strace strace || return 0
  for call in "$forking EAGAIN" "accept4 ENFILE" "accept4 ENOMEM"; do
    clear_queue
    wait_for 60 are_children 1
    # shellcheck disable=SC2086
    fails "$queued" $call
    hold 12345 @v               # has the spare process
    as 12346 "$stub/submit" "$sock" @v @m @e @r:F,Ta > "$SCRATCH/out" & caller=$!
    wait_for 60 have_failed 2
    assertTrue "$call fails, twice" $?
    works_again
    assertTrue "$call: no spin: $(head -n 50 "$SCRATCH/failed")" "pauses"
    wait $caller
    assertEquals "$call: served by itself" 0 "$(cut -d' ' -f1 "$SCRATCH/out" | head -n 1)"
    let_go
  done
}

# Linux 5.13 to 5.18
test_the_first_landlock_keeps_no_mail_out() {
  need_root && need strace strace || return 0
  clear_queue
  queued_stop
  exec 9<>"$life"
  : > "$qlog"
  strace -f -o /dev/null -e trace=landlock_create_ruleset -e inject=landlock_create_ruleset:retval=1:when=1 \
    "$stub/listen" "$sock" "$life" "$(queue_user)" "$home/bin/mail-queued" 2>"$qlog" 9<&- &
  tracer=$!
  wait_for 60 grep -q 'ready\|fatal\|unable' "$qlog"
  send_mail
  assertEquals "$(cat "$qlog")" 0 $?
  exec 9<&-
  wait $tracer
  queued_start
}

test_no_memory_to_wait_is_no_end() {
  need_root && need strace strace || return 0
  clear_queue
  wait_for 60 are_children 1
  trace_start -e trace=ppoll -e inject=ppoll:error=ENOMEM:when=1..3
  send_mail
  assertEquals "$(cat "$qlog")" 0 $?
  trace_end
}

test_envelopes_are_bounded() {
  clear_queue
  with maxrecipients 3
  assertEquals 0 "$(submit @v @m @e @r:F,Ta,Tb,Tc | cut -d' ' -f1 | head -n 1)"
  clear_queue
  assertEquals "31 5.5.3 more recipients than control/maxrecipients allows: 3" \
    "$(submit @v @m @e @r:F,Ta,Tb,Tc,Td @answer | head -n 1)"
  printf 'x\n' > "$SCRATCH/m2"; printf 'F\0Ta\0Tb\0Tc\0Td\0\0' > "$SCRATCH/e2"
  "$home/bin/mail-queue" < "$SCRATCH/m2" 1< "$SCRATCH/e2"
  assertEquals 31 $?
  without maxrecipients
  kill -HUP "$queued"
  params=$(printf ',n%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
  assertEquals "31 5.5.4 too many parameters of one address" "$(submit @v @m @e "@r:F,Ta$params,n" | head -n 1)"
  assertEquals "31 5.5.4 too many parameters of one address" "$(submit @v @m @e "@r:F$params,n,Ta" | head -n 1)"
  params=$(printf ',n%01000d' 1 2 3) rest=,o$(printf %0832d 0)      # 3,840 bytes
  assertEquals "31 5.5.4 too many parameters of one address" "$(submit @v @m @e "@r:F,Ta$params${rest}0" | head -n 1)"
  nothing_left bounded
  assertEquals 0 "$(submit @v @m @e "@r:F$params$rest,Ta$params$rest" | cut -d' ' -f1 | head -n 1)"
  params=$(printf ',n%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
  assertEquals 0 "$(submit @v @m @e "@r:F$params,Ta$params,Tb$params" | cut -d' ' -f1 | head -n 1)"
}

test_empty_recipients_are_mailbs() {
  need_root || return 0
  clear_queue
  for role in maild maila 12345; do
    assertEquals "31 5.1.3 a recipient is empty" "$(as $role "$stub/submit" "$sock" @v @m @e @r:F,Ta,T | head -n 1)"
  done
  nothing_left empty
  assertEquals 0 "$(as mailb "$stub/submit" "$sock" @v @m @e @r:F,T | cut -d' ' -f1 | head -n 1)"
}

# An envelope is promised large and comes a little: neither its caller nor all of a class hold more than their share.
test_large_envelopes_leave_memory_to_others() {
  need_root || return 0
  for uid in maild 12345; do
    : > "$SCRATCH/pinned"       # here, else what the one before has said would do
    as $uid /usr/bin/python3 -S - "$sock" <<'P' > "$SCRATCH/pinned" & pinner=$!
import socket, struct, sys, time
held = []
for i in range(18):
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.settimeout(60)
    try:
        s.sendall(b"\1M\0\0\0\0\0" + struct.pack(">I", 16777216) + b"F\0")
        for j in range(156): s.sendall((b"T" + b"a" * 998 + b"\0") * 100)
    except OSError: pass
    held.append(s)
print("held", flush=True)
time.sleep(60)
P
    wait_for 120 grep -q held "$SCRATCH/pinned"
    ms=$(honest $uid)
    assertTrue "the same uid, a small one: $ms ms" "[ $ms -lt 5000 ]"
    ms=$(honest 12346)
    assertTrue "another: $ms ms" "[ $ms -lt 5000 ]"
    kb=0
    for c in $(children); do
      kb=$((kb + $(awk '/^RssAnon/ { print $2 }' "/proc/$c/status" 2>/dev/null || echo 0)))
    done
    assertTrue "$uid: all children hold $kb kB" "[ $kb -gt 10000 ] && [ $kb -lt 140000 ]"
    kill $pinner
    wait $pinner 2>/dev/null || true
  done
}

test_a_caller_that_has_given_up_is_not_queued_for() {
  clear_queue
  kill -STOP "$queued"
  submit @v @m @c:late @e "@u:5" 'F\0Ta\0' @close
  n=$(grep -c 'went away' "$qlog")
  kill -CONT "$queued"
  dropped() { [ "$(grep -c 'went away' "$qlog")" -gt "$n" ]; }
  wait_for 60 dropped
  submit @v @m @e @r:F,Tb > "$SCRATCH/out"
  assertEquals "only the second" 1 "$(files todo)"
}

test_bad_settings_change_nothing() {
  echo many > "$home/control/queueconnections"
  kill -HUP "$queued"
  wait_for 60 grep -q 'the old settings stay' "$qlog"
  assertTrue "told" $?
  without queueconnections
  assertEquals 0 "$(submit @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
}

has_message() { [ "$(files mess)" = 1 ]; }

test_term_lets_children_finish() {
  clear_queue
  submit @v @m @c:one "@until:$SCRATCH/ended" @e @r:F,Ta > "$SCRATCH/out" & caller=$!
  wait_for 60 has_message
  queued_stop
  assertEquals "exit status" 0 $?
  : > "$SCRATCH/ended"
  wait $caller
  assertEquals 0 "$(head -n 1 "$SCRATCH/out" | cut -d' ' -f1)"
  assertEquals 1 "$(files todo)"
  queued_start
}

test_the_end_of_the_lifeline_is_the_end() {
  exec 9<&-
  wait "$queued"
  assertEquals 0 $?
  queued_start
}

test_a_killed_child_costs_only_its_caller() {
  clear_queue
  submit @v @m @c:one "@until:$SCRATCH/killed" @e @r:F,Ta > "$SCRATCH/out" & caller=$!
  wait_for 60 has_message
  # shellcheck disable=SC2046
  kill -9 $(children)
  : > "$SCRATCH/killed"
  wait $caller
  grep -q '^0 ' "$SCRATCH/out"
  assertFalse "not queued" $?
  assertEquals "an orphan" 1 "$(files mess)"
  assertEquals 0 "$(files todo)"
  wait_for 60 grep -q 'died of signal 9' "$qlog"
  assertTrue "logged" $?
  assertEquals 0 "$(submit @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
}

fails_to_start() { # WORDS-OF-THE-LOG
  queued_start
  wait "$queued"
  assertEquals 111 $?
  exec 9<&-
  grep -q "$1" "$qlog"
  assertTrue "$1: $(cat "$qlog")" $?
}

# Whose owners were changed while it ran: the log names it, the caller is not told more than before.
test_what_fails_on_the_disk_is_named() {
  need_root || return 0
  queued_fresh
  chown 0:0 "$home/queue/mess"
  assertEquals "62 4.3.0 the directories of the queue are not in order" "$(submit @v @m @e @r:F,Ta | head -n 1)"
  chown "$(queue_user)" "$home/queue/mess"
  line='alert: cannot make a message file: queue/mess/[0-9a-f][0-9a-f]/[0-9a-f]\{26\} (queue/mess belongs to 0:0, not to '
  assertTrue "$(cat "$qlog")" "grep -q '$line.*Permission denied' $qlog"
  chown 0:0 "$home/queue/tmp"
  submit @v @m @e @r:F,Ta > /dev/null
  chown "$(queue_user)" "$home/queue/tmp"
  line='alert: cannot write a message and its envelope: queue/tmp/[0-9a-f]\{26\} (queue/tmp belongs to 0:0, '
  assertTrue "$(cat "$qlog")" "grep -q '$line' $qlog"
  assertEquals 0 "$(submit @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
}

test_wrong_ground_is_refused() {
  need_root || return 0
  queued_stop
  chmod 0755 "$home/queue/mess"
  fails_to_start "queue/mess must be a directory 0700 of $(queue_user):"
  chmod 0700 "$home/queue/mess"
  chown 1 "$home/queue/todo/7f"
  fails_to_start "queue/todo/7f must be a directory 0750"
  chown "$(queue_user)" "$home/queue/todo/7f"
  chmod 0777 "$home/queue"
  fails_to_start "queue/ must belong to root and be writable by its owner only"
  chmod 0755 "$home/queue"
  chown 1 "$home/queue"
  fails_to_start "queue/ must belong to root"
  chown 0 "$home/queue"
  rmdir "$home/queue/mess/00" 2>/dev/null || { clear_queue; rmdir "$home/queue/mess/00"; }
  fails_to_start "unable to find queue/mess/00"
  as mailq mkdir -m 0700 "$home/queue/mess/00"
  chgrp "$(role_gid mails)" "$home/queue/mess/00"
  mount -t tmpfs -o mode=0700,uid="$(role_uid mailq)",gid="$(role_gid mails)" none "$home/queue/tmp"
  fails_to_start "queue/tmp is on another filesystem"
  umount "$home/queue/tmp"
  queue_user() { echo "1:1"; }
  fails_to_start "must run as mailq"
  queue_user() { echo "$(role_uid mailq):$(role_gid mails)"; }
  queued_start
  assertEquals 0 "$(submit @v @m @e @r:F,Ta | cut -d' ' -f1 | head -n 1)"
}

test_sockets_do_not_leak_into_children() {
  need_root || return 0        # only root sees the descriptors of what is not dumpable
  wait_for 60 are_children 1
  hold "$(id -u)" @v
  hold "$(id -u)"
  held 2
  wait_for 60 are_children 2
  # its orders, the queue's directory, the trigger, 1 and 2; and of the one at work its connection; once they have begun
  descriptors() { for c in $(children); do ls "/proc/$c/fd" | wc -l; done | sort | xargs; }
  are_few() { [ "$(descriptors)" = "5 6" ]; }
  wait_for 60 are_few
  assertEquals "5 6" "$(descriptors)"
  let_go
}

run_tests
