-- Wakes the relay as soon as there is something to send.
LISTEN outbox
