/*
 * advice.h - settings that are right, each of them, and will not do what they are there for: for mail-showctl
 */

#ifndef USER_ADVICE_H
#define USER_ADVICE_H

/* A line "warning: ..." to fd 1 for each. The caller may look at control/ and list tls/. */
extern void advice_show(void);

#endif
