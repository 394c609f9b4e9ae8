# mail-bounce.sh - bounces are well-formed reports, go to the right one, tell nothing else, and can be repeated

. "$(dirname "$0")/../lib.sh"

home=$SCRATCH/home
store=$SCRATCH/store
id=0643abcdef0123000abcffeedd


oneTimeSetUp() {
  instance "$home" mail.example || exit 1
  printf 'Received: from a by b\nFrom: joe@x.example\nSubject: hello\n folded\n\nsecret body\n' > "$SCRATCH/plain"
}

# one step a line on stdin; got prints what came out
room() {
  rm -rf "$store"
  mkdir -p "$store"
  # shellcheck disable=SC2046
  "$stub/bounce-room" "$home" "$store" $([ $ROOT = yes ] && awk '$1 == "mailb" { print $2, $3 }' "$home.users") \
    > "$SCRATCH/out" 2> "$SCRATCH/err"
}
got() { cat "$SCRATCH/out"; }

job() { # SENDER RCPTS [FILE [BOUNCE [MORE]]]
  printf '{"id": "%s", "bounce": %s, "sender": "%s", "rcpts": [%s], "message": "%s"%s}\n' \
    "$id" "${4:-1}" "$1" "$2" "${3:-$SCRATCH/plain}" "${5:-}"
}

facts() { "$stub/dsn" "$store/$id-1.mess" > "$SCRATCH/facts"; }
fact() { assertTrue "$1 in: $(cat "$SCRATCH/facts")" "grep -qxF -- '$1' '$SCRATCH/facts'"; }
envelope() { tr '\0' '\n' < "$store/$id-1.env" | tr '\n' ' '; }

testSingle() {
  job joe@x.example '["who@y.example", "5.1.1 mx.y.example answered RCPT TO: 550 5.1.1 no such user"],
                     ["late@z.example", "4.4.1 no connection to z.example"],
                     ["odd@w.example", "no code here"]' | tr -d '\n' | room
  assertContains "$(got)" "K $id-1"
  assertContains "$(got)" "exit 0"
  assertEquals "F Tjoe@x.example " "$(envelope)"
  facts
  fact "From: Mail Delivery System <MAILER-DAEMON@mail.example>"
  fact "To: <joe@x.example>"
  fact "Auto-Submitted: auto-replied"
  fact "MIME-Version: 1.0"
  fact "Message-ID: <$id-1@mail.example>"
  fact "Content-Transfer-Encoding: None"
  fact "type multipart/report delivery-status"
  fact "parts text/plain message/delivery-status text/rfc822-headers"
  fact "defects []"
  fact "ascii True"
  fact "control False"
  fact "block Final-Recipient: rfc822; who@y.example | Action: failed | Status: 5.1.1 | Diagnostic-Code: smtp; 550 5.1.1 no such user"
  fact "block Final-Recipient: rfc822; late@z.example | Action: failed | Status: 4.4.7"
  fact "block Final-Recipient: rfc822; odd@w.example | Action: failed | Status: 5.0.0"
  assertTrue "reporting MTA and arrival" "grep -q '^block Reporting-MTA: dns; mail.example | Arrival-Date: 16 Nov 2025 ' $SCRATCH/facts"
  fact "Subject: hello"
  fact " folded"
  assertFalse "no body" "grep -q secret '$store/$id-1.mess'"
  assertContains "$(cat "$SCRATCH/facts")" "<who@y.example>:"
}

# The name of the host that answered, from a text of the form that mail-remote gives it; no address, no port of it.
testRemoteMta() {
  job joe@x.example '["a@y.example", "5.1.1 mx.y.example[192.0.2.1]:25 answered RCPT TO: 550 5.1.1 no"],
                     ["b@y.example", "5.1.1 192.0.2.1 answered RCPT TO: 550 5.1.1 no"],
                     ["c@y.example", "4.4.1 mx.y.example[192.0.2.1]:25 cannot be connected to"]' | tr -d '\n' | room
  facts
  fact "block Final-Recipient: rfc822; a@y.example | Action: failed | Status: 5.1.1 | Remote-MTA: dns; mx.y.example | Diagnostic-Code: smtp; 550 5.1.1 no"
  fact "block Final-Recipient: rfc822; b@y.example | Action: failed | Status: 5.1.1 | Diagnostic-Code: smtp; 550 5.1.1 no"
  fact "block Final-Recipient: rfc822; c@y.example | Action: failed | Status: 4.4.7"
}

