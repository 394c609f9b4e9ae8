#!/bin/sh
# mail-newu: the table as other tools read it, and every line that is wrong

. "$(dirname "$0")/../lib.sh"

I=$SCRATCH/inst

oneTimeSetUp() { instance "$I" host.example.org || exit 111; }
newu() { "$I/bin/mail-newu" 2> "$SCRATCH/err"; code=$?; }
assign() { printf '%s\n' "$@" > "$I/users/assign"; }

# all records of a cdb as "key -> data", NUL as |; written from the format's description, not from our reader
dump() {
  python3 -S - "$1" <<'EOF'
import struct, sys
d = open(sys.argv[1], "rb").read()
pos, end = 2048, min(struct.unpack_from("<I", d, 8 * i)[0] for i in range(256))
while pos < end:
    k, n = struct.unpack_from("<II", d, pos)
    s = d[pos + 8:pos + 8 + k + n].replace(b"\0", b"|").decode()
    print(s[:k] + " -> " + s[k:])
    pos += 8 + k + n
EOF
}

test_table() {
  need python3 python3 || return 0
  assign "=Joe.X:joe:1001:1002:/home/joe:::" "+Joe-:joe:1001:1002:/home/joe:-:pre-:" "+:all:1003:1003:/h:-::" \
    "+list-:l:1:1:/l:-::" "+ab:l:1:1:/l:-::" . "garbage"
  newu
  assertEquals "$(cat "$SCRATCH/err")" 0 $code
  dump "$I/users/cdb" > "$SCRATCH/got"
  cat > "$SCRATCH/want" <<'EOF'
!joe.x| -> joe|1001|1002|/home/joe||
!joe- -> joe|1001|1002|/home/joe|-|pre-
! -> all|1003|1003|/h|-|
!list- -> l|1|1|/l|-|
!ab -> l|1|1|/l|-|
 -> -b
EOF
  assertTrue "$(diff "$SCRATCH/want" "$SCRATCH/got")" "cmp -s '$SCRATCH/want' '$SCRATCH/got'"
  assertEquals 644 "$(stat -c %a "$I/users/cdb")"
  assertFalse "nothing left" "[ -e '$I/users/cdb.tmp' ]"
}

test_empty_table() {
  need python3 python3 || return 0
  assign .
  newu
  assertEquals 0 $code
  assertEquals " -> " "$(dump "$I/users/cdb")"
}

wrong() { # WORDS-OF-THE-ERROR LINE
  assign "=good:good:1:1:/h:::" "$2" .
  echo old > "$I/users/cdb"
  newu
  assertEquals "$2" 100 $code
  case $(cat "$SCRATCH/err") in *"assign line 2: "*"$1"*) ;; *) fail "$2 gives '$(cat "$SCRATCH/err")'" ;; esac
  assertEquals "the old table stays" old "$(cat "$I/users/cdb")"
  assertFalse "nothing left" "[ -e '$I/users/cdb.tmp' ]"
}

test_wrong_lines() {
  long=$(head -c 1100 /dev/zero | tr '\0' a)
  wrong "does not start" ""
  wrong "does not start" "# comment"
  wrong "does not start" "joe:joe:1:1:/h:::"
  wrong "seven colons" "=joe:joe:1:1:/h::"
  wrong "seven colons" "=joe"
  wrong "seventh colon" "=joe:joe:1:1:/h:::x"
  wrong "no user" "=joe::1:1:/h:::"
  wrong "the uid" "=joe:joe::1:/h:::"
  wrong "the uid" "=joe:joe:x:1:/h:::"
  wrong "the uid" "=joe:joe:-1:1:/h:::"
  wrong "the uid" "=joe:joe:4294967295:1:/h:::"
  wrong "the uid" "=joe:joe:99999999999999999999:1:/h:::"
  wrong "the gid" "=joe:joe:1:1x:/h:::"
  wrong "uid 0" "=joe:joe:0:1:/h:::"
  wrong "uid 0" "=joe:joe:000:1:/h:::"
  wrong "gid 0" "=joe:joe:1:0:/h:::"
  wrong "the home" "=joe:joe:1:1:h:::"
  wrong "the home" "=joe:joe:1:1:/$long:::"
  wrong "the dash" "=joe:joe:1:1:/h:-----------------::"
  wrong "too long" "=$long:joe:1:1:/h:::"
  wrong "too long" "=joe:joe:1:1:/h::$long:"
  wrong "too long" "=joe:joe:1:1:/h::$long$long$long$long$long$long$long$long:"
}

test_no_end() {
  assign "=good:good:1:1:/h:::"
  newu
  assertEquals 100 $code
  grep -q "single dot" "$SCRATCH/err" || fail "$(cat "$SCRATCH/err")"
  printf '=good:good:1:1:/h:::\n.' > "$I/users/assign"
  newu
  assertEquals "a dot without a newline" 0 $code
  printf '=good:good:1:1:/h:::' > "$I/users/assign"
  newu
  assertEquals 100 $code
  printf '=go\0od:good:1:1:/h:::\n.\n' > "$I/users/assign"
  newu
  assertEquals "NUL" 100 $code
}

test_no_file() {
  rm -f "$I/users/assign"
  newu
  assertEquals 111 $code
}

test_syncs_before_it_renames() {
  need strace strace || return 0
  assign "=good:good:1:1:/h:::" .
  strace -o "$SCRATCH/trace" -e trace=fsync,rename,renameat,renameat2 "$I/bin/mail-newu" 2>/dev/null ||
    { why="strace does not work here"; return 0; }
  assertEquals "fsync rename fsync" "$(sed -n 's/^\(fsync\|rename\).*/\1/p' "$SCRATCH/trace" | xargs)"
}

test_full_disk() {
  assign "=good:good:1:1:/h:::" .
  newu
  cp "$I/users/cdb" "$SCRATCH/before"
  (trap '' XFSZ; ulimit -f 1; "$I/bin/mail-newu" 2> "$SCRATCH/err")
  assertEquals 111 $?
  assertTrue "the old table stays" "cmp '$SCRATCH/before' '$I/users/cdb'"
  assertFalse "nothing left" "[ -e '$I/users/cdb.tmp' ]"
}

test_nobody_else_holds_it_up() {
  need_root || return 0
  stranger_locks "$I/users" || fail 'no lock'
  assign "=good:good:1:1:/h:::" .
  timeout 30 "$I/bin/mail-newu"
  assertEquals 0 $?
}

test_usage() {
  "$I/bin/mail-newu" x 2> /dev/null
  assertEquals 100 $?
}

run_tests
