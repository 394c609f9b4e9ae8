#!/bin/sh
# mail-newmrh.sh - the table of more domains: what is in it, what is refused, and what servers make of it

# shellcheck disable=SC1091
. "$(dirname "$0")/../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

table=control/morercpthosts.cdb
newmrh() { "$home/bin/mail-newmrh" 2> "$SCRATCH/err"; code=$?; }
domains() { printf '%s\n' "$@" > "$home/control/morercpthosts"; }
# all keys of the table, in order; written from the format's description, not from our reader
keys() {
  python3 -I -S - "$home/$table" <<'EOF'
import struct, sys
d = open(sys.argv[1], "rb").read()
pos, end = 2048, min(struct.unpack_from("<I", d, 8 * i)[0] for i in range(256))
while pos < end:
    k, n = struct.unpack_from("<II", d, pos)
    print(d[pos + 8:pos + 8 + k + n].decode() + ("" if n == 0 else " has data"))
    pos += 8 + k + n
EOF
}
rcpt() { # DOMAIN
  talk 'HELO c' 'MAIL FROM:<a@b.example>' "RCPT TO:<yes@$1>"
  reply 4 | cut -c1-9
}

test_table() {
  domains Example.NET '# comment' '' '.suffix.example  ' 'xn--bcher-kva.example'
  printf 'last.example' >> "$home/control/morercpthosts"
  newmrh
  assertEquals "$(cat "$SCRATCH/err")" 0 $code
  assertEquals 'example.net
.suffix.example
xn--bcher-kva.example
last.example' "$(keys)"
  assertEquals 644 "$(stat -c %a "$home/$table")"
  assertFalse 'nothing left' "[ -e '$home/$table.tmp' ]"
  : > "$home/control/morercpthosts"
  newmrh
  assertEquals '0 ' "$code $(keys)"
}

test_wrong_lines() {
  echo old > "$home/$table"
  for line in 'a@example.net' 'two words' 'example.net:' '<example.net>' "$(printf '%0256d' 0)" "$(printf 'a\tb')" "$(printf 'a\001b')" \
    "$(printf '%09000d' 0)"; do
    domains good.example "$line"
    newmrh
    assertEquals "$line" 100 $code
    grep -q 'morercpthosts line 2: ' "$SCRATCH/err" || fail "$line gives $(cat "$SCRATCH/err")"
  done
  printf 'a.example\0b\nc.example\n' > "$home/control/morercpthosts"
  newmrh
  assertEquals NUL 100 $code
  rm "$home/control/morercpthosts"
  newmrh
  assertEquals 'no text' 111 $code
  assertEquals 'the old table stays' old "$(cat "$home/$table")"
  assertFalse 'nothing left' "[ -e '$home/$table.tmp' ]"
  "$home/bin/mail-newmrh" x 2>/dev/null
  assertEquals 100 $?
}

test_servers_take_these_domains() {
  forget
  domains more.example .sub.example
  newmrh
  assertEquals 'not without rcpthosts' '550 5.7.1' "$(rcpt more.example)"
  echo first.example > "$home/control/rcpthosts"
  assertEquals 'rcpthosts' '250 2.1.5' "$(rcpt first.example)"
  assertEquals 'whatever its case' '250 2.1.5' "$(rcpt MORE.Example)"
  assertEquals 'a suffix' '250 2.1.5' "$(rcpt a.b.sub.example)"
  assertEquals 'but not the suffix itself' '550 5.7.1' "$(rcpt sub.example)"
  assertEquals 'nor what only ends so' '550 5.7.1' "$(rcpt nomore.example)"
  assertEquals 'nor a name below' '550 5.7.1' "$(rcpt a.more.example)"
  : > "$home/control/rcpthosts"
  assertEquals 'empty rcpthosts' '250 2.1.5' "$(rcpt more.example)"
  assertEquals 'no stranger to mail-showctl' '' "$("$home/bin/mail-showctl" | grep 'no program reads')"
  echo more.example > "$home/control/locals"
  talk 'HELO c' 'MAIL FROM:<a@b.example>' 'RCPT TO:<no@more.example>'
  assertEquals 'ours, so looked up' '550 5.1.1' "$(reply 4 | cut -c1-9)"
}

# what cannot be told is temporary
test_damaged_table() {
  forget
  : > "$home/control/rcpthosts"
  domains more.example
  newmrh
  python3 -I -S -c "
import sys
f = open(sys.argv[1], 'r+b')
f.write(b'\xff' * 2048)" "$home/$table"
  assertEquals '451 4.3.0' "$(rcpt more.example)"
  assertTrue 'logged' "grep -q 'morercpthosts.cdb is damaged' '$SCRATCH/log'"
  : > "$home/$table"
  talk 'HELO c'
  assertEquals 'empty' '421 exit 111' "$(codes)"
  rm "$home/$table"
}

run_tests
