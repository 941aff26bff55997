package dev.anneal.service.notification.webhook;

/** Is called for each try that has ended, in the process that made it. */
@FunctionalInterface
public interface DeliveryListener {

    void tried(Outcome outcome);

    /** What became of the delivery. */
    enum Outcome {
        DELIVERED,
        RETRIED,
        FAILED
    }
}
