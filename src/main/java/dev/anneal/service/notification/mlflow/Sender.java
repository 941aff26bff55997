package dev.anneal.service.notification.mlflow;

/** Reports rows of one kind to the server. */
interface Sender {

    Outbox outbox();

    /** Adds rows to report. */
    void admit();

    /** Sends the row's new data and releases the row. */
    void send(long row) throws MlflowException;

    /** Describes the row for the log. */
    String describe(long row);
}
