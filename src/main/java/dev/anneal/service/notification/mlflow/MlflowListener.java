package dev.anneal.service.notification.mlflow;

/** Called after each request to the MLflow server, in the process that sent it. */
@FunctionalInterface
public interface MlflowListener {

    void answered(Outcome outcome);

    /** Outcome of a request. */
    enum Outcome {
        OK,
        /** The server understood the request and refused it. */
        REFUSED,
        /**
         * No answer, or one that is not about the request: the server is unreachable, overloaded, or rejects the
         * credentials.
         */
        UNAVAILABLE
    }
}
