package dev.anneal.service.notification.webhook;

/** Called after each attempt, in the process that made it. */
@FunctionalInterface
public interface DeliveryListener {

    void tried(Outcome outcome);

    /** State of the delivery after the attempt. */
    enum Outcome {
        DELIVERED,
        RETRIED,
        FAILED
    }
}