testRepeated() {
  { job joe@x.example '["who@y.example", "5.1.1 no"]'; job joe@x.example '["who@y.example", "5.1.1 no"]'; } | room
  assertEquals "$(printf 'connection\nK %s\nexists %s\nK %s\nexit 0' "$id-1" "$id-1" "$id-1")" "$(got)"
}

testDouble() {
  job '' '["joe@x.example", "5.1.1 no"]' | room
  assertEquals "F#@[] Tpostmaster@mail.example " "$(envelope)"
  facts
  fact "To: <postmaster@mail.example>"
  fact "Subject: A bounce could not be delivered"
}

testTriple() {
  job '#@[]' '["postmaster@mail.example", "5.1.1 no"]' | room
  assertContains "$(got)" "K discarded"
  assertEquals "" "$(ls "$store")"
  assertContains "$(cat "$SCRATCH/err")" "discarded: a double bounce failed: $id"
}

testVerp() {
  job 'list-@x.example-@[]' '["a@y.example", "5.1.1 no"], ["b@y.example", "5.1.1 no"]' | room
  assertEquals "F Tlist-@x.example " "$(envelope)"
}

testSettings() {
  echo robot > "$home/control/bouncefrom"
  { job joe@x.example '["a@y.example", "5.1.1 no"]'; } | room
  facts
  fact "From: Mail Delivery System <robot@mail.example>"
  { job joe@x.example '["a@y.example", "5.1.1 no"]'; echo '{"set": ["bouncehost", "b.example"]}'
    echo '{"set": ["doublebounceto", "boss"]}'; echo '{"hup": 1}'
    job '' '["a@y.example", "5.1.1 no"]' "$SCRATCH/plain" 2; } | room
  assertEquals "F#@[] Tboss@mail.example " "$(tr '\0' ' ' < "$store/$id-2.env")"
  assertTrue "the new host" "grep -q '^Message-ID: <$id-2@b.example>' '$store/$id-2.mess'"
  { job joe@x.example '["a@y.example", "5.1.1 no"]'; echo '{"set": ["bouncehost", ""]}'; echo '{"hup": 1}'
    job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/plain" 2; } | room
  assertTrue "a bad setting keeps the old ones" "grep -q '^Message-ID: <$id-2@b.example>' '$store/$id-2.mess'"
  assertContains "$(cat "$SCRATCH/err")" "unable to read control/bouncehost"
  : | room
  assertContains 'the default counts' "$(cat "$SCRATCH/err")" "control/bouncehost must be a host name"
  rm "$home/control/bouncefrom" "$home/control/bouncehost" "$home/control/doublebounceto"
}

testQueueAnswers() {
  { echo '{"answer": [53, "4.3.1 disk full"]}'; job joe@x.example '["a@y.example", "x"]'
    echo '{"answer": [31, "5.6.0 never"]}'; job joe@x.example '["a@y.example", "x"], ["b@y.example", "x"]'
    echo '{"restart": 1}'; job joe@x.example '["a@y.example", "x"]'
    echo '{"answer": "die"}'; job joe@x.example '["a@y.example", "x"]' "$SCRATCH/plain" 2; } | room
  assertEquals "$(printf '%s\n' "connection" "Z 4.3.1 disk full" "D 5.6.0 never" "D 5.6.0 never" "connection" "K $id-1" \
    "connection" "K $id-2" "exit 0")" "$(got)"
}

testHostileTexts() {
  job 'a b\\\"\nBcc: victim@x.example@x.example' '["\u00e9\u0001\nx: y@y.example", "5.1.1 \u00ff\u001b[31m\nStatus: 2.0.0\n\n--b\r\n.\n\tend"],
    ["'"$(printf '%0900d' 0)"'@y.example", "'"$(printf '%0490d' 0)"'"]' | tr -d '\n' | room
  assertContains "$(got)" "K $id-1"
  facts
  fact "ascii True"
  fact "control False"
  fact "defects []"
  fact 'To: <"a b\\\" Bcc: victim@x.example"@x.example>'
  assertTrue "one recipient a block" "[ $(grep -c '^block Final' "$SCRATCH/facts") = 2 ]"
  assertTrue "its own status" "grep -q '^block Final.*| Status: 5.1.1' $SCRATCH/facts"
  assertFalse "no status of others" "grep -q '^Status: 2' '$store/$id-1.mess'"
  assertTrue "lines within RFC 5322" "[ $(sed -n 's/^longest //p' "$SCRATCH/facts") -le 998 ]"
}

testHeaders() {
  : > "$SCRATCH/empty"
  printf '\nonly a body\n' > "$SCRATCH/body"
  printf 'Subject: no end' > "$SCRATCH/unended"
  printf 'Subject: \303\251\n--x\n\nbody' > "$SCRATCH/eight"
  { printf 'Subject: x\n'; yes 'X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | head -n 5000; } > "$SCRATCH/long"
  head -c 200000 /dev/zero | tr '\0' x > "$SCRATCH/line"
  printf 'A: b\r\0c\n\nbody' > "$SCRATCH/raw"
  n=0
  for f in empty body unended eight long line raw; do
    n=$((n + 1))
    job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/$f" $n
  done | room
  assertEquals 7 "$(grep -c '^K' "$SCRATCH/out")"
  n=0
  for f in empty body unended eight long line raw; do
    n=$((n + 1))
    "$stub/dsn" "$store/$id-$n.mess" > "$SCRATCH/facts.$f"
    assertTrue "$f has no defects" "grep -qxF 'defects []' $SCRATCH/facts.$f"
    assertTrue "$f is bounded" "[ $(wc -c < "$store/$id-$n.mess") -le 70000 ]"
    assertFalse "$f has no body" "grep -q 'only a body\|^body' $store/$id-$n.mess"
    sed '1,/^header$/d' "$SCRATCH/facts.$f" > "$SCRATCH/header.$f"
  done
  assertEquals "" "$(cat "$SCRATCH/header.empty" "$SCRATCH/header.body" "$SCRATCH/header.line")"
  assertEquals "Subject: no end" "$(cat "$SCRATCH/header.unended")"
  assertEquals "$(printf 'Subject: \303\251\n--x')" "$(cat "$SCRATCH/header.eight")"
  assertTrue "8bit is declared" "grep -qxF 'Content-Transfer-Encoding: 8bit' $SCRATCH/facts.eight"
  assertTrue "whole lines" "tail -n 1 $SCRATCH/header.long | grep -q '^X-Long: a*$'"
  assertEquals "A: b??c" "$(cat "$SCRATCH/header.raw")"
}

testWithoutAMessage() {
  job joe@x.example '["a@y.example", "5.1.1 no"]' | sed 's/, "message".*/}/' | room
  assertContains "$(got)" "Z 4.3.0"
}

testNotAJob() {
  { echo '{"raw": "\u0001garbage"}'; echo '{"wait": 1}'; } | room
  assertContains "$(got)" "exit 111"
}

testRest() {
  job joe@x.example '["a@y.example", "5.1.1 no"]' "" 1 ', "rest": 19900' | room
  facts
  fact "defects []"
  assertTrue "the number" "grep -q 'about 19900 more recipients' '$store/$id-1.mess'"
}

testMany() {
  rcpts=$(for i in $(seq 100); do printf '["user%d@y.example", "5.1.1 %0450d"],' "$i" 0; done)
  job joe@x.example "${rcpts%,}" | room
  facts
  assertEquals 100 "$(grep -c '^block Final' "$SCRATCH/facts")"
  assertEquals 100 "$(grep -c "^K $id-1" "$SCRATCH/out")"
}

# RFC 3464: what else may be told, and what the sender said of itself
testActions() {
  n=0
  for rcpts in \
    '["a@y.example", "2.0.0 in the mailbox", "S", "SUCCESS", "rfc822;A+2Bb@z.example"]' \
    '["a@y.example", "mx.y.example answered DATA: 250 2.6.0 ok", "R", "SUCCESS", ""]' \
    '["a@y.example", "4.2.2 mx.y.example answered RCPT TO: 452 4.2.2 full", "Y", "DELAY", "x400;q"]' \
    '["a@y.example", "ok", "S"], ["b@y.example", "ok", "R"]' \
    '["a@y.example", "2.1.5 ok", "S"], ["b@y.example", "5.1.1 no", "F", "FAILURE"], ["c@y.example", "later", "Y"]'
  do
    n=$((n + 1))
    job joe@x.example "$rcpts" "" $n ', "envid": "QQ+2B1+0Ax: y", "ret": "FULL"'
  done | room
  assertEquals 8 "$(grep -c '^K' "$SCRATCH/out")"
  for n in 1 2 3 4 5; do
    "$stub/dsn" "$store/$id-$n.mess" > "$SCRATCH/facts"
    fact "defects []"
    fact "type multipart/report delivery-status"
    assertTrue "the envelope id" "grep -q '^block Original-Envelope-Id: QQ+1.x0ax: y | Reporting-MTA: dns; mail.example' $SCRATCH/facts"
    case $n in
      1) fact "Subject: Your mail was delivered"
        fact "block Original-Recipient: rfc822; A+b@z.example | Final-Recipient: rfc822; a@y.example | Action: delivered | Status: 2.0.0" ;;
      2) fact "Subject: Your mail was relayed"
        fact "block Final-Recipient: rfc822; a@y.example | Action: relayed | Status: 2.0.0" ;;
      3) fact "Subject: Your mail is delayed"
        fact "block Original-Recipient: x400; q | Final-Recipient: rfc822; a@y.example | Action: delayed | Status: 4.2.2 | Diagnostic-Code: smtp; 452 4.2.2 full" ;;
      4) fact "Subject: A report on your mail"
        fact "block Final-Recipient: rfc822; a@y.example | Action: delivered | Status: 2.0.0"
        fact "block Final-Recipient: rfc822; b@y.example | Action: relayed | Status: 2.0.0" ;;
      5) fact "Subject: Your mail could not be delivered"
        fact "block Final-Recipient: rfc822; a@y.example | Action: delivered | Status: 2.1.5"
        fact "block Final-Recipient: rfc822; b@y.example | Action: failed | Status: 5.1.1"
        fact "block Final-Recipient: rfc822; c@y.example | Action: delayed | Status: 4.0.0" ;;
    esac
    [ $n = 5 ] || assertFalse "no body without a failure" "grep -q secret '$store/$id-$n.mess'"
  done
  fact "parts text/plain message/delivery-status message/rfc822"
  assertTrue "the words for people" "grep -q 'goes on trying' '$store/$id-5.mess'"
}

