package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.Outbox.Claim;

/** Tells the server of rows of one kind. */
interface Sender {

    Outbox outbox();

    /** Adds rows of which there is something to tell. */
    void admit();

    /** Tells what there is to tell of the row now, and lets it go. */
    void send(Claim row) throws MlflowException;

    /** The row in words, for the log. */
    String describe(Claim row);
}
