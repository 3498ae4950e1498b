/*
 * end_signal: SIGTERM and SIGINT as something that one thread waits for, in a process with several.
 *
 * They interrupt no other thread of ours. Libraries have threads, too: OpenBLAS starts some before main(), which block
 * no signal, so that one that only were waited for (sigwait) would end the process there.
 */
#ifndef LIB_BASE_END_SIGNAL_H
#define LIB_BASE_END_SIGNAL_H

void end_signal_take(void);  /* before any other thread is made; SIGPIPE is ignored from here on */
void end_signal_await(void); /* returns when one came, also before, or was posted */
void end_signal_post(void);  /* as if one had come */

#endif
