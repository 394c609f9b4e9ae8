# mail-newpw: passwords set, removed, listed; what is none; the file's owner and mode; at a terminal without echo
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
file=$home/users/passwords
newpw() { "$home/bin/mail-newpw" "$@" 2> "$SCRATCH/err"; }
set_password() { echo "$2" | newpw "$1"; } # LOGIN PASSWORD

oneTimeSetUp() {
  has_tls || return 0
  instance "$home" mx.example.org || exit 1
}

test_set_list_remove() {
  need_tls || return 0
  rm -f "$file"
  assertEquals "no file yet" "" "$(newpw -l)"
  set_password Joe one
  assertEquals 0 $?
  set_password ann@example.org two
  assertEquals "joe ann@example.org" "$(newpw -l | xargs)"
  ann=$(grep '^ann@' "$file")
  seed=$(grep '^\*:' "$file")
  set_password joe three
  assertEquals "set again: there once" "ann@example.org joe" "$(newpw -l | xargs)"
  assertEquals "others stay as they are" "$ann" "$(grep '^ann@' "$file")"
  assertEquals "so does the seed" "$seed" "$(grep '^\*:' "$file")"
  assertTrue "its form" "grep -qE '^joe:[\$]y[\$][^:]+:SCRAM-SHA-256[\$]20000:[A-Za-z0-9+/]{22}==[\$][A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=\$' $file"
  newpw -d JOE
  assertEquals 0 $?
  assertEquals "ann@example.org" "$(newpw -l)"
  newpw -d joe
  assertEquals "not there" 100 $?
  assertContains "says so" "$(cat "$SCRATCH/err")" "has no login joe"
  echo x | newpw -i 4096 joe
  assertTrue "iterations" "grep -q '^joe:.*SHA-256[\$]4096:' $file"
  assertFalse "nothing is left" "[ -e $file.tmp ]"
}

test_only_root_may() {
  need_tls && need_root || return 0
  for args in joe "-d joe" -l; do
    # shellcheck disable=SC2086
    setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-newpw" $args < /dev/null 2> "$SCRATCH/err"
    assertEquals "$args" 100 $?
    assertEquals "$args" "mail-newpw: fatal: only root may see and change logins" "$(cat "$SCRATCH/err")"
  done
}

test_owner_and_mode() {
  need_tls && need_root || return 0
  set_password joe x
  assertEquals "0 $(awk '$1 == "mailc" { print $3 }' "$home.users") 640" "$(stat -c '%u %g %a' "$file")"
}

# as the libraries of others have it
test_the_hash_is_the_passwords() {
  need_tls && need python3 python3 || return 0
  set_password joe "correct horse"
  assertEquals "yes" "$(python3 -S - "$file" <<'P'
import base64, ctypes, hashlib, hmac, sys
login, h, keys = [l for l in open(sys.argv[1]) if l.startswith("joe:")][0].rstrip("\n").split(":", 2)
crypt = ctypes.CDLL("libcrypt.so.1").crypt
crypt.restype = ctypes.c_char_p
assert crypt(b"correct horse", h.encode()).decode() == h and crypt(b"x", h.encode()).decode() != h
_, salt, pair = keys.split("$")
n, salt = salt.split(":")
stored, server = map(base64.b64decode, pair.split(":"))
salted = hashlib.pbkdf2_hmac("sha256", b"correct horse", base64.b64decode(salt), int(n))
mac = lambda s: hmac.new(salted, s, "sha256").digest()
assert hashlib.sha256(mac(b"Client Key")).digest() == stored and mac(b"Server Key") == server
print("yes")
P
)"
}

