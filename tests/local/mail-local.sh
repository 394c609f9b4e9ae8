#!/bin/sh
# mail-local: the rules of .qmail files, Maildir and mbox, and every way to fail

. "$(dirname "$0")/../lib.sh"

UID_=62001
HOME_=$SCRATCH/joe
OUT=$SCRATCH/out ERR=$SCRATCH/err MSG=$SCRATCH/msg

oneTimeSetUp() {
  instance "$SCRATCH/inst" mail.example.org || exit 111
  printf 'From: a@b.example\nSubject: x\n\nbody\nFrom here\n>From there\nlast\n' > "$MSG"
  chmod 0644 "$MSG"
  mkdir -m 0777 "$SCRATCH/t"
  [ $ROOT = yes ] || UID_=$(id -u)
}

# a fresh home
home() {
  chmod -R u+rwx "$HOME_" 2>/dev/null
  rm -rf "$HOME_"
  mkdir "$HOME_"
  mkdir "$HOME_/Maildir" "$HOME_/Maildir/tmp" "$HOME_/Maildir/new" "$HOME_/Maildir/cur"
  own
}
own() { [ $ROOT = no ] || chown -R $UID_:$UID_ "$HOME_"; }
qmail() { # FILE LINE...
  f=$HOME_/$1
  shift
  printf '%s\n' "$@" > "$f"
  own
}
as_user() {
  if [ $ROOT = yes ]; then setpriv --reuid=$UID_ --regid=$UID_ --clear-groups -- "$@"; else "$@"; fi
}
option=
deliver() { # DASH EXT [SENDER [LOCAL]]
  # shellcheck disable=SC2086
  as_user "$SCRATCH/inst/bin/mail-local" $option -- joe "$HOME_" "${4:-joe$1$2}" "$1" "$2" host.example.org \
    "${3-sender@far.example}" ./Maildir/ < "$MSG" > "$OUT" 2> "$ERR"
  code=$?
}
# Expects a code and a text at the beginning of the output.
expect() { # CODE TEXT
  assertEquals "exit code; $(cat "$ERR")" "$1" $code
  case $(cat "$OUT") in "$2"*) ;; *) fail "expected '$2', got '$(cat "$OUT")'" ;; esac
}
new() { find "$HOME_/Maildir/new" -type f; }
count() { find "$HOME_/Maildir/$1" -type f | wc -l; }

test_maildir_by_default() {
  home
  deliver "" ""
  expect 0 "did 1+0+0"
  assertEquals 1 "$(count new)"
  assertEquals 0 "$(count tmp)"
  { printf 'Return-Path: <sender@far.example>\nDelivered-To: joe@host.example.org\n'; cat "$MSG"; } > "$SCRATCH/want"
  assertTrue "content" "cmp '$SCRATCH/want' '$(new)'"
  assertEquals 600 "$(stat -c %a "$(new)")"
  basename "$(new)" | grep -Eq '^[0-9]+\.M[0-9]{6}P[0-9]+Q1\.' || fail "name $(new)"
}

