/* supplement.c - what a submitted message's header lacks: what is added, and where, however the text is cut */

#include <stdio.h>
#include <string.h>

#include "in/supplement.h"
#include "unit.h"

static char out[4096];
static size_t out_len;

static void take(void *to, char const *s, size_t len)
{
  (void)to;
  memcpy(out + out_len, s, len);
  out_len += len;
  out[out_len] = 0;
}

static void begin(struct supplement *s)
{
  out_len = 0;
  supplement_start(s, "a b@x.example", "id.example", take, 0);
}

/* The fields that are added have their first letters in the place of their lines: F, D, I. */
static char const *shown(void)
{
  static char const *const lines[] = { "From: \"a b\"@x.example\n", "Date: ", "Message-ID: <" };
  static char s[4096];
  char const *at = out;
  char *to = s;

  while (*at) {
    unsigned int i;
    for (i = 0; i < 3 && strncmp(at, lines[i], strlen(lines[i])); i++);
    if (i < 3 && (at == out || at[-1] == '\n')) {
      char const *end = strchr(at, '\n');
      if (i == 1 && strncmp(end - 6, " -0000", 6)) break;
      if (i == 2 && strncmp(end - 12, "@id.example>", 12)) break;
      *to++ = "FDI"[i];
      at = end + 1;
    }
    else *to++ = *at++;
  }
  *to = 0;
  return *at ? "what was added is wrong" : s;
}

/* cut in two at every place, and byte by byte */
static void is(char const *text, char const *want)
{
  struct supplement s;
  size_t i, len = strlen(text);
  char name[100];
  int good = 1;

  for (i = 0; i <= len; i++) {
    begin(&s);
    supplement_feed(&s, text, i);
    supplement_feed(&s, text + i, len - i);
    supplement_end(&s);
    good &= !strcmp(shown(), want);
  }
  begin(&s);
  for (i = 0; i < len; i++) supplement_feed(&s, text + i, 1);
  supplement_end(&s);
  snprintf(name, sizeof name, "%.90s", text);
  for (i = 0; name[i]; i++)
    if (name[i] == '\n') name[i] = '|';
  check(name, good && !strcmp(shown(), want));
}

static void names_of_all_lengths(void)
{
  char text[300], want[310];
  struct supplement s;
  int n, good = 1;

  for (n = 1; n < 200; n++) {
    int is_name = n < SUPPLEMENT_HELD_MAX;
    snprintf(text, sizeof text, "%0*d: x\n\ny\n", n, 0);
    snprintf(want, sizeof want, is_name ? "%0*d: x\nFDI\ny\n" : "FDI\n%0*d: x\n\ny\n", n, 0);
    begin(&s);
    supplement_feed(&s, text, strlen(text));
    supplement_end(&s);
    good &= !strcmp(shown(), want);
  }
  check("names of all lengths", good);
}

int main(void)
{
  struct supplement s;

  is("Subject: x\n\nbody\n", "Subject: x\nFDI\nbody\n");
  is("from: me\nDATE:now\nMessage-Id : <1@2>\n\nbody\n", "from: me\nDATE:now\nMessage-Id : <1@2>\n\nbody\n");
  is("Fromage: x\nDat: y\n\n", "Fromage: x\nDat: y\nFDI\n");
  is("date: x\nSubject: a\n From: b\n\tc\n\nFrom: c\n", "date: x\nSubject: a\n From: b\n\tc\nFI\nFrom: c\n");
  is("Subject: x\n", "Subject: x\nFDI");
  is("Subject: x", "Subject: x\nFDI");
  is("From:", "From:\nDI");
  is("", "FDI");
  is("\n", "FDI\n");
  is("\nbody\n", "FDI\nbody\n");
  is("no header\n", "FDI\nno header\n");
  is("word\n", "FDI\nword\n");
  is("word", "FDI\nword");
  is(" x\n", "FDI\n x\n");
  is(": x\n", "FDI\n: x\n");
  is("Subject: x\nDear all: look\n\nFrom: y\n", "Subject: x\nFDI\nDear all: look\n\nFrom: y\n");
  is("Subject: x\nh\303\266: y\n\n", "Subject: x\nFDI\nh\303\266: y\n\n");
  names_of_all_lengths();
  supplement_start(&s, "", "id.example", take, 0);
  out_len = 0;
  supplement_feed(&s, "\n", 1);
  check("of nobody", !strncmp(out, "Date: ", 6));
  supplement_start(&s, "a@b", "id.example", take, 0);
  out_len = 0;
  supplement_feed(&s, "\n", 1);
  check("an address that needs no quotes", !strncmp(out, "From: a@b\nDate: ", 16));
  return unit_end();
}
