/* clean.c - requests to mail-clean: round trip, bounds, truncations, flipped bytes */

#include "door/clean.h"
#include "records.h"

static struct clean d;

static int read_clean(char const *p, size_t len)
{
  return clean_unpack(&d, p, len);
}

int main(void)
{
  struct clean c = { CLEAN_PLEASE, "0000000000000000000000abcd-12-9999" };
  char buf[CLEAN_RECORD_MAX];
  size_t len = clean_pack(&c, buf);

  check("fits", len);
  check("comes back", clean_unpack(&d, buf, len) && d.word == CLEAN_PLEASE && !strcmp(d.id, c.id));
  records_hold("truncations are refused", buf, len, read_clean);
  c.word = 'X';
  check("an unknown word is refused", !clean_pack(&c, buf));
  c = (struct clean){ CLEAN_GONE, "../../../control/me" };
  check("what is no ID is refused", !clean_pack(&c, buf));
  return unit_end();
}