test_maildir_order_of_syncs() {
  need strace strace || return 0
  home
  as_user strace -f -o "$SCRATCH/t/trace" -e trace=fsync,linkat,link,unlink,unlinkat,openat,open,close,exit_group \
    "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x ./Maildir/ < "$MSG" > "$OUT" 2> "$ERR" ||
    { why="strace does not work here"; return 0; }
  awk '/open(at)?\(.*"tmp\// { split($0, a, "= "); file = a[2] }
       /open(at)?\(.*"new"/ { split($0, a, "= "); dir = a[2] }
       /fsync\(/ { match($0, /fsync\([0-9]+/); n = substr($0, RSTART + 6, RLENGTH - 6)
                   if (n == file && !synced) synced = NR; if (linked && n == dir) dirsync = NR }
       /link(at)?\(.*new\// { linked = NR }
       /exit_group\(0/ { done = NR }
       END { exit !(synced && synced < linked && linked < dirsync && dirsync < done) }' "$SCRATCH/t/trace"
  assertTrue "file synced, linked, new/ synced, exit 0: $(cat "$SCRATCH/t/trace")" $?
}

test_empty_file_means_default() {
  home
  : > "$HOME_/.qmail"; own
  deliver "" ""
  expect 0 "did 1+0+0"
  assertEquals 1 "$(count new)"
}

# the mail of who comes from another mail system is not forwarded in silence
test_other_systems_file_is_told_of() {
  home
  echo joe@example.net > "$HOME_/.forward"
  own
  deliver "" ""
  expect 0 "did 1+0+0"
  assertTrue "$(cat "$ERR")" "grep -q '$HOME_/.forward does not count here: .*dot-qmail(5)' $ERR"
  qmail .qmail ./Maildir/
  deliver "" ""
  expect 0 "did 1+0+0"
  assertEquals "" "$(cat "$ERR")"
}

test_sender_lines() {
  home
  deliver "" "" ""
  grep -qx 'Return-Path: <>' "$(new)" || fail "empty sender"
  home
  deliver "" "" 'a b"@x.example'
  grep -qxF 'Return-Path: <"a b\""@x.example>' "$(new)" || fail "quoted sender: $(head -1 "$(new)")"
  home
  deliver "" "" "a
Bcc: b@x"
  assertEquals "Return-Path: <\"a Bcc: b\"@x>" "$(head -n 1 "$(new)")"
}

test_search_order() {
  home
  option=-n
  for end in -default -a-default -a-b-default -a-b-c; do
    qmail ".qmail$end" "./found$end"
    deliver - a-b-c
    expect 0 "mbox ./found$end"
  done
  deliver - A-b-C
  expect 0 "mbox ./found-a-b-c"
  deliver - a-b-
  expect 0 "mbox ./found-a-b-default"
  deliver - x
  expect 0 "mbox ./found-default"
  qmail ".qmail-x:y" ./colon
  deliver - x.Y
  expect 0 "mbox ./colon"
  option=
}

test_nobody() {
  home
  deliver - nothere
  expect 100 "5.1.1 "
  deliver - "$(head -c 900 /dev/zero | tr '\0' a)"
  expect 100 "5.1.1 "
  qmail .qmail-default ./Maildir/
  deliver - "$(head -c 900 /dev/zero | tr '\0' a)"
  expect 0 "did 1+0+0"
}

test_extension_stays_in_its_directory() {
  home
  mkdir "$SCRATCH/outside" 2>/dev/null
  echo ./escaped > "$SCRATCH/outside/.qmail-x"
  mkdir "$HOME_/.qmail-"; own
  deliver - "/../../outside/.qmail-x"
  expect 100 "5.1.1 "
}

test_home() {
  home; chmod 0777 "$HOME_"; deliver "" ""; expect 111 "4.7.0 "
  home; chmod 1755 "$HOME_"; deliver "" ""; expect 111 "4.2.1 "
  rm -rf "$HOME_"; deliver "" ""; expect 111 "4.2.1 "
}

test_instructions_refused() {
  home; qmail .qmail "" ./Maildir/; deliver "" ""; expect 111 "4.3.5 "
  home; qmail .qmail "  	" ./Maildir/; deliver "" ""; expect 111 "4.3.5 "
  home; qmail .qmail ./Maildir/; chmod 0646 "$HOME_/.qmail"; deliver "" ""; expect 111 "4.3.5 "
  home; qmail .qmail ./Maildir/; chmod 0700 "$HOME_/.qmail"; deliver "" ""; expect 111 "4.3.5 "
  home; qmail .qmail +list "|true"; deliver "" ""; expect 111 "4.3.5 "
  home; qmail .qmail "./Maildir/" "+else"; deliver "" ""; expect 111 "4.3.5 "; assertEquals 0 "$(count new)"
  home; qmail .qmail "&"; deliver "" ""; expect 111 "4.3.5 "
  home; mkdir "$HOME_/.qmail"; own; deliver "" ""; expect 111 "4.3.5 "
  home; printf './Maildir/\0\n' > "$HOME_/.qmail"; own; deliver "" ""; expect 111 "4.3.5 "
  home; mkfifo "$HOME_/.qmail"; own; deliver "" ""; expect 111 "4.3.5 "
  assertFalse "a path in what the sender may see" "grep -q '$HOME_' '$OUT'"
}

# what was written for another mail system is no address: it waits, says so, and nothing has been done
test_lines_that_are_no_address() {
  bom=$(printf '\357\273\277')
  for line in " ./Maildir/" "$bom./Maildir/" "&<a@b.example>" "& a@b.example" "a@b.example, c@d.example" "~/Maildir/" \
    "Maildir/" ":include:/x" "&a@b.example # x" '"|/usr/bin/vacation ann"' '\ann' "|" "./Maildir/ # x"; do
    home
    qmail .qmail-x "|touch ran" "$line"
    deliver - x
    expect 111 "4.3.5 "
    grep -qF '.qmail-x line 2: ' "$ERR" || fail "log for '$line': $(cat "$ERR")"
    assertFalse "$line: something was done" "[ -e '$HOME_/ran' ]"
    option=-n deliver - x
    expect 111 "4.3.5 "
    grep -qF '.qmail-x line 2: ' "$ERR" || fail "-n for '$line': $(cat "$ERR")"
  done
  grep -qF './Maildir/ # x' "$ERR" || fail "the line itself: $(cat "$ERR")"
  home; printf '\357\273\277./Maildir/\n' > "$HOME_/.qmail"; own
  deliver "" ""
  grep -qF '\xef\xbb\xbf./Maildir/' "$ERR" || fail "made printable: $(cat "$ERR")"
}

test_lines_that_end_in_cr() {
  home
  printf '# words\r\n./Maildir/ \r\n\r\n|touch ran\r\n./box\r\n' > "$HOME_/.qmail"; own
  deliver "" ""
  expect 0 "did 2+0+1"
  assertEquals ".qmail Maildir box ran" "$(find "$HOME_" -mindepth 1 -maxdepth 1 -exec basename {} \; | LC_ALL=C sort | xargs)"
  home
  printf '+list\r\na@b.example\r\n' > "$HOME_/.qmail-l"; own
  option=-n deliver - l
  assertEquals "forward a@b.example" "$(sed -n 1p "$OUT")"
  home
  printf '# words\r./Maildir/\r' > "$HOME_/.qmail"; own
  deliver "" ""
  expect 111 "4.3.5 "
}

test_default_delivery_that_is_none() {
  home
  for line in Maildir/ " ./Maildir/" "" "#" "# ./Maildir/" "~/Maildir/"; do
    as_user "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x "$line" < "$MSG" > "$OUT" 2> "$ERR"
    code=$?
    expect 111 "4.3.5 "
    grep -q 'defaultdelivery' "$ERR" || fail "log for '$line': $(cat "$ERR")"
  done
}

test_unreadable_is_later() {
  home; qmail .qmail ./Maildir/; chmod 0000 "$HOME_/.qmail"
  deliver "" ""; expect 111 "4.3.0 "
  home; qmail .qmail-default ./Maildir/; qmail .qmail-x ./Maildir/; chmod 0000 "$HOME_/.qmail-x"
  deliver - x; expect 111 "4.3.0 "
  home; qmail .qmail-x a@b.example; ln -s .qmail-x-owner "$HOME_/.qmail-x-owner"
  deliver - x; expect 111 "4.3.0 "
}

test_told_only() {
  home
  qmail .qmail-l "# words" "./Maildir/ 	" /var/mail/joe "|a program  " "&x@y.example" z@y.example 7@y.example +list
  option=-n deliver - l
  printf '%s\n' "maildir ./Maildir/" "mbox /var/mail/joe" "program a program" "forward x@y.example" \
    "forward z@y.example" "forward 7@y.example" "did 2+3+1" > "$SCRATCH/want"
  assertEquals 0 $code
  assertTrue "the actions: $(cat "$OUT")" "cmp '$SCRATCH/want' '$OUT'"
  assertEquals 0 "$(count new)"
}

test_mbox() {
  home
  qmail .qmail ./Mailbox
  deliver "" "" "a b@x"
  expect 0 "did 1+0+0"
  deliver "" ""
  head -n 1 "$HOME_/Mailbox" | grep -Eq '^From a-b@x (Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ 1-3][0-9] [0-9:]{8} 2[0-9]{3}$' ||
    fail "From line $(head -n 1 "$HOME_/Mailbox")"
  assertEquals 2 "$(grep -c '^From ' "$HOME_/Mailbox")"
  assertEquals 2 "$(grep -c '^>From here' "$HOME_/Mailbox")"
  assertEquals 2 "$(grep -c '^>>From there' "$HOME_/Mailbox")"
  assertEquals 2 "$(grep -c '^Delivered-To: joe@host.example.org' "$HOME_/Mailbox")"
  assertEquals "" "$(tail -n 1 "$HOME_/Mailbox")"
  deliver "" "" ""
  grep -q '^From MAILER-DAEMON ' "$HOME_/Mailbox" || fail "empty sender"
}

# a stranger's word on the length and state of a message; the rest, and a Maildir, bit for bit
test_mbox_without_readers_fields() {
  home
  qmail .qmail ./Mailbox ./Maildir/
  { printf 'From: a@b\nContent-Length: 9999\nstatus : RO\nSubject: x\nX-Status: D\n folded\n\tmore\nX-UID: 1\n'
    printf 'X-Statuses: kept\nX-IMAPbase: 1 2\nX-Keywords: '; head -c 70000 /dev/zero | tr '\0' k
    printf '\nX-Mozilla-Status: 0008\nX-Mozilla-Status2: 0\nX-Mozilla-Keys: k\nX-UIDL: 1\nX-Evolution: 1-2'
    printf '\nContent-Lengths: kept\nContent-Type: text/plain\n\nStatus: RO\nContent-Length: 1\n'; } > "$SCRATCH/state"
  save=$MSG MSG=$SCRATCH/state
  deliver "" ""; expect 0 "did 2+0+0"
  printf 'Status: RO\n\nS\n' > "$SCRATCH/first"
  MSG=$SCRATCH/first
  deliver "" ""; expect 0 "did 2+0+0"
  MSG=$save
  { printf 'From: a@b\nSubject: x\nX-Statuses: kept\nContent-Lengths: kept\nContent-Type: text/plain\n\n'
    printf 'Status: RO\nContent-Length: 1\n\n'; } > "$SCRATCH/want"
  tail -n +4 "$HOME_/Mailbox" | head -n 9 > "$SCRATCH/got"
  assertTrue "$(head -c 1000 "$SCRATCH/got")" "cmp '$SCRATCH/want' '$SCRATCH/got'"
  assertEquals "only fields" "S" "$(tail -n 2 "$HOME_/Mailbox" | head -n 1)"
  assertEquals "in the Maildir they stay" 1 "$(grep -l '^X-UID: 1' "$HOME_"/Maildir/new/* | wc -l)"
}

test_mbox_long_lines_and_no_last_newline() {
  home
  qmail .qmail ./Mailbox
  { printf 'S: x\n\n'; head -c 300000 /dev/zero | tr '\0' x; printf '\nFrom q\n'; head -c 70000 /dev/zero | tr '\0' y
    printf ' From in the middle'; } > "$SCRATCH/long"
  save=$MSG MSG=$SCRATCH/long
  deliver "" ""
  MSG=$save
  expect 0 "did 1+0+0"
  { sed 's/^From q/>From q/' "$SCRATCH/long"; printf '\n\n'; } > "$SCRATCH/want"
  tail -n +4 "$HOME_/Mailbox" > "$SCRATCH/got"
  assertTrue "bit for bit" "cmp '$SCRATCH/want' '$SCRATCH/got'"
}

test_mbox_after_a_crash_in_the_middle_of_a_message() {
  home
  qmail .qmail ./Mailbox
  printf 'From a@x Thu Jan  1 00:00:00 1970\nS: x\n\nhalf a li' > "$HOME_/Mailbox"; own
  deliver "" ""
  expect 0 "did 1+0+0"
  assertEquals "the next message starts on a line of its own" 2 "$(grep -c '^From ' "$HOME_/Mailbox")"
  assertEquals "after a blank one" "half a li//" "$(sed -n '4,5p' "$HOME_/Mailbox" | tr '\n' /)"
}

test_mbox_is_locked() {
  home
  qmail .qmail ./Mailbox
  : > "$HOME_/Mailbox"; own
  # shellcheck disable=SC2016
  flock "$HOME_/Mailbox" sh -c ': > "$0"; sleep 1' "$SCRATCH/locked" &
  wait_for 60 test -e "$SCRATCH/locked"
  deliver "" ""
  expect 0 "did 1+0+0"
  wait
}

test_mbox_is_locked_the_other_way() {
  need python3 python3 || return 0
  home
  qmail .qmail ./Mailbox
  : > "$HOME_/Mailbox"; own
  python3 -S -c 'import fcntl, sys, time
f = open(sys.argv[1], "r+"); fcntl.lockf(f, fcntl.LOCK_EX); open(sys.argv[2], "w"); time.sleep(1); f.write("mine\n"); f.flush()' "$HOME_/Mailbox" "$SCRATCH/locked2" &
  wait_for 60 test -e "$SCRATCH/locked2"
  deliver "" ""
  expect 0 "did 1+0+0"
  assertEquals "waited" mine "$(head -n 1 "$HOME_/Mailbox")"
  wait
}

# COMMAND LINE: what a reader does with the file that it has locked, and how the file begins then
replaced_while_locked() {
  home
  qmail .qmail ./Mailbox
  printf 'old\n' > "$HOME_/Mailbox"
  printf 'new\n' > "$HOME_/Mailbox.new"; own
  rm -f "$SCRATCH/locked"
  # shellcheck disable=SC2016
  flock "$HOME_/Mailbox" sh -c ': > "$0"; sleep 1; cd "$1" && '"$1" "$SCRATCH/locked" "$HOME_" &
  wait_for 60 test -e "$SCRATCH/locked"
  deliver "" ""
  wait
  expect 0 "did 1+0+0"
  assertEquals "$1" "$2/1" "$(head -n 1 "$HOME_/Mailbox" | cut -c 1-4)/$(grep -c '^body' "$HOME_/Mailbox")"
}
test_mbox_that_a_reader_puts_another_in_the_place_of() {
  replaced_while_locked 'mv Mailbox.new Mailbox' new
  replaced_while_locked 'rm Mailbox' From
}

test_mbox_is_no_file() {
  home; qmail .qmail /dev/zero; deliver "" ""; expect 111 "4.3.0 "
  home; qmail .qmail ./dir; mkdir "$HOME_/dir"; deliver "" ""; expect 111 "4.3.0 "
  home; qmail .qmail ./no/such; deliver "" ""; expect 111 "4.3.0 "
}

test_dev_null_discards() {
  home; qmail .qmail /dev/null; deliver "" ""; expect 0 "did 1+0+0"
  home; qmail .qmail ./nowhere ./Maildir/; ln -s /dev/null "$HOME_/nowhere"; deliver "" ""; expect 0 "did 2+0+0"
  assertEquals "the next line" 1 "$(count new)"
}

test_link_to_what_is_missing_is_later() {
  for name in .qmail-x .qmail-x-owner .qmail-default; do
    home; qmail .qmail-x a@b.example; qmail .qmail-default ./Maildir/
    ln -sf /nonexistent/instructions "$HOME_/$name"
    [ $name = .qmail-default ] && rm "$HOME_/.qmail-x"
    deliver - x; expect 111 "4.3.0 "
  done
  home; ln -s /nonexistent/instructions "$HOME_/.qmail"
  deliver "" ""; expect 111 "4.3.0 "
  assertEquals "the default is not what it says" 0 "$(count new)"
}

test_default_maildir_is_made() {
  home
  rm -rf "$HOME_/Maildir"
  deliver "" ""
  expect 0 "did 1+0+0"
  grep -q "made the Maildir $HOME_/Maildir/" "$ERR" || fail "the path is plain: $(cat "$ERR")"
  assertEquals "700 700 700 700" "$(stat -c %a "$HOME_/Maildir" "$HOME_/Maildir/tmp" "$HOME_/Maildir/new" "$HOME_/Maildir/cur" | xargs)"
  assertEquals 1 "$(count new)"
  assertEquals "nothing else" Maildir "$(ls -A "$HOME_")"
  rm -rf "$HOME_/Maildir"
  for n in 1 2 3 4 5; do deliver "" "" & pids="${pids:-} $!"; done
  # shellcheck disable=SC2086
  wait $pids
  deliver "" ""
  assertEquals "many at once" 6 "$(count new)"
  assertEquals "and nothing else" Maildir "$(ls -A "$HOME_")"
}

test_maildir_that_is_not_made() {
  for line in ./Other/ ./Maildir/; do
    home; rm -rf "$HOME_/Maildir"; qmail .qmail $line
    deliver "" ""; expect 111 "4.3.0 "
    grep -qF "as user joe, in $HOME_, run mkdir -p -m 700 $line ${line}tmp ${line}new ${line}cur" "$ERR" ||
      fail "what to do: $(cat "$ERR")"
    assertFalse "[ -e '$HOME_/$line' ]"
  done
  home; rm -rf "$HOME_/Maildir"; ln -s /nonexistent/Maildir "$HOME_/Maildir"
  deliver "" ""; expect 111 "4.3.0 "
  [ $ROOT = yes ] || return 0
  home; rm -rf "$HOME_/Maildir"; chown 0:0 "$HOME_"; chmod 0755 "$HOME_"
  deliver "" ""; expect 111 "4.3.0 "
}

test_no_maildir() {
  home; qmail .qmail ./Nowhere/; deliver "" ""; expect 111 "4.3.0 "
  home; rmdir "$HOME_/Maildir/new"; deliver "" ""; expect 111 "4.3.0 "
  grep -qF "run mkdir -p -m 700 ./Maildir/" "$ERR" || fail "what to do: $(cat "$ERR")"
  assertEquals 0 "$(count tmp)"
}

test_full_disk() {
  need_root || return 0
  need mkfs.ext4 e2fsprogs || return 0
  home
  dd if=/dev/zero of="$SCRATCH/image" bs=1024 count=600 2>/dev/null
  mkfs.ext4 -q -O ^has_journal -N 64 "$SCRATCH/image" 2>/dev/null || { why="mkfs.ext4 failed"; return 0; }
  mount -o loop "$SCRATCH/image" "$HOME_/Maildir" 2>/dev/null || { why="no loop mounts here"; return 0; }
  on_exit "umount '$HOME_/Maildir' 2>/dev/null"
  mkdir "$HOME_/Maildir/tmp" "$HOME_/Maildir/new"; own
  { cat "$MSG"; head -c 900000 /dev/zero | tr '\0' z; } > "$SCRATCH/big"
  save=$MSG MSG=$SCRATCH/big
  deliver "" ""
  expect 111 "4.2.2 "
  assertEquals 0 "$(count new)"
  assertEquals 0 "$(count tmp)"
  qmail .qmail ./Maildir/box
  echo keep > "$HOME_/Maildir/box"; own
  deliver "" ""
  expect 111 "4.2.2 "
  assertEquals "mbox as it was" keep "$(cat "$HOME_/Maildir/box")"
  MSG=$save
  umount "$HOME_/Maildir"
}

test_file_size_limit() {
  home
  { cat "$MSG"; head -c 90000 /dev/zero | tr '\0' z; } > "$SCRATCH/big"
  save=$MSG MSG=$SCRATCH/big
  code=$(trap '' XFSZ; ulimit -f 20; deliver "" ""; echo $code)
  MSG=$save
  expect 111 "4.2.2 "
  assertEquals 0 "$(count new)"
  assertEquals 0 "$(count tmp)"
}

test_failing_calls() {
  need strace strace || return 0
  for fault in fsync:error=EIO fsync:error=EIO:when=2 link,linkat:error=EIO close:error=EIO:when=3+; do
    home
    as_user strace -qq -o "$SCRATCH/t/trace" -e trace="${fault%%:*}" -e inject="$fault" \
      "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x ./Maildir/ < "$MSG" > "$OUT" 2> "$ERR"
    code=$?
    grep -q INJECTED "$SCRATCH/t/trace" || { why="strace does not inject here"; return 0; }
    case $fault in close*) continue ;; esac
    expect 111 "4.3.0 "
    assertEquals "$fault: new/" 0 "$(count new)"
    assertEquals "$fault: tmp/" 0 "$(count tmp)"
  done
}

# P4: whichever call fails, the message is delivered whole, once, or tried again with nothing left behind.
sweep() { # WHAT-TO-CHECK LINE
  for call in openat,open pread64 write,writev fsync linkat,link fstat,newfstatat,fstatfs,stat chdir fcntl,flock lseek ftruncate; do
    n=0
    while n=$((n + 1)); [ $n -le 12 ]; do
      home
      qmail .qmail "$2"
      as_user strace -qq -o "$SCRATCH/t/trace" -e trace="$call" -e inject="$call:error=EIO:when=$n" \
        "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x ./Maildir/ < "$MSG" > "$OUT" 2> "$ERR"
      code=$?
      grep -q INJECTED "$SCRATCH/t/trace" 2>/dev/null || break
      swept=$((swept + 1))
      "$1" "$call $n"
    done
  done
}
# 127: where it is linked dynamically the loader makes some of the calls
whole_maildir() {
  case $code in
    0) assertEquals "$1: delivered" "1 $(($(wc -c < "$MSG") + 54))" "$(count new) $(new | xargs cat | wc -c)" ;;
    111 | 127) assertEquals "$1: not delivered" 0 "$(count new)" ;;
    *) fail "$1: exit code $code" ;;
  esac
}
whole_mbox() {
  case $code in
    0) assertEquals "$1: delivered" 1 "$(grep -c '^last$' "$HOME_/Mailbox")" ;;
    111 | 127) assertEquals "$1: not delivered" 0 "$(cat "$HOME_/Mailbox" 2>/dev/null | wc -c)" ;;
    *) fail "$1: exit code $code" ;;
  esac
}
test_every_failing_call() {
  need strace strace || return 0
  strace -o /dev/null true 2>/dev/null || { why="strace does not work here"; return 0; }
  swept=0
  sweep whole_maildir ./Maildir/
  sweep whole_mbox ./Mailbox
  assertTrue "$swept failures tried" "[ $swept -gt 25 ]"
}

