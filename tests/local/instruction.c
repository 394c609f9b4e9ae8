/* instruction.c - lines of .qmail files: what qmail's users write, and what others write for other mail systems */

#include <stdio.h>
#include <string.h>

#include "local/instruction.h"
#include "unit.h"

static struct {
  char const *line;
  enum instruction kind;
  char const *object;
} const cases[] = {
  { "", INSTRUCTION_NONE, 0 },
  { "#", INSTRUCTION_NONE, 0 },
  { "# a@b, \"c\"", INSTRUCTION_NONE, 0 },
  { "+list", INSTRUCTION_LIST, 0 },
  { "+list \t\r", INSTRUCTION_LIST, 0 },
  { "|/usr/bin/vacation ann", INSTRUCTION_PROGRAM, "/usr/bin/vacation ann" },
  { "| preline procmail \r", INSTRUCTION_PROGRAM, " preline procmail" },
  { "./Maildir/", INSTRUCTION_FILE, "./Maildir/" },
  { "./Maildir/\r", INSTRUCTION_FILE, "./Maildir/" },
  { "./Mail Box", INSTRUCTION_FILE, "./Mail Box" },
  { ".Maildir/", INSTRUCTION_FILE, ".Maildir/" },
  { "/dev/null", INSTRUCTION_FILE, "/dev/null" },
  { "/var/mail/a#b", INSTRUCTION_FILE, "/var/mail/a#b" },
  { "./b\xc3\xbc" "cher/", INSTRUCTION_FILE, "./b\xc3\xbc" "cher/" },
  { "&a@b.example", INSTRUCTION_FORWARD, "a@b.example" },
  { "a@b.example \t\r\r", INSTRUCTION_FORWARD, "a@b.example" },
  { "7@b.example", INSTRUCTION_FORWARD, "7@b.example" },
  { "_c@b.example", INSTRUCTION_FORWARD, "_c@b.example" },
  { "&joe", INSTRUCTION_FORWARD, "joe" },
  { "joe-list", INSTRUCTION_FORWARD, "joe-list" },
  { "&joe.x+y=z%here", INSTRUCTION_FORWARD, "joe.x+y=z%here" },
  { "&o'brien@b", INSTRUCTION_FORWARD, "o'brien@b" },
  { "&/c=de/s=x/@b.example", INSTRUCTION_FORWARD, "/c=de/s=x/@b.example" },
  { "&l-return-5-ann=x.example@b.example", INSTRUCTION_FORWARD, "l-return-5-ann=x.example@b.example" },
  { "&.a..b.@b_c.example", INSTRUCTION_FORWARD, ".a..b.@b_c.example" },
  { "&a@[192.0.2.1]", INSTRUCTION_FORWARD, "a@[192.0.2.1]" },
  { "&j\xc3\xb8rn@b\xc3\xbc" "cher.example", INSTRUCTION_FORWARD, "j\xc3\xb8rn@b\xc3\xbc" "cher.example" },

  { " ./Maildir/", INSTRUCTION_WRONG, 0 },
  { "\t|true", INSTRUCTION_WRONG, 0 },
  { " #", INSTRUCTION_WRONG, 0 },
  { " +list", INSTRUCTION_WRONG, 0 },
  { "\xef\xbb\xbf./Maildir/", INSTRUCTION_WRONG, 0 },
  { "\xef\xbb\xbfjoe@b.example", INSTRUCTION_WRONG, 0 },
  { "\xef\xbb\xbfjoe", INSTRUCTION_WRONG, 0 },
  { "\xef\xbb\xbf# words", INSTRUCTION_WRONG, 0 },
  { "\xc2\xa0joe@b.example", INSTRUCTION_WRONG, 0 },
  { "joe@b.example\xc2\xa0", INSTRUCTION_WRONG, 0 },
  { "joe@\xe2\x80\x8b" "b.example", INSTRUCTION_WRONG, 0 },
  { "joe@b\xe3\x80\x82" "example", INSTRUCTION_WRONG, 0 },
  { "&joe@b\xef\xbc\x8e" "example", INSTRUCTION_WRONG, 0 },
  { "\xc2\xabjoe@b.example\xc2\xbb", INSTRUCTION_WRONG, 0 },
  { "\xe2\x80\x9c|vacation ann\xe2\x80\x9d", INSTRUCTION_WRONG, 0 },
  { "j\xf8rn@b.example", INSTRUCTION_WRONG, 0 },
  { "j\xc3\xb8rn", INSTRUCTION_WRONG, 0 },
  { "&<a@b>", INSTRUCTION_WRONG, 0 },
  { "<a@b>", INSTRUCTION_WRONG, 0 },
  { "Ann <a@b>", INSTRUCTION_WRONG, 0 },
  { "& a@b", INSTRUCTION_WRONG, 0 },
  { "&", INSTRUCTION_WRONG, 0 },
  { "& \r", INSTRUCTION_WRONG, 0 },
  { "&&a@b", INSTRUCTION_WRONG, 0 },
  { "&|true", INSTRUCTION_WRONG, 0 },
  { "&./Maildir/", INSTRUCTION_WRONG, 0 },
  { "a@b, c@d", INSTRUCTION_WRONG, 0 },
  { "a@b,c@d", INSTRUCTION_WRONG, 0 },
  { "a@b c@d", INSTRUCTION_WRONG, 0 },
  { "a@b;", INSTRUCTION_WRONG, 0 },
  { "a@b@c", INSTRUCTION_WRONG, 0 },
  { "a@", INSTRUCTION_WRONG, 0 },
  { "@b", INSTRUCTION_WRONG, 0 },
  { "@r:a@b", INSTRUCTION_WRONG, 0 },
  { "a@b.", INSTRUCTION_WRONG, 0 },
  { "a@b..c", INSTRUCTION_WRONG, 0 },
  { "a@[b]", INSTRUCTION_WRONG, 0 },
  { "mailto:a@b", INSTRUCTION_WRONG, 0 },
  { "a@b (Ann)", INSTRUCTION_WRONG, 0 },
  { "&a@b # x", INSTRUCTION_WRONG, 0 },
  { "&a b@c", INSTRUCTION_WRONG, 0 },
  { "\"a b\"@c", INSTRUCTION_WRONG, 0 },
  { "\\ann", INSTRUCTION_WRONG, 0 },
  { "\\ann, \"|/usr/bin/vacation ann\"", INSTRUCTION_WRONG, 0 },
  { "\"|/usr/bin/vacation ann\"", INSTRUCTION_WRONG, 0 },
  { "~/Maildir/", INSTRUCTION_WRONG, 0 },
  { "$HOME/Maildir/", INSTRUCTION_WRONG, 0 },
  { "Maildir/", INSTRUCTION_WRONG, 0 },
  { "mail/inbox", INSTRUCTION_WRONG, 0 },
  { ":include:/x", INSTRUCTION_WRONG, 0 },
  { ":0:", INSTRUCTION_WRONG, 0 },
  { "!a@b", INSTRUCTION_FORWARD, "!a@b" },      /* an address for all that anybody knows */
  { "if $h_subject contains x", INSTRUCTION_WRONG, 0 },
  { "|", INSTRUCTION_WRONG, 0 },
  { "| \t", INSTRUCTION_WRONG, 0 },
  { "+lists", INSTRUCTION_WRONG, 0 },
  { "+ list", INSTRUCTION_WRONG, 0 },
  { "./Maildir/ # mine", INSTRUCTION_WRONG, 0 },
  { "./Mail\vdir/", INSTRUCTION_WRONG, 0 },
  { "./Maildir/\r./x", INSTRUCTION_WRONG, 0 },
  { "# words\r./Maildir/", INSTRUCTION_WRONG, 0 },
  { "|true\r./Maildir/", INSTRUCTION_WRONG, 0 },
};

