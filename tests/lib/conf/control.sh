#!/bin/sh
# control.sh - settings files that are written oddly count as they are meant; those that cannot be read delay mail

# shellcheck disable=SC1091
. "$(dirname "$0")/../../lib.sh"
. "$stub/smtpd.sh"

oneTimeSetUp() { smtpd_setup; }

# the reply to one RCPT
rcpt() { # FROM TO
  talk 'HELO c' "MAIL FROM:<$1>" "RCPT TO:<$2>"
  reply 4
}
banned() { assertContains "$1" "$(rcpt bad@spam.example yes@mx.example.org)" '553 5.7.1'; }

test_lists_written_oddly() {
  forget
  for text in 'bad@spam.example' '  bad@spam.example' '\tbad@spam.example\t' '\357\273\277bad@spam.example\n' \
    'bad@spam.example\r\n' 'bad@spam.example # he knows why' 'bad@spam.example\t#' '@spam.example #' \
    '\357\273\277# who is banned\n \t # x\n\n  Bad@Spam.Example  \n' 'x@y\nbad@spam.example' \
    'x@y\n\357\273\277bad@spam.example' '\302\240bad@spam.example' 'bad@spam.example\302\240\n' \
    '\342\200\213 bad@spam.example\342\200\213\r\n'; do
    printf "$text" > "$home/control/badmailfrom"
    banned "$text"
  done
  printf '# x\n   \n' > "$home/control/badmailfrom"
  assertContains 'comments ban nobody' "$(rcpt '#@b' yes@mx.example.org)" '250 2.1.5'
  printf 'bad#one@spam.example\n' > "$home/control/badmailfrom"
  assertContains 'within a word it is one' "$(rcpt bad#one@spam.example yes@mx.example.org)" '553'
}

test_maps_written_oddly() {
  forget
  for text in 'virtual.example:joe' ' virtual.example : joe ' '\357\273\277virtual.example:joe # of ours' '\tVirtual.example\t:\tjoe\r\n'; do
    printf "$text" > "$home/control/virtualdomains"
    assertContains "$text" "$(rcpt a@b yes@virtual.example)" '250 2.1.5'
    assertContains "$text" "$("$home/bin/mail-showctl" 2>&1 | tr '\t' '>')" '>virtual.example:joe
'
  done
}

test_values_written_oddly() {
  forget
  printf '\357\273\277  7 \r\n' > "$home/control/maxrcpt"
  talk 'EHLO c'
  assertContains "$out" '250-LIMITS RCPTMAX=7'
}

# of any file: temporary, and the log has its name
unusable() { # NAME WHY
  talk 'EHLO c'
  assertEquals "$1: $2" '421 exit 111' "$(codes)"
  assertTrue "$1: $2: $(cat "$SCRATCH/log")" "grep 'control/$1' '$SCRATCH/log' | grep -q '$2'"
}

test_what_is_no_plain_file() {
  forget
  for name in rcpthosts badmailfrom locals virtualdomains percenthack dnsbllist proxyhosts databytes smtpgreeting; do
    mkfifo "$home/control/$name"
    unusable $name 'no regular file'
    rm "$home/control/$name"
    mkdir "$home/control/$name"
    unusable $name 'no regular file'
    rmdir "$home/control/$name"
    ln -s nowhere "$home/control/$name"
    unusable $name 'No such file'
    rm "$home/control/$name"
    printf 'mx.example.org\0\n' > "$home/control/$name"
    unusable $name 'NUL'
    rm "$home/control/$name"
  done
  ln -s /dev/null "$home/control/rcpthosts"
  unusable rcpthosts 'no regular file'
  rm "$home/control/rcpthosts"
  truncate -s 8388609 "$home/control/badmailfrom"
  unusable badmailfrom 'too large'
  rm "$home/control/badmailfrom"
  mkfifo "$home/control/morercpthosts.cdb"
  echo mx.example.org > "$home/control/rcpthosts"
  unusable morercpthosts.cdb ''
  rm "$home/control/morercpthosts.cdb"
}

# a line that is no entry lets no banned sender in, and refuses nobody's mail for good
test_a_line_that_is_no_entry_delays_mail() {
  forget
  for line in 'badmailfrom:spam.example' 'badmailfrom:a@b c@d' 'badmailfrom:a@b\rc@d' 'badmailto:joe' \
    'locals:mx.example.org, other.example' 'locals:.example.org' 'rcpthosts:joe@mx.example.org' \
    'virtualdomains:virtual.example' 'virtualdomains:v.example:joe@mx.example.org' 'percenthack:a b'; do
    name=${line%%:*}
    printf "mx.example.org\n${line#*:}\n" > "$home/control/$name"
    [ $name = virtualdomains ] && printf "${line#*:}\nother.example:joe\n" > "$home/control/$name"
    case $name in badmail*) printf "a@b\n${line#*:}\n" > "$home/control/$name" ;; esac
    unusable $name 'must be'
    rm "$home/control/$name"
  done
  printf '%s\n' 'a@b c@d' > "$home/control/badmailfrom"
  unusable badmailfrom 'one entry with a blank .*: a@b c@d$'
  rm "$home/control/badmailfrom"
}

test_domain_literals_are_domains() {
  forget
  printf '%s\n' mx.example.org '[192.0.2.1]' > "$home/control/locals"
  cp "$home/control/locals" "$home/control/rcpthosts"
  printf '%s\n' '@[192.0.2.9]' > "$home/control/badmailfrom"
  assertContains "$(rcpt a@b yes@mx.example.org)" '250 2.1.5'
  assertContains "$(rcpt 'a@[192.0.2.9]' yes@mx.example.org)" '553'
  rm "$home/control/locals" "$home/control/rcpthosts" "$home/control/badmailfrom"
}

test_other_programs() {
  forget
  mkfifo "$home/control/defaulthost" "$home/control/qmqpservers" "$home/control/morercpthosts"
  echo x | "$home/bin/mail-inject" a@b 2> "$SCRATCH/log"
  assertEquals 111 $?
  assertTrue "grep -q control/defaulthost '$SCRATCH/log'"
  "$home/bin/mail-qmqpc" < /dev/null 2> "$SCRATCH/log" 1< /dev/null
  assertEquals 55 $?
  assertTrue "grep -q control/qmqpservers '$SCRATCH/log'"
  if need_root; then
    timeout 20 "$home/bin/mail-newmrh" 2> "$SCRATCH/log"
    assertEquals 111 $?
    assertTrue "grep -q control/morercpthosts '$SCRATCH/log'"
  fi
  why=
}

# What is not there is not looked for; what is there is read once, also where it stands for others.
test_few_files_are_opened() {
  need strace strace || return 0
  forget
  printf 'bad@spam.example\n' > "$home/control/badmailfrom"
  printf 'QUIT\r\n' | strace -f -o "$SCRATCH/trace" -e trace=open,openat,lstat,newfstatat "$smtpd" > "$SCRATCH/out" 2>&1
  assertContains "$(cat "$SCRATCH/out")" 'mx.example.org ESMTP'
  assertEquals 'files' "control/ control/badmailfrom control/me" \
    "$(sed -n "s|.*(.*\"$home/\(control[^\"]*\)\".*|\1|p" "$SCRATCH/trace" | sed 's|^control$|control/|' | sort | xargs)"
  ln -s nothing "$home/control/badmailto"
  talk QUIT
  assertEquals 'a link to nothing is still a mistake' '421 exit 111' "$(codes)"
  rm "$home/control/badmailto"
}

run_tests