test_stopped_while_writing() {
  need strace strace || return 0
  home
  as_user strace -qq -o "$SCRATCH/t/trace" -e trace=fsync -e inject=fsync:signal=TERM \
    "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x ./Maildir/ < "$MSG" > "$OUT" 2> "$ERR"
  code=$?
  expect 111 "4.3.0 "
  assertEquals 0 "$(count new)"
  assertEquals 0 "$(count tmp)"
  for call in fsync write,writev; do
    home
    qmail .qmail ./Mailbox
    echo keep > "$HOME_/Mailbox"; own
    as_user strace -qq -o "$SCRATCH/t/trace" -e trace=$call -e inject=$call:signal=TERM \
      "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x ./Maildir/ < "$MSG" > "$OUT" 2> "$ERR"
    code=$?
    expect 111 "4.3.0 "
    assertEquals "mbox as it was, $call" keep "$(cat "$HOME_/Mailbox")"
  done
}

test_loop() {
  home
  { printf 'Subject: x\ndelivered-to: joe@host.example.org\n\nbody\n'; } > "$SCRATCH/loop"
  save=$MSG MSG=$SCRATCH/loop
  deliver "" ""
  expect 100 "5.4.6 "
  printf 'Delivered-To: joe@host.example.orgy\nDelivered-To: xjoe@host.example.org\n\nDelivered-To: joe@host.example.org\n' > "$SCRATCH/loop"
  deliver "" ""
  MSG=$save
  expect 0 "did 1+0+0"
}

