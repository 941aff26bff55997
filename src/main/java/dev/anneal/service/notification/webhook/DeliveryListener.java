package dev.anneal.service.notification.webhook;

/** Told of tries that have ended, by the process that made them. */
@FunctionalInterface
public interface DeliveryListener {

    void tried(Outcome outcome);

    /** What a try has made of its delivery. */
    enum Outcome {
        DELIVERED,
        RETRIED,
        FAILED
    }
}
