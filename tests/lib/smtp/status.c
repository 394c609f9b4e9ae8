/* status.c - enhanced status codes: what is one */

#include "lib/smtp/status.h"
#include "unit.h"

int main(void)
{
  check("alone", status_length("5.1.1", '5') == 5);
  check("with words", status_length("4.7.27 later", '4') == 6);
  check("before a line end", status_length("2.999.999\nx", '2') == 9);
  check("of another class", !status_length("5.1.1 x", '4'));
  check("four digits", !status_length("5.1000.1 x", '5') && !status_length("5.1.1000 x", '5'));
  check("two numbers", !status_length("5.1 x", '5') && !status_length("5.1. x", '5') && !status_length("5..1 x", '5'));
  check("more behind it", !status_length("5.1.1.1 x", '5') && !status_length("5.1.1x", '5') && !status_length("5.1.1-x", '5'));
  check("nothing", !status_length("", '5') && !status_length("5", '5') && !status_length("5.", '5'));
  return unit_end();
}