test_program_environment() {
  home
  # shellcheck disable=SC2016
  qmail .qmail-a-default '|env > env; pwd > pwd; cat > message'
  deliver - A-b-c-d 'x y@far.example'
  expect 0 "did 0+0+1"
  for v in "SENDER=x y@far.example" "NEWSENDER=x y@far.example" RECIPIENT=joe-A-b-c-d@host.example.org USER=joe \
    "HOME=$HOME_" LOCAL=joe-A-b-c-d HOST=host.example.org HOST2=host.example HOST3=host HOST4=host \
    EXT=A-b-c-d EXT2=b-c-d EXT3=c-d EXT4=d DEFAULT=b-c-d "DTLINE=Delivered-To: joe-A-b-c-d@host.example.org" \
    'RPLINE=Return-Path: <"x y"@far.example>'; do
    grep -qxF "$v" "$HOME_/env" || fail "no $v in $(cat "$HOME_/env")"
  done
  grep -q '^UFLINE=From x-y@far.example ' "$HOME_/env" || fail "UFLINE"
  assertEquals "$HOME_" "$(cat "$HOME_/pwd")"
  assertTrue "the message alone" "cmp '$MSG' '$HOME_/message'"
  qmail .qmail-exact '|env > env'
  DEFAULT=inherited deliver - exact
  grep -q '^DEFAULT' "$HOME_/env" && fail "DEFAULT without default"
  qmail .qmail-x-default '|env > env'
  deliver - x-default
  grep -qx 'DEFAULT=default' "$HOME_/env" || fail "DEFAULT of a literal default"
}

