package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.Outbox.Claim;

/** Reports rows of one kind to the server. */
interface Sender {

    Outbox outbox();

    /** Adds rows to report. */
    void admit();

    /** Sends the row's new data and releases the row. */
    void send(Claim row) throws MlflowException;

    /** Describes the row for the log. */
    String describe(Claim row);
}
