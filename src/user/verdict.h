/* verdict.h - what a check has found, as a line and a status for monitoring systems (Nagios's plugins) */

#ifndef USER_VERDICT_H
#define USER_VERDICT_H

/* their exit statuses */
enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_CRITICAL, VERDICT_UNKNOWN };

/* Something in words; what is shown with ? for what could disturb. */
extern void verdict_words(enum verdict, char const *why, char const *what);
/* A number, which is among the data of performance, too; less than 0: there is no such threshold. */
extern void verdict_number(enum verdict, char const *name, long long n, char const *unit, long long warning,
                           long long critical);
/* Prints the line: CRITICAL goes before WARNING, that before UNKNOWN, that before OK; what is wrong comes first. The
   status: UNKNOWN when it cannot be printed. */
extern enum verdict verdict_say(char const *title);

#endif