# what old shells would take for a function to define, and run what follows it
test_values_that_are_functions() {
  home
  # shellcheck disable=SC2016
  qmail .qmail-default '|env > env'
  f='() { :;}; touch f'
  ORCPT=$f ENVID=$f deliver - "$f" "$f" "$f"
  expect 0 "did 0+0+1"
  for v in SENDER NEWSENDER LOCAL EXT DEFAULT ORCPT ENVID; do
    grep -qxF "$v= $f" "$HOME_/env" || fail "$v: $(grep "^$v=" "$HOME_/env")"
  done
  assertEquals "" "$(grep '=() {' "$HOME_/env")"
}

test_program_codes() {
  for c in 100 64 65 70 76 77 78 112; do
    home; qmail .qmail "|exit $c" ./Maildir/; deliver "" ""; expect 100 "5.3.0 "; assertEquals 0 "$(count new)"
  done
  for c in 1 2 63 71 74 75 111 113 127 255; do
    home; qmail .qmail "|exit $c" ./Maildir/; deliver "" ""; expect 111 "4.3.0 "; assertEquals 0 "$(count new)"
  done
  home; qmail .qmail "|kill -9 \$\$"; deliver "" ""; expect 111 "4.3.0 "
  home; qmail .qmail "|exit 0" ./Maildir/; deliver "" ""; expect 0 "did 1+0+1"
  home; qmail .qmail "|exit 99" ./Maildir/; deliver "" ""; expect 0 "did 0+0+1"; assertEquals 0 "$(count new)"
}

