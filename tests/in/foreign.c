/* foreign.c - lines of other protocols, and of this one */

#include "in/foreign.h"
#include "unit.h"

int main(void)
{
  check("HTTP", foreign_line("GET / HTTP/1.1") && foreign_line("connect x:25 HTTP/1.1")
        && foreign_line("PRI * HTTP/2.0"));
  check("SSH and TLS", foreign_line("SSH-2.0-x") && foreign_line("\026\003\001"));
  check("mail, and nonsense", !foreign_line("MAIL FROM:<a@b>") && !foreign_line("GET") && !foreign_line("GETX y")
        && !foreign_line("") && !foreign_line(" GET /"));
  return unit_end();
}