testWhole() {
  printf 'A: b\n\nbody \303\251\nlast' > "$SCRATCH/whole"
  { job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/plain" 1 ', "ret": "full"'
    job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/whole" 2 ', "ret": "FULL"'
    job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/plain" 3 ', "ret": "HDRS"'
    echo '{"set": ["bouncebytes", "78"]}'; echo '{"hup": 1}'
    job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/plain" 4 ', "ret": "FULL"'
    echo '{"set": ["bouncebytes", "77"]}'; echo '{"hup": 1}'
    job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/plain" 5 ', "ret": "FULL"'
    echo '{"set": ["bouncebytes", "many"]}'; echo '{"hup": 1}'
    job joe@x.example '["a@y.example", "5.1.1 no"]' "$SCRATCH/plain" 6 ', "ret": "FULL"'; } | room
  assertEquals "the message is of that size" 78 "$(wc -c < "$SCRATCH/plain")"
  for n in 1 4; do
    "$stub/dsn" "$store/$id-$n.mess" > "$SCRATCH/facts"
    fact "parts text/plain message/delivery-status message/rfc822"
    fact "secret body"
    fact "Content-Transfer-Encoding: None"
  done
  for n in 3 5 6; do
    "$stub/dsn" "$store/$id-$n.mess" > "$SCRATCH/facts"
    fact "parts text/plain message/delivery-status text/rfc822-headers"
    assertFalse "only the header" "grep -q secret '$store/$id-$n.mess'"
  done
  assertContains "$(cat "$SCRATCH/err")" "unable to read control/bouncebytes"
  rm "$home/control/bouncebytes"
  "$stub/dsn" "$store/$id-2.mess" > "$SCRATCH/facts"
  fact "Content-Transfer-Encoding: 8bit"
  fact "parts text/plain message/delivery-status message/rfc822"
  assertEquals "bit for bit" "$(cat "$SCRATCH/whole")" "$(sed '1,/^header$/d' "$SCRATCH/facts")"
}