test_program_output_is_for_the_log() {
  home
  qmail .qmail "|echo to the world; echo secret >&2; exit 100"
  deliver "" ""
  expect 100 "5.3.0 "
  assertEquals 1 "$(wc -l < "$OUT")"
  grep -q 'secret\|world' "$OUT" && fail "a program's words for the sender"
  grep -q secret "$ERR" && grep -q 'to the world' "$ERR" || fail "not in the log"
}

test_program_gets_the_start_each_time() {
  home
  qmail .qmail "|cat > one" "|read a; echo \"\$a\" > two" ./Maildir/ "|cat > three"
  deliver "" ""
  expect 0 "did 1+0+3"
  assertTrue "first" "cmp '$MSG' '$HOME_/one'"
  assertEquals "From: a@b.example" "$(cat "$HOME_/two")"
  assertTrue "third" "cmp '$MSG' '$HOME_/three'"
}

test_program_has_no_other_descriptors() {
  home
  qmail .qmail ./Maildir/ ./box "|ls -l /proc/self/fd > fds"
  deliver "" ""
  expect 0 "did 2+0+1"
  grep -c ' -> ' "$HOME_/fds" > "$OUT"
  as_user sh -c 'ls -l /proc/self/fd > "$0"' "$HOME_/mine" < "$MSG" 2> "$ERR"
  assertEquals "$(cat "$HOME_/mine" "$HOME_/fds")" "$(grep -c ' -> ' "$HOME_/mine")" "$(cat "$OUT")"
}

