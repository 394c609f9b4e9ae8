# mail-showctl: every setting of the table, values and defaults, and what is wrong; and mail-control(5) knows them all
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home control=$SCRATCH/home/control
oneTimeSetUp() { instance "$home" host.example.org || fail "no instance"; }
setUp() {
  this=$_shunit_test_ why=
  [ ! -d "$control" ] || { rm -rf "$control"; mkdir "$control"; echo host.example.org > "$control/me"; }
}
show() { "$home/bin/mail-showctl" > "$SCRATCH/out" 2> "$SCRATCH/err"; }
shows() { grep -qxF -- "$1" "$SCRATCH/out" || fail "no '$1' in: $(cat "$SCRATCH/out")"; }
settings() { sed -n 's/^  { "\([a-z]*\)", [VNLM], .*/\1/p' src/lib/conf/settings.c; }

test_the_instance() {
  show || fail "exit $?: $(cat "$SCRATCH/err")"
  shows "version: $(cat VERSION)"
  shows "home: $home"
  assertEquals 11 "$(grep -c '^user: ' "$SCRATCH/out")"
  shows "user: maila is uid $(sed -n 's/^maila //p' "$home.users" | sed 's/ /, gid /')"
}

test_every_setting_is_shown_once() {
  show
  [ "$(settings | wc -l)" -gt 20 ] || fail "cannot read settings.c"
  for s in $(settings); do assertEquals "$s" 1 "$(grep -c "^$s: .*  \[.*; .*\] ." "$SCRATCH/out")"; done
  assertEquals "sorted" "$(settings)" "$(settings | LC_ALL=C sort -u)"
}

test_values() {
  echo ' 25 ' | sed 's/^ //' > "$control/concurrencyremote"
  printf 'a.example\n# no\n\nB.example\n' > "$control/locals"
  printf 'v.example:joe\nw.example:\n' > "$control/virtualdomains"
  : > "$control/rcpthosts"
  printf 'greet\033ing\\\nsecond line\n' > "$control/smtpgreeting"
  show || fail "exit $?"
  grep -q '^concurrencyremote: 25  \[file; mail-send\] ' "$SCRATCH/out" || fail "number"
  grep -q '^concurrencylocal: 10  \[default; mail-send\] ' "$SCRATCH/out" || fail "default number"
  grep -q '^helohost: host.example.org  \[default; ' "$SCRATCH/out" || fail "default me"
  grep -q '^locals: 2 lines  \[file; ' "$SCRATCH/out" || fail "list"
  shows "	a.example"
  shows "	b.example"
  shows "	v.example:joe"
  shows "	w.example:"
  grep -q '^rcpthosts: (none)  \[file; ' "$SCRATCH/out" || fail "empty list: $(grep '^rcpt' "$SCRATCH/out")"
  grep -q '^badmailfrom: (none)  \[default; ' "$SCRATCH/out" || fail "no list"
  grep -q '^smtpgreeting: greet\\x1bing\\x5c  \[file; ' "$SCRATCH/out" || fail "escaped"
  rm "$control/locals"
  show
  grep -q '^locals: host.example.org  \[default; ' "$SCRATCH/out" || fail "default list"
}

test_what_is_wrong() {
  echo ten > "$control/concurrencylocal"
  echo 99999999999 > "$control/databytes"
  mkdir "$control/locals"
  show
  assertEquals 111 $?
  grep -q '^concurrencylocal: wrong: not a number: ten  \[file; ' "$SCRATCH/out" || fail "word"
  grep -q '^databytes: wrong: not a number: 99999999999  \[file; ' "$SCRATCH/out" || fail "large number"
  grep -q '^locals: wrong: .*directory  \[file; ' "$SCRATCH/out" || fail "folder: $(grep '^locals' "$SCRATCH/out")"
  rm -r "$control/locals" "$control/me"
  show
  assertEquals 111 $?
  grep -q '^me: wrong: write the full name' "$SCRATCH/out" || fail "me: $(grep '^me' "$SCRATCH/out")"
}

test_files_that_nobody_reads() {
  for f in rcpthost concurencyremote locals~ Me.bak spfbehavior .swp "$(printf 'x\ny')"; do : > "$control/$f"; done
  show || fail "exit $?"
  shows 'rcpthost: no program reads this file; is it meant to be rcpthosts?'
  shows 'concurencyremote: no program reads this file; is it meant to be concurrencyremote?'
  shows 'locals~: no program reads this file; is it meant to be locals?'
  shows 'spfbehavior: no program reads this file'
  shows 'x\x0ay: no program reads this file'
  shows '.swp: no program reads this file'
}

test_as_anybody() {
  need_root || return 0
  echo secret > "$control/smtproutes"
  chmod 0600 "$control/smtproutes"
  setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-showctl" > "$SCRATCH/out" 2> "$SCRATCH/err"
  assertEquals 111 $?
  grep -q '^smtproutes: wrong: Permission denied  \[file; ' "$SCRATCH/out" || fail "$(grep '^smtpr' "$SCRATCH/out")"
  grep -q '^me: host.example.org  \[file; ' "$SCRATCH/out" || fail "me"
}

test_failures() {
  "$home/bin/mail-showctl" x 2> /dev/null
  assertEquals 100 $?
  "$home/bin/mail-showctl" > /dev/full 2> /dev/null
  assertEquals 111 $?
}

# The man page has one .It for each row of the table, in the same order, and no other.
test_the_man_page_has_every_setting() {
  assertEquals "$(settings)" "$(sed -n '/^\.Sh SETTINGS/,/^\.Sh SYNTAX/s/^\.It Pa \([a-z]*\)$/\1/p' man/mail-control.5)"
}

# In the page each setting's default is the table's: "Default: X." in the item's text.
test_the_man_page_has_the_defaults() {
  sed -n 's/^  { "\([a-z]*\)", [VNLM], "\([^"]*\)", .*/\1 \2/p' src/lib/conf/settings.c |
    while read -r name standard; do
      case $standard in =me) standard='the value of' ;; esac
      awk -v n="$name" '/^\.It Pa / { on = $3 == n } on' man/mail-control.5 |
        grep -qF -- "Default: ${standard}" || echo "$name: $standard"
    done > "$SCRATCH/missing"
  assertEquals "" "$(cat "$SCRATCH/missing")"
}

run_tests