# RFC 6533
testUtf8() {
  printf 'Subject: \303\251\n\nbody\n' > "$SCRATCH/utf8"
  e='\u00c3\u00a9'            # a character of UTF-8, as bytes
  { job "jo$e@x.example" '["w'$e'@y.example", "5.1.1 no '$e'", "F", "", "utf-8;w\\x{E9}@z.example"], ["a@y.example", "5.1.1 no"]' \
      "$SCRATCH/utf8" 1 ', "utf8": 1'
    job "joe@x.example" '["w'$e'@y.example", "5.1.1 no"]' "$SCRATCH/utf8" 2 ', "utf8": 1, "ret": "FULL"'
    job "joe@x.example" '["w@y.example", "5.1.1 no", "F", "", "utf-8;w\\x{E9}@z.example"]' "$SCRATCH/plain" 3 ', "utf8": 1'
    job "joe@x.example" '["w'$e'@y.example", "5.1.1 no"]' "$SCRATCH/utf8" 4
    job "jo\\u00e9@x.example" '["w\u00e9@y.example", "5.1.1 no"]' "$SCRATCH/plain" 5 ', "utf8": 1'; } | room
  assertEquals 6 "$(grep -c '^K' "$SCRATCH/out")"
  "$stub/dsn" "$store/$id-1.mess" > "$SCRATCH/facts"
  c=$(printf '\303\251')
  assertEquals "F u Tjo$c@x.example " "$(envelope)"
  fact "defects []"
  fact "type multipart/report global-delivery-status"
  fact "parts text/plain message/global-delivery-status message/global-headers"
  fact "Content-Transfer-Encoding: 8bit"
  for line in "To: <jo$c@x.example>" "Final-Recipient: utf-8; w$c@y.example" "Original-Recipient: utf-8; w$c@z.example" \
    "Final-Recipient: rfc822; a@y.example" "<w$c@y.example>:" " 5.1.1 no $c" "Subject: $c"
  do
    assertTrue "$line" "grep -qxF '$line' '$store/$id-1.mess'"
  done
  "$stub/dsn" "$store/$id-2.mess" > "$SCRATCH/facts"
  fact "parts text/plain message/global-delivery-status message/global"
  assertEquals "no need of SMTPUTF8 on the way" "F Tjoe@x.example " "$(tr '\0' ' ' < "$store/$id-2.env")"
  "$stub/dsn" "$store/$id-3.mess" > "$SCRATCH/facts"
  fact "parts text/plain message/delivery-status text/rfc822-headers"
  fact 'block Original-Recipient: utf-8; w\x{E9}@z.example | Final-Recipient: rfc822; w@y.example | Action: failed | Status: 5.1.1'
  "$stub/dsn" "$store/$id-4.mess" > "$SCRATCH/facts"
  fact "parts text/plain message/delivery-status text/rfc822-headers"
  fact 'block Final-Recipient: rfc822; w\xc3\xa9@y.example | Action: failed | Status: 5.1.1'
  "$stub/dsn" "$store/$id-5.mess" > "$SCRATCH/facts"
  fact "ascii True"
}

# mail-send never asks for it
testNoticeToTheEmptySender() {
  { job '' '["joe@x.example", "fine", "S"], ["joe@y.example", "later", "Y"]'; job '#@[]' '["joe@x.example", "fine", "R"]'
  } | room
  assertEquals 3 "$(grep -c '^K discarded' "$SCRATCH/out")"
  assertEquals "" "$(ls "$store")"
}

testLockedIn() {
  need_root || return 0
  u=$(awk '$1 == "mailb" { print $2 }' "$home.users")
  echo '{"status": ["Uid", "Groups", "CapEff", "NoNewPrivs", "Seccomp:"]}' | room
  assertEquals "$(printf '%s\n' "Uid: $u $u $u $u" Groups: "CapEff: 0000000000000000" "NoNewPrivs: 1" "Seccomp: 2" "exit 0")" \
    "$(got)"
}

run_tests