test_message_must_be_a_file() {
  home
  cat "$MSG" | as_user "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x ./Maildir/ > "$OUT" 2> "$ERR"
  code=$?
  expect 111 "4.3.0 "
}

test_root_gets_no_mail() {
  need_root || return 0
  home
  "$SCRATCH/inst/bin/mail-local" joe "$HOME_" joe "" "" host.example.org s@x ./Maildir/ < "$MSG" > "$OUT" 2> "$ERR"
  assertEquals 111 $?
}

test_usage() {
  as_user "$SCRATCH/inst/bin/mail-local" joe "$HOME_" < "$MSG" > "$OUT" 2> "$ERR"
  assertEquals "what an update brings about is no reason to bounce" 111 $?
}

# --- forwards, to a stub of mail-queued ---

queued() { # [CODE TEXT]
  rm -rf "$SCRATCH/q"
  python3 -S "$stub/queued.py" "$SCRATCH/inst/run/queue" "$SCRATCH/q" "$@" &
  qpid=$!
  on_exit "kill $qpid 2>/dev/null"
  wait_for 60 test -S "$SCRATCH/inst/run/queue"
}
unqueued() { kill $qpid; wait $qpid 2>/dev/null; rm -f "$SCRATCH/inst/run/queue"; }
envelope() { tr '\0' ' ' < "$SCRATCH/q/$1.env"; }

