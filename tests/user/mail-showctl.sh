# mail-showctl: every setting of the table, values and defaults, and what is wrong; and mail-control(5) knows them all
. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home control=$SCRATCH/home/control
oneTimeSetUp() { instance "$home" host.example.org || fail "no instance"; }
setUp() {
  this=$_shunit_test_ why=
  [ ! -d "$control" ] || { rm -rf "$control"; mkdir "$control"; echo host.example.org > "$control/me"; }
}
show() { "$home/bin/mail-showctl" "$@" > "$SCRATCH/out" 2> "$SCRATCH/err"; }
shows() { grep -qxF -- "$1" "$SCRATCH/out" || fail "no '$1' in: $(cat "$SCRATCH/out")"; }
settings() { sed -n 's/^  { "\([a-z]*\)", [VNLM], .*/\1/p' src/lib/conf/settings.c; }

test_the_instance() {
  show || fail "exit $?: $(cat "$SCRATCH/err")"
  shows "version: $(cat VERSION)"
  shows "home: $home"
  assertEquals "$(grep -c '^role ' src/rooms)" "$(grep -c '^user: ' "$SCRATCH/out")"
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
  printf 'greeting\\\nsecond line\n' > "$control/smtpgreeting"
  show || fail "exit $?"
  grep -q '^concurrencyremote: 25  \[file; mail-send\] ' "$SCRATCH/out" || fail "number"
  grep -q '^concurrencylocal: 10  \[default; mail-send mail-lspawn\] ' "$SCRATCH/out" || fail "default number"
  grep -q '^helohost: host.example.org  \[default; ' "$SCRATCH/out" || fail "default me"
  grep -q '^locals: 2 lines  \[file; ' "$SCRATCH/out" || fail "list"
  shows "	a.example"
  shows "	b.example"
  shows "	v.example:joe"
  shows "	w.example:"
  grep -q '^rcpthosts: (none)  \[file; ' "$SCRATCH/out" || fail "empty list: $(grep '^rcpt' "$SCRATCH/out")"
  grep -q '^badmailfrom: (none)  \[default; ' "$SCRATCH/out" || fail "no list"
  grep -q '^smtpgreeting: greeting\\x5c  \[file; ' "$SCRATCH/out" || fail "escaped"
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
  grep -q '^concurrencylocal: wrong: must be a number from 0 to 250, .*: ten; the default counts: 10  \[file; ' "$SCRATCH/out" ||
    fail "word: $(grep ^concurrencyl "$SCRATCH/out")"
  grep -q '^databytes: wrong: .*: 99999999999; who needs it waits  \[file; ' "$SCRATCH/out" || fail "large number"
  grep -q '^locals: wrong: no regular file, .*  \[file; ' "$SCRATCH/out" || fail "folder: $(grep '^locals' "$SCRATCH/out")"
  rm -r "$control/locals" "$control/me"
  show
  assertEquals 111 $?
  grep -q '^me: wrong: write the full name' "$SCRATCH/out" || fail "me: $(grep '^me' "$SCRATCH/out")"
}

test_no_setting_takes_nonsense() {
  for s in $(settings | grep -vx me); do printf '<\001no sense>\n' > "$control/$s"; done
  show
  assertEquals 111 $?
  settings | grep -vx me | while read -r s; do
    awk -v s="$s:" '$1 == s { on = 1; print; next } /^\t/ { if (on) print; next } { on = 0 }' "$SCRATCH/out" |
      grep -qE "wrong: (control/$s )?must be " || echo "$s"
  done > "$SCRATCH/taken"
  assertEquals "" "$(cat "$SCRATCH/taken")"
  printf 'no sense\n' > "$control/me"
  show
  grep -q '^me: wrong: must be a host name' "$SCRATCH/out" || fail "me: $(grep '^me' "$SCRATCH/out")"
}

test_what_is_effective() {
  echo 9999 > "$control/concurrencylocal"
  echo -1 > "$control/timeoutremote"
  echo 'no sense' > "$control/helohost"
  show
  assertEquals 111 $?
  grep -q '^concurrencylocal: 250 (the most that counts; the file says 9999)  \[file; ' "$SCRATCH/out" || fail "cap"
  grep -q '^timeoutremote: wrong: .* the default counts: 1200  ' "$SCRATCH/out" || fail "default"
  grep -q '^helohost: wrong: .* the default counts: host.example.org  ' "$SCRATCH/out" || fail "me"
  rm "$control/timeoutremote" "$control/helohost"
  show || fail "a number over its cap is no mistake"
}

# each setting has one, and what it writes makes sense
test_examples_of_the_page() {
  sed -n 's/^\.Dl //p' man/mail-control.5 | sed 's/\\e/\\/g' > "$SCRATCH/examples"
  for s in $(settings); do
    assertEquals "$s" 1 "$(grep -c "> control/$s\(;\|\$\)" "$SCRATCH/examples")"
  done
  (cd "$home" && PATH=$home/bin:$PATH sh "$SCRATCH/examples") || fail "exit $?"
  show || fail "exit $?: $(grep wrong: "$SCRATCH/out")"
  for s in $(settings); do assertTrue "$s" "grep -q '^$s: .*  \[file; ' $SCRATCH/out"; done
  grep -q '^	partner.example:secure$' "$SCRATCH/out" || fail "a line of its own"
}