static void read_one(size_t i)
{
  char text[128], *at = text, *line;
  char const *object;
  enum instruction kind;

  snprintf(text, sizeof text, "%s\n", cases[i].line);
  line = instruction_next(&at, text + strlen(text));
  kind = line ? instruction_read(line, &object) : INSTRUCTION_NONE;
  if (!line || *at || kind != cases[i].kind || (cases[i].object && strcmp(object, cases[i].object)))
    check(cases[i].line, 0);
}

static void long_addresses(void)
{
  static char line[1200];
  char const *object;

  memset(line, 'a', sizeof line - 1);
  check("an address over all bounds", instruction_read(line, &object) == INSTRUCTION_WRONG);
  line[900] = 0;
  check("a long one", instruction_read(line, &object) == INSTRUCTION_FORWARD);
}

/* All lines, and then once more: what was cut is an empty line then. */
static void take_twice(void)
{
  static char const *const lines[] = { "a", "", "", "b", "c" };
  char text[] = "a \t\r\n\n \t\nb\nc ", *end = text + sizeof text - 1, *at = text, *line;
  size_t i;

  for (i = 0; i < sizeof lines / sizeof *lines; i++) {
    line = instruction_next(&at, end);
    check("a line", line && !strcmp(line, lines[i]));
  }
  check("end", !instruction_next(&at, end));
  at = text;
  for (i = 0; (line = instruction_next(&at, end));) {
    if (!*line) continue;
    while (i < sizeof lines / sizeof *lines - 1 && !*lines[i]) i++;
    check("the same line", !strcmp(line, lines[i++]));
  }
  check("all of them", i == sizeof lines / sizeof *lines);
}

int main(void)
{
  size_t i;

  for (i = 0; i < sizeof cases / sizeof cases[0]; i++) read_one(i);
  check("kinds of lines", !unit_failed);
  take_twice();
  long_addresses();
  return unit_end();
}