test_forward() {
  need python3 python3 || return 0
  queued
  home
  qmail .qmail-l a@x.example ./Maildir/ "&b@x.example" "|true" _c@x.example
  deliver - l
  expect 0 "did 1+3+1 qp 0000"
  assertEquals "Fsender@far.example Ta@x.example Tb@x.example T_c@x.example " "$(envelope 1)"
  { echo 'Delivered-To: joe-l@host.example.org'; cat "$MSG"; } > "$SCRATCH/want"
  assertTrue "message" "cmp '$SCRATCH/want' '$SCRATCH/q/1.mess'"
  assertFalse "one message" "[ -e '$SCRATCH/q/2.mess' ]"

  qmail .qmail-99 a@x.example "|exit 99" b@x.example
  deliver - 99
  expect 0 "did 0+1+1 qp"
  assertEquals "Fsender@far.example Ta@x.example " "$(envelope 2)"

  qmail .qmail-fail a@x.example "|exit 1"
  deliver - fail
  expect 111 "4.3.0 "
  assertFalse "nothing sent after a failure" "[ -e '$SCRATCH/q/3.mess' ]"

  qmail .qmail-only a@x.example; chmod 0700 "$HOME_/.qmail-only"
  deliver - only
  expect 0 "did 0+1+0 qp"
  unqueued
}

# what the sender asked for goes on, but for the success that it hears of now; not when there is another sender
test_forward_keeps_parameters() {
  need python3 python3 || return 0
  queued
  home
  qmail .qmail a@x.example b@x.example
  export NOTIFY=SUCCESS,DELAY ORCPT='rfc822;j@x' RET=FULL ENVID=QQ SMTPUTF8=1
  deliver '' ''
  assertEquals "Fsender@far.example rFULL eQQ u Ta@x.example nDELAY orfc822;j@x Tb@x.example nDELAY orfc822;j@x " "$(envelope 1)"
  unset ORCPT RET ENVID SMTPUTF8
  n=1
  for pair in NEVER:NEVER SUCCESS:NEVER FAILURE:FAILURE SUCCESS,FAILURE,DELAY:FAILURE,DELAY; do
    n=$((n + 1)) NOTIFY=${pair%:*}
    deliver '' ''
    assertEquals "$pair" "Fsender@far.example Ta@x.example n${pair#*:} Tb@x.example n${pair#*:} " "$(envelope $n)"
  done
  NOTIFY=NEVER
  qmail .qmail-l a@x.example
  qmail .qmail-l-owner ./Maildir/
  deliver - l
  unset NOTIFY
  assertEquals "Fjoe-l-owner@host.example.org Ta@x.example " "$(envelope $((n + 1)))"
  unqueued
}

test_forward_names_the_message_it_came_of() {
  need python3 python3 || return 0
  queued
  home
  qmail .qmail a@x.example
  QUEUEID=0660be46f8d68a0007fc000001 deliver '' ''
  assertEquals "Fsender@far.example p0660be46f8d68a0007fc000001 Ta@x.example " "$(envelope 1)"
  unqueued
}

test_owner() {
  need python3 python3 || return 0
  queued
  home
  qmail .qmail-List a@x.example; mv "$HOME_/.qmail-List" "$HOME_/.qmail-list"
  qmail .qmail-list-owner ./Maildir/
  deliver - List
  assertEquals "Fjoe-List-owner@host.example.org Ta@x.example " "$(envelope 1)"
  qmail .qmail-list-owner-default ./Maildir/
  deliver - list
  assertEquals "Fjoe-list-owner-@host.example.org-@[] Ta@x.example " "$(envelope 2)"
  deliver - list ""
  assertEquals "F Ta@x.example " "$(envelope 3)"
  deliver - list "#@[]"
  assertEquals "F#@[] Ta@x.example " "$(envelope 4)"
  # shellcheck disable=SC2016
  qmail .qmail-list '|echo "$NEWSENDER" > newsender'
  deliver - list
  assertEquals "joe-list-owner-@host.example.org-@[]" "$(cat "$HOME_/newsender")"
  unqueued
}

test_forward_fails() {
  need python3 python3 || return 0
  home
  qmail .qmail a@x.example
  queued 31 "5.6.0 no"; deliver "" ""; expect 100 "5.3.0 "; unqueued
  queued 53 "4.3.0 disk"; deliver "" ""; expect 111 "4.3.0 "; unqueued
  queued 77 "4.3.0 what"; deliver "" ""; expect 111 "4.3.0 "; unqueued
}

run_tests