test_lists_line_by_line() {
  printf '%s\n' 192.0.2.9 '[2001:db8::1]:53' 192.0.2.1 > "$control/dnsservers"
  printf '%s\n' z.example:joe no-colon.example a.example: > "$control/virtualdomains"
  show
  assertEquals 111 $?
  assertEquals "in their order" "	192.0.2.9 	[2001:db8::1]:53 	192.0.2.1" \
    "$(sed -n '/^dnsservers:/,/^[a-e].*: /p' "$SCRATCH/out" | grep '^	' | tr '\n' ' ' | sed 's/ $//')"
  shows "	z.example:joe"
  shows "	no-colon.example  wrong: control/virtualdomains must be domain:user, .suffix:user or address:user; who needs the list waits"
  shows "	a.example:"
  echo 10.9.0.0/33 > "$control/relayclients"
  show
  grep '^	10\.9\.0\.0/33  wrong: control/relayclients must be an' "$SCRATCH/out" > /dev/null ||
    fail "$(grep -A 1 '^relayclients' "$SCRATCH/out")"
}

test_mail_to_this_host() {
  echo example.org > "$control/locals"
  show || fail "exit $?"
  grep -q '^warning: me, host.example.org, is in neither' "$SCRATCH/out" || fail "not said"
  echo .example.org:joe > "$control/virtualdomains"
  show
  assertFalse "virtual" "grep -q '^warning' $SCRATCH/out"
  rm "$control/virtualdomains"
  cp "$control/me" "$SCRATCH/me"
  echo vm | tee "$control/me" > "$control/locals"
  show
  assertEquals "no full name" "warning: me, vm, has no dot" "$(grep '^warning' "$SCRATCH/out" | cut -d: -f1,2)"
  cp "$SCRATCH/me" "$control/me"
  echo HOST.example.org >> "$control/locals"
  show
  assertFalse "local" "grep -q '^warning' $SCRATCH/out"
}

test_what_tls_and_logins_want() {
  need_root && need_tls || return 0
  printf '%s\n' :25 :587:submission > "$control/listen"
  show || fail "exit $?"
  assertEquals "$(grep '^warning' "$SCRATCH/out")" 3 "$(grep -c '^warning: .*\(service tls has never\|no certif\|has no login\)' "$SCRATCH/out")"
  "$home/bin/mail-newcert" -s host.example.org && echo secret | "$home/bin/mail-newpw" joe 2> /dev/null
  show
  assertEquals "one is left" "warning: listen has submission, and the service tls" \
    "$(grep '^warning' "$SCRATCH/out" | cut -c 1-51)"
  chmod 0600 "$home/tls/host.example.org/key"
  show
  grep -q '^warning: tls/host.example.org/key must belong to root' "$SCRATCH/out" || fail "a key nobody can read"
  echo :25 > "$control/listen"
  show
  assertFalse "nobody wants it" "grep '^warning' $SCRATCH/out"
}

test_tables_that_tools_make_are_no_strangers() {
  : > "$control/smtp.cdb" > "$control/submission.cdb" > "$control/.lock"
  : > "$control/morercpthosts.cdb"
  show || fail "exit $?"
  assertFalse "grep 'no program reads' $SCRATCH/out"
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
  grep -q '^smtproutes: not for you to read; wrong: mode 0600 keeps mail-remote out; chmod a+r control/smtproutes  \[file; ' \
    "$SCRATCH/out" || fail "$(grep '^smtpr' "$SCRATCH/out")"
  grep -q '^me: host.example.org  \[file; ' "$SCRATCH/out" || fail "me"
}

# root may read all of it, and is not to be told that all is well
test_what_is_closed_to_its_readers() {
  need_root || return 0
  (umask 077; echo host.example.org > "$control/locals"; : > "$control/smtp.cdb"; : > "$home/users/cdb")
  show
  assertEquals 111 $?
  grep -q '^locals: 1 line; wrong: mode 0600 keeps mail-send mail-lookup .* mail-desk out; chmod a+r control/locals  \[file; ' \
    "$SCRATCH/out" || fail "$(grep ^locals "$SCRATCH/out")"
  shows 'control/smtp.cdb: wrong: mode 0600 keeps mail-smtpd mail-qmtpd mail-qmqpd out; chmod a+r control/smtp.cdb'
  shows 'users/cdb: wrong: mode 0600 keeps mail-lookup out; chmod a+r users/cdb'
  chmod 0700 "$control" "$home/users"
  show
  shows 'control: wrong: mode 0700 keeps mail-queued mail-send mail-smtpd mail-inject out; chmod a+rx control'
  grep -q '^users: wrong: mode 0700 keeps mail-lookup .*; chmod a+rx users$' "$SCRATCH/out" || fail "users"
  setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-showctl" > "$SCRATCH/out" 2> /dev/null
  assertEquals 111 $?
  assertTrue "anybody: $(cat "$SCRATCH/out")" "grep -q '^control: wrong: mode 0700' $SCRATCH/out"
  # what it advises
  (cd "$home" && { show; sed -n 's/.*wrong: .* out; \(chmod a+rx* [a-z./]*\).*/\1/p' "$SCRATCH/out" | sh; })
  show || fail "exit $?: $(grep wrong: "$SCRATCH/out")"
  rm "$home/users/cdb"
}

