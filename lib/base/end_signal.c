/* end_signal: see end_signal.h. The handler does nothing but post a semaphore, as it may. */
#include "lib/base/end_signal.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>

static sem_t asked;

static void on_signal(int number)
{
    (void)number;
    sem_post(&asked);
}

static void mask(int how)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(how, &ends, NULL);
}

void end_signal_take(void)
{
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sem_init(&asked, 0, 0);
    mask(SIG_BLOCK);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

void end_signal_await(void)
{
    mask(SIG_UNBLOCK);
    while (sem_wait(&asked) != 0)
        continue;
}

void end_signal_post(void)
{
    sem_post(&asked);
}
