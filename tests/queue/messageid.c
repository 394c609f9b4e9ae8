/* messageid.c - the Message-ID of a header: found whole, whatever the pieces; bounded and printable */

#include <string.h>

#include "queue/messageid.h"
#include "unit.h"

/* Fed in pieces of so many bytes; 0: in one. */
static char const *found(char const *s, size_t piece)
{
  static struct messageid m;
  size_t len = strlen(s), n;

  messageid_start(&m);
  for (; len; s += n, len -= n) {
    n = !piece || piece > len ? len : piece;
    messageid_feed(&m, s, n);
  }
  messageid_end(&m);
  return m.text;
}

static void is(char const *name, char const *s, char const *want)
{
  int good = !strcmp(found(s, 0), want) && !strcmp(found(s, 1), want) && !strcmp(found(s, 7), want);

  if (!good) printf("# '%s' '%s' '%s'\n", found(s, 0), found(s, 1), found(s, 7));
  check(name, good);
}

int main(void)
{
  char s[1200] = "Message-ID: ", want[MESSAGEID_MAX + 1];

  is("plain", "Received: x\nMessage-ID: <a@b>\nSubject: y\n\nbody\n", "<a@b>");
  is("any case", "mEsSaGe-iD:<a@b>\n\n", "<a@b>");
  is("folded", "Message-ID:\n <a@b>\nTo: c\n\n", "<a@b>");
  is("folded within", "Message-ID: <a\n\t@b>\n\n", "<a @b>");
  is("blanks before the colon", "Message-ID \t : <a@b>\n\n", "<a@b>");
  is("blanks at the end", "Message-ID:   <a@b> \t \n\n", "<a@b>");
  is("the first of two", "Message-ID: <1@b>\nMessage-ID: <2@b>\n\n", "<1@b>");
  is("the first, though it is empty", "Message-ID:\nMessage-ID: <2@b>\n\n", "");
  is("the message ends in it", "Message-ID: <a@b", "<a@b");
  is("none", "Subject: x\n\nMessage-ID: <a@b>\n", "");
  is("no header", "\nMessage-ID: <a@b>\n", "");
  is("nothing", "", "");
  is("a longer name", "Message-IDs: <a@b>\nX-Message-ID: <a@b>\n\n", "");
  is("a shorter one", "Message-I: <a@b>\nMessage\n\n", "");
  is("a name that a blank divides", "Message -ID: <a@b>\nMessage-ID x: <a@b>\n\n", "");
  is("in a folded line of another", "Subject: x\n Message-ID: <a@b>\n\n", "");
  is("a blank line ends it", "Message-ID: <a@b>\n\n more", "<a@b>");
  is("bytes of no text", "Message-ID: <\033[2J\303\251\177\\>\n\n", "<?[2J???\\>");
  memset(s + 12, 'x', 1000);
  strcpy(s + 1012, "\n\n");
  memset(want, 'x', MESSAGEID_MAX);
  want[MESSAGEID_MAX] = 0;
  is("a long one is cut", s, want);
  return unit_end();
}