# each reader of such a file has its uid or gid
test_what_is_open_to_its_readers_alone() {
  need_root || return 0
  group() { sed -n "s/^$1 [0-9]* //p" "$home.users"; }
  closed() { # NAME GROUP MODE
    echo 9 > "$control/$1"
    chgrp "$(group "$2")" "$control/$1"
    chmod "$3" "$control/$1"
  }
  closed timeoutconnect mailr 0640
  closed queueidle mails 0640
  closed concurrencylocal mails 0640            # mail-lspawn is root
  closed authwait mailc 0640
  : > "$control/morercpthosts"                  # for mail-newmrh alone, which is root's
  chmod 0600 "$control/morercpthosts"
  closed delaynotice mailr 0640
  closed minuid mailp 0640                      # mail-lookup is mailv, too
  show
  assertEquals "delaynotice minuid" "$(sed -n 's/^\([a-z]*\): .*wrong: mode.*/\1/p' "$SCRATCH/out" | paste -sd' ')"
  assertTrue "mailv" "grep -q '^minuid: 9; wrong: mode 0640 keeps mail-lookup out' $SCRATCH/out"
  rm "$control/delaynotice" "$control/minuid"
  show || fail "exit $?"
  setpriv --reuid 65534 --regid 65534 --clear-groups "$home/bin/mail-showctl" > "$SCRATCH/out" 2> /dev/null
  assertEquals "not known to all" 111 $?
  assertFalse "not wrong" "grep wrong: $SCRATCH/out"
  grep -q '^queueidle: not for you to read  \[file; ' "$SCRATCH/out" || fail "$(grep ^queueidle "$SCRATCH/out")"
}

test_some() {
  echo 7 > "$control/concurrencylocal"
  printf 'a.example\nb.example\n' > "$control/rcpthosts"
  echo no-colon > "$control/virtualdomains"
  : > "$control/stranger"
  show rcpthosts concurrencyremote
  assertEquals "what is wrong elsewhere does not count" 0 $?
  assertEquals "rcpthosts: 2 lines
	a.example
	b.example
concurrencyremote: 20" "$(sed 's/  \[.*//' "$SCRATCH/out")"
  show -n
  assertEquals 111 $?
  assertEquals "concurrencylocal: 7
me: host.example.org
rcpthosts: 2 lines
	a.example
	b.example
virtualdomains: 1 line
	no-colon  wrong:" "$(sed 's/  \[.*//; s/ control.virtual.*//' "$SCRATCH/out")"
  show -n concurrencyremote me
  assertEquals "me: host.example.org" "$(sed 's/  \[.*//' "$SCRATCH/out")"
  ln -s /nowhere "$control/locals"
  show -n locals
  assertTrue "a link to nothing" "grep -q '^locals: wrong: ' $SCRATCH/out"
}

test_completion() {
  need bash bash || return 0
  completed() {
    PATH=$home/bin:$PATH bash -c '. src/completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bulkhead "$1"
      printf "%s\n" "${COMPREPLY[@]}"' x mail-showctl "$@" | paste -s -d ' '
  }
  assertEquals "-n" "$(completed -n)"
  assertEquals "locals" "$(completed me loca | sed 's/localiphost //')"
}

test_failures() {
  show me rcpthost
  assertEquals 100 $?
  assertEquals "mail-showctl: no setting is called rcpthost; is it meant to be rcpthosts?" "$(cat "$SCRATCH/err")"
  assertEquals "shows none" "" "$(cat "$SCRATCH/out")"
  show -x
  assertEquals 100 $?
  assertTrue "$(cat "$SCRATCH/err")" "grep -qF 'usage: mail-showctl [-n] [NAME...]' $SCRATCH/err"
  "$home/bin/mail-showctl" > /dev/full 2> /dev/null
  assertEquals 111 $?
}

# The man page has one .It for each row of the table, in the same order, and no other.
# in groups
test_the_man_page_has_every_setting() {
  assertEquals "$(settings)" \
    "$(sed -n '/^\.Sh SETTINGS/,/^\.Sh SYNTAX/s/^\.It Pa \([a-z]*\)$/\1/p' man/mail-control.5 | LC_ALL=C sort)"
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
