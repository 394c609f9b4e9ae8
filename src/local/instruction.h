/*
 * instruction.h - one line of a .qmail file: what it asks for, or what is wrong with it (dot-qmail(5))
 *
 * What a user wrote for another mail system must not become an address, since mail to it would bounce: whatever is
 * not plainly one of the kinds is wrong, and delays.
 */

#ifndef LOCAL_INSTRUCTION_H
#define LOCAL_INSTRUCTION_H

enum instruction { INSTRUCTION_NONE, INSTRUCTION_LIST, INSTRUCTION_PROGRAM, INSTRUCTION_FILE, INSTRUCTION_FORWARD,
                   INSTRUCTION_WRONG };

/* Takes a line out of the text, which has a NUL at its end, and cuts its newline and what is blank before it (a CR
   too). Null at the end. Who takes all of them once more gets the same, and here and there an empty one for what was
   cut. */
extern char *instruction_next(char **text, char const *end);

/* What a line of instruction_next is. *object: its command, path or address (of at most PATH_ADDRESS_MAX bytes), inside
   of the line; when it is wrong, why, in a few words. */
extern enum instruction instruction_read(char const *line, char const **object);

#endif