test_what_is_none() {
  need_tls || return 0
  set_password joe x
  before=$(cat "$file")
  for login in "" "a b" "a:b" "*" "$(printf '%0256d' 0)" "$(printf 'a\377')"; do
    set_password "$login" x
    assertEquals "login '$login'" 100 $?
  done
  for password in "" "$(printf 'a\001')" "$(printf '\377')" "$(printf '%0512d' 0)"; do
    set_password joe "$password"
    assertEquals "password '$password'" 100 $?
    assertContains "says why" "$(cat "$SCRATCH/err")" "a password has 1 to 511 bytes"
  done
  printf 'a\000b\n' | newpw joe
  assertEquals "a NUL byte" 100 $?
  newpw joe < /dev/null
  assertEquals "no password" 100 $?
  for args in "" "-x joe" "-l joe" "-d" "-d -l" "joe ann" "-i 4095 joe" "-i x joe"; do
    # shellcheck disable=SC2086
    echo x | newpw $args
    assertEquals "usage: $args" 100 $?
  done
  assertEquals "nothing has changed" "$before" "$(cat "$file")"
  set_password joe "$(printf '%0511d' 0)"
  assertEquals "the longest" 0 $?
}

test_beyond_ascii() {
  need_tls || return 0
  warning='mail-newpw: warning: a login or password beyond ASCII'
  set_password jörg x
  assertContains "login" "$(cat "$SCRATCH/err")" "$warning"
  set_password joe 'pässword'
  assertContains "password" "$(cat "$SCRATCH/err")" "$warning"
  set_password joe x
  assertEquals "ASCII" "" "$(cat "$SCRATCH/err")"
}

test_lines_of_others_stay() {
  need_tls || return 0
  printf '%s\n' 'bob:$6$x$y:' 'not a line' '# a word' > "$file"
  printf 'last:x:' >> "$file"
  set_password joe x
  assertEquals "bob:\$6\$x\$y: not a line # a word last:x:" "$(grep -v '^joe:\|^\*:' "$file" | xargs)"
  assertEquals "bob last joe" "$(newpw -l | xargs)"
  assertContains "is told" "$(cat "$SCRATCH/err")" "a line that is not of its form"
}

test_trouble() {
  need_tls || return 0
  rm -f "$file"
  mkdir "$file"
  set_password joe x
  assertEquals "a directory" 111 $?
  rmdir "$file"
  mv "$home/users" "$home/users.away"
  set_password joe x
  assertEquals "no folder" 111 $?
  mv "$home/users.away" "$home/users"
}

test_nobody_else_holds_it_up() {
  need_tls && need_root || return 0
  stranger_locks "$home/users" || fail 'no lock'
  echo secret | timeout 30 "$home/bin/mail-newpw" joe
  assertEquals 0 $?
}

test_many_at_once() {
  need_tls || return 0
  rm -f "$file"
  pids=
  for i in 1 2 3 4 5; do
    (set_password "u$i" x) &
    pids="$pids $!"
  done
  # shellcheck disable=SC2086
  wait $pids
  assertEquals "u1 u2 u3 u4 u5" "$(newpw -l | sort | xargs)"
}

test_at_a_terminal() {
  need_tls && need python3 python3 || return 0
  cat > "$SCRATCH/type.py" <<'P'
import os, pty, sys, time
pid, fd = pty.fork()
if not pid: os.execv(sys.argv[1], sys.argv[1:3])
seen = b""
for word, line in zip((b"new password of ", b"once more, of "), sys.argv[3:]):
    while word not in seen or not seen.endswith(b": "): seen += os.read(fd, 100)
    os.write(fd, line.encode() + b"\n")
try:
    while True:
        more = os.read(fd, 100)
        if not more: break
        seen += more
except OSError: pass
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), "shown" if sys.argv[3].encode() in seen else "hidden")
P
  assertEquals "0 hidden" "$(python3 -S "$SCRATCH/type.py" "$home/bin/mail-newpw" tty secretword secretword)"
  assertEquals "two that differ" "100 hidden" "$(python3 -S "$SCRATCH/type.py" "$home/bin/mail-newpw" tty2 secretword other)"
  assertContains "is there" "$(newpw -l)" tty
  assertNotContains "is not" "$(newpw -l)" tty2
}

run_tests
